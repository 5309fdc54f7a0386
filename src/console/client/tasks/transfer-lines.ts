import type { Clock } from '../../../base/clock.ts';
import { jsonPath } from '../../../base/json-path.ts';
import { formatSetKey } from '../../../model/snapshot.ts';
import type { SetKey } from '../../../model/snapshot.ts';
import type { Position } from '../../../wire/messages-backup.ts';
import type { Failure, Path } from '../../api/common.ts';
import type { TaskResult, TransferLine } from '../../api/client-api.ts';
import { TaskProgress } from './task-progress.ts';

const MOST = 100;

type Running = {
  readonly key: SetKey;
  readonly beganMs: number;
  readonly progress: TaskProgress;
  originFile: Path;
};

/** The transfers of a destination, or the sets that are verified: those at work, and the last ones that ended. */
export class TransferLines {
  readonly #clock: Clock;
  readonly #running = new Map<string, Running>();
  /** Newest first; of each set only the last. */
  #ended: TransferLine[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Of all that run, in bytes a second. */
  get rate(): number {
    let rate = 0;
    for (const { progress } of this.#running.values()) rate += progress.rate;
    return rate;
  }

  /** Of the one that began last. */
  progress(): ReturnType<TaskProgress['view']> {
    return [...this.#running.values()].at(-1)?.progress.view() ?? null;
  }

  begin(key: SetKey): void {
    const progress = new TaskProgress(this.#clock);
    const beganMs = this.#clock.monotonicMs();
    this.#running.set(formatSetKey(key), { key, beganMs, progress, originFile: { path: '' } });
  }

  at(key: SetKey, place: Readonly<Position> & { readonly phase: string }): void {
    this.#running.get(formatSetKey(key))?.progress.at(place);
  }

  origin(key: SetKey, file: Uint8Array): void {
    const running = this.#running.get(formatSetKey(key));
    if (running !== undefined) running.originFile = jsonPath(file);
  }

  /** How long one has been at work. */
  seconds(key: SetKey): number {
    const running = this.#running.get(formatSetKey(key));
    if (running === undefined) return 0;
    return Math.round(this.#clock.monotonicMs() - running.beganMs) / 1000;
  }

  end(
    key: SetKey,
    state: 'verified' | 'incomplete' | 'failed',
    result: TaskResult | null,
    failure: Failure | null,
  ): void {
    const name = formatSetKey(key);
    this.#running.delete(name);
    const others = this.#ended.filter((line) => formatSetKey(line.key) !== name);
    const line: TransferLine = {
      key: plain(key),
      state,
      progress: null,
      originFile: { path: '' },
      result,
      failure,
      endedMs: this.#clock.nowMs(),
    };
    this.#ended = [line, ...others].slice(0, MOST);
  }

  /** The connection is gone, and with it what was under way. */
  drop(): void {
    this.#running.clear();
  }

  view(): TransferLine[] {
    const running = [...this.#running.values()]
      .toReversed()
      .map(({ key, progress, originFile }): TransferLine => ({
        key: plain(key),
        state: 'receiving',
        progress: progress.view(),
        originFile,
        result: null,
        failure: null,
        endedMs: null,
      }));
    return [...running, ...this.#ended].slice(0, MOST);
  }
}

function plain({ user, host, set }: SetKey): TransferLine['key'] {
  return { user, host, set };
}
