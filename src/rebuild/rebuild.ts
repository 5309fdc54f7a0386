import type { Clock } from '../base/clock.ts';
import { RbError } from '../base/errors.ts';
import { asDiskFault } from '../base/system-reason.ts';
import type { SharedRange } from '../base/shared-arena.ts';
import type { ChunkTable } from '../chunk/bundle-jobs.ts';
import type { Posix } from '../posix/posix.ts';
import { Coroutines } from './coroutines.ts';
import { Decider } from './decide.ts';
import { endRun } from './ending.ts';
import type { EndingRooms } from './ending.ts';
import type { Desk } from './file-work.ts';
import { clearTmp, removeStateDir } from './finish.ts';
import { Ground } from './ground.ts';
import { Intake } from './intake.ts';
import { Links } from './links.ts';
import { Memory } from './memory.ts';
import { OldCursor } from './old-state.ts';
import { Parts } from './parts.ts';
import { Placer } from './placer.ts';
import { pathProblem } from './problems.ts';
import type { LogItem, RebuildAnswer, RebuildRequest } from './protocol.ts';
import { Report } from './report.ts';
import { RunTree } from './run-tree.ts';
import { Schedule } from './schedule.ts';
import { Sources } from './sources.ts';
import { TaskRunner } from './task-runner.ts';
import { Wants } from './wants.ts';
import { WorkFiles } from './work-files.ts';

/** After so long a step ends, so that messages are read. */
const STEP_MS = 20;

/**
 * Rebuilds one tree. Everything is synchronous: messages come in by `items`, `chunks` and `lacking`, and after each
 * `step` is called until it returns false. Nothing is thrown: a failure is an event, and the end.
 */
export class Rebuild {
  readonly #send: (event: RebuildAnswer) => void;
  readonly #clock: Clock;
  readonly #ground: Ground;
  readonly #memory: Memory;
  readonly #desk: Desk;
  readonly #intake: Intake;
  readonly #tree = new RunTree();
  readonly #coroutines = new Coroutines();
  readonly #report: Report;
  readonly #parts: Parts;
  readonly #runner: TaskRunner;
  readonly #schedule: Schedule;
  readonly #rooms: EndingRooms;
  #ending: Generator<void> | null = null;
  #canGoOn = false;
  #hasEnded = false;

  /** @throws RbError dir-unwritable, not-found, unsupported, disk-full */
  constructor(
    request: RebuildRequest,
    send: (event: RebuildAnswer) => void,
    posix: Posix,
    clock: Clock,
  ) {
    this.#send = send;
    this.#clock = clock;
    const ground = new Ground(posix, request, send);
    this.#ground = ground;
    const memory = new Memory(ground);
    this.#memory = memory;
    const { shelf, journal, lists, old, ownership } = memory;
    const wants = new Wants(request.windowBytes, (kind, ids) => send({ t: 'want', kind, ids }));
    const sources = new Sources(ground, shelf, lists, () => memory.oldPages());
    const desk: Desk = { ground, lists, sources, wants };
    this.#desk = desk;
    const tree = this.#tree;
    const intake = new Intake(shelf, wants, journal);
    this.#intake = intake;
    const report = new Report(send, clock, request);
    this.#report = report;
    const files = new WorkFiles(ground);
    const parts = new Parts(desk, files, this.#coroutines);
    this.#parts = parts;
    const placer = new Placer(ground, tree, journal);
    const links = new Links(ground, tree, placer);
    const decider = new Decider(desk, tree, links, new OldCursor(old, shelf), ownership);
    const runner = new TaskRunner(desk, tree, { links, placer, parts }, this.#coroutines, report);
    this.#runner = runner;
    this.#schedule = new Schedule({ intake, decider, runner, memory, tree, report }, clock);
    this.#rooms = { desk, memory, tree, parts, files, runner, report };
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  items(items: readonly LogItem[]): void {
    this.#try(() => {
      this.#intake.received(items.length);
      for (const item of items) {
        if (item.k !== 'part') this.#intake.item(item);
        else if (this.#ground.request.policy === 'destination') this.#parts.begin(item);
      }
    });
  }

  /** The plain bytes were taken, and it is said so by an event, when this returns. */
  chunks(plain: SharedRange, table: ChunkTable): void {
    this.#try(() => {
      this.#desk.wants.arrived(plain, table);
      this.#coroutines.roomChanged();
    });
    this.#send({ t: 'taken' });
  }

