import type { Clock } from '../../../base/clock.ts';
import { toRbError } from '../../../base/errors.ts';
import type { RbError } from '../../../base/errors.ts';
import { jsonPath } from '../../../base/json-path.ts';
import type { CopyLine, Failure } from '../../api/common.ts';
import type { Task, TaskRequest, TaskResult, TaskState, Trouble } from '../../api/client-api.ts';
import type { HubName } from '../../../client/config.ts';
import type { CopiedFiles } from './copied-files.ts';
import { TaskProgress } from './task-progress.ts';
import { TransferLines } from './transfer-lines.ts';

const MOST_RATES = 120;
const MOST_TROUBLES = 100;
const ENDS: ReadonlySet<TaskState> = new Set<TaskState>([
  'done',
  'incomplete',
  'failed',
  'cancelled',
]);

export type TaskRecordOptions = {
  readonly id: string;
  readonly request: TaskRequest;
  /** Null: none is known, which only a verify can do without. */
  readonly hub: HubName | null;
  readonly files: CopiedFiles;
  readonly clock: Clock;
  readonly changed: () => void;
};

/** What a page sees of one task. Whoever does the work writes it down here. */
export class TaskRecord {
  readonly id: string;
  readonly request: TaskRequest;
  readonly hub: HubName | null;
  readonly files: CopiedFiles;
  readonly progress: TaskProgress;
  readonly transfers: TransferLines;
  readonly startedMs: number;
  readonly #options: TaskRecordOptions;
  readonly #beganMs: number;
  readonly #abort = new AbortController();
  readonly #rates: number[] = [];
  readonly #troubles: Trouble[] = [];
  #troublesTotal = 0;
  #state: TaskState = 'connecting';
  #endedMs: number | null = null;
  #set: string | null = null;
  #waiting: Task['waiting'] = null;
  #queue: string | null = null;
  #offline: Failure | null = null;
  #copies: CopyLine[] = [];
  #result: TaskResult | null = null;
  #failure: Failure | null = null;

  constructor(options: TaskRecordOptions) {
    this.#options = options;
    this.id = options.id;
    this.request = options.request;
    this.hub = options.hub;
    this.files = options.files;
    this.progress = new TaskProgress(options.clock);
    this.transfers = new TransferLines(options.clock);
    this.startedMs = options.clock.nowMs();
    this.#beganMs = options.clock.monotonicMs();
  }

  /** Aborts when the user, or the end of the program, stops the task. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get isOver(): boolean {
    return ENDS.has(this.#state);
  }

  get state(): TaskState {
    return this.#state;
  }

  /** Since the beginning. */
  get seconds(): number {
    return Math.round(this.#options.clock.monotonicMs() - this.#beganMs) / 1000;
  }

  stop(): void {
    this.#abort.abort();
  }

  changed(): void {
    this.#options.changed();
  }

  /** Where it is; what belonged to the state before is told no more. */
  enter(state: TaskState, more: Partial<Pick<Task, 'waiting' | 'queue' | 'offline'>> = {}): void {
    this.#state = state;
    this.#waiting = more.waiting ?? null;
    this.#queue = more.queue ?? null;
    this.#offline = more.offline ?? null;
    this.changed();
  }

  setIs(name: string): void {
    this.#set = name;
    this.changed();
  }

  /** Who waits for us. */
  queueIs(sentence: string): void {
    this.#queue = sentence;
    this.changed();
  }

  copiesAre(copies: CopyLine[]): void {
    this.#copies = copies;
    this.changed();
  }

  trouble(path: Uint8Array, code: string, message: string): void {
    this.#troublesTotal++;
    if (this.#troubles.length < MOST_TROUBLES)
      this.#troubles.push({ path: jsonPath(path), code, message });
    this.changed();
  }

  /** What was told of an attempt that came to nothing counts no more. */
  beginAnew(): void {
    this.files.clear();
    this.#troubles.length = 0;
    this.#troublesTotal = 0;
    this.#copies = [];
    this.changed();
  }

  /** One more figure of the chart, once a second. */
  tick(): void {
    if (this.#state !== 'running') return;
    this.#rates.push(this.transfers.running > 0 ? this.transfers.rate : this.progress.rate);
    if (this.#rates.length > MOST_RATES) this.#rates.shift();
    this.changed();
  }

  /** The last thing that is told of it, once. */
  end(
    state: 'done' | 'incomplete' | 'failed' | 'cancelled',
    result: TaskResult | null,
    failure: Failure | null,
  ): void {
    this.#result = result;
    this.#failure = failure;
    this.#endedMs = this.#options.clock.nowMs();
    this.transfers.drop();
    this.enter(state);
  }

  /** Ended by an error, or by whoever stopped it. */
  endWith(error: unknown): void {
    if (this.signal.aborted) this.end('cancelled', null, null);
    else this.end('failed', null, failureOfTask(toRbError(error)));
  }

  view(): Task {
    const isRunning = this.#state === 'running' || this.#state === 'copying';
    return {
      id: this.id,
      request: this.request,
      set: this.#set,
      state: this.#state,
      startedMs: this.startedMs,
      endedMs: this.#endedMs,
      progress: isRunning ? (this.transfers.progress() ?? this.progress.view()) : null,
      rates: [...this.#rates],
      waiting: this.#waiting,
      queue: this.#queue,
      offline: this.#offline,
      copies: this.#copies,
      transfers: this.transfers.view(),
      listed: this.files.listed,
      troubles: [...this.#troubles],
      troublesTotal: this.#troublesTotal,
      result: this.#result,
      failure: this.#failure,
    };
  }
}

/** Why a task failed; a fault of ours is named as one, and its message says what is known. */
export function failureOfTask({ code, message }: RbError): Failure {
  return { code, message };
}