  lacking(ids: Uint8Array): void {
    this.#try(() => {
      this.#desk.wants.lacking(ids);
      this.#coroutines.roomChanged();
    });
  }

  stop(): void {
    this.#fail(
      new RbError('interrupted', 'It was stopped; running it again goes on from there.', {
        retry: true,
      }),
    );
  }

  /** Does some of what can be done. @returns whether there is more to do before the next message */
  step(): boolean {
    this.#try(() => this.#work());
    return !this.#hasEnded && this.#canGoOn;
  }

  #work(): void {
    const untilMs = this.#clock.monotonicMs() + STEP_MS;
    do {
      this.#canGoOn = this.#advance(untilMs);
    } while (this.#canGoOn && !this.#hasEnded && this.#clock.monotonicMs() < untilMs);
    // Where time ran out, nobody has looked whether there is more.
    this.#canGoOn ||= this.#clock.monotonicMs() >= untilMs;
    if (this.#hasEnded) return;
    const most = this.#intake.takeCredit();
    if (most > 0) this.#send({ t: 'more', most });
    this.#desk.wants.flush();
    this.#report.flushFiles();
    this.#report.tick();
  }

  #advance(untilMs: number): boolean {
    this.#intake.fetchAhead();
    let isBusy = this.#schedule.decide(untilMs);
    isBusy = this.#schedule.start(untilMs) || isBusy;
    if (this.#desk.wants.outstanding === 0) this.#coroutines.roomChanged();
    isBusy = this.#coroutines.step() || isBusy;
    if (isBusy) return true;
    const snapshot = this.#intake.commit;
    const isOver = this.#intake.isDrained && this.#schedule.isEmpty && this.#runner.isIdle;
    if (snapshot === null || !isOver) return false;
    this.#ending ??= endRun(this.#rooms, snapshot, this.#schedule.deferred);
    const isGoingOn = this.#ending.next().done !== true;
    if (!isGoingOn) this.#done(snapshot);
    return isGoingOn;
  }

  #done(snapshot: Uint8Array): void {
    const { problems, writtenBytes, reusedBytes, deleted, mended } = this.#ground;
    const { files, dirs, bytes } = this.#tree;
    const verified = problems.count === 0;
    this.#close();
    this.#send({
      t: 'done',
      snapshot,
      verified,
      files,
      dirs,
      bytes,
      writtenBytes,
      reusedBytes,
      deleted,
      mended,
      problems: problems.count,
    });
  }

  #try(act: () => void): void {
    if (this.#hasEnded) return;
    try {
      act();
    } catch (error) {
      this.#fail(asFailure(error));
    }
  }

  #fail(error: RbError): void {
    if (this.#hasEnded) return;
    this.#report.flushFiles();
    if (error.code === 'disk-full') this.#makeRoom();
    try {
      this.#close(error.code === 'interrupted');
    } catch {
      // What made the run fail is told; leftovers the next one removes.
    }
    this.#send({ t: 'failed', code: error.code, message: error.message, retry: error.retry });
  }

  /** For the next attempt. */
  #makeRoom(): void {
    const { tmp, trash } = this.#ground;
    try {
      if (tmp !== -1) clearTmp(this.#ground, 'old versions');
      trash?.makeRoom();
    } catch {
      // What made the run fail is told; this was only to help.
    }
  }

  /** @param isKept whether what a restore has begun stays, for whoever goes on with it */
  #close(isKept = false): void {
    this.#hasEnded = true;
    this.#rooms.files.close();
    this.#desk.sources.close();
    this.#memory.close();
    this.#ground.close();
    const { policy, stateDir } = this.#ground.request;
    if (policy === 'restore' && !isKept) removeStateDir(stateDir);
  }
}

/** Failures of no particular path: writing the journal or the state, a peer that broke the rules. */
function asFailure(error: unknown): RbError {
  try {
    const problem = pathProblem(error);
    return new RbError(problem.code, problem.message, { cause: error });
  } catch (known) {
    return asDiskFault(known);
  }
}
