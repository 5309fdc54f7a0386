import type { Clock } from '../base/clock.ts';
import { RbError, toRbError } from '../base/errors.ts';
import { LIMITS } from '../model/limits.ts';
import type { Posix } from '../posix/posix.ts';
import { Coroutines } from './coroutines.ts';
import { Decider } from './decide.ts';
import { Deletions } from './deletions.ts';
import type { Desk } from './file-work.ts';
import { clearTmp, Finish, removeStateDir } from './finish.ts';
import { Ground } from './ground.ts';
import { Intake } from './intake.ts';
import { Links } from './links.ts';
import { Memory } from './memory.ts';
import { OldCursor } from './old-state.ts';
import { Parts } from './parts.ts';
import { Placer } from './placer.ts';
import { pathProblem } from './problems.ts';
import type { LogItem, RebuildEvent, RebuildRequest } from './protocol.ts';
import { Report } from './report.ts';
import { FLAGS, RunTree } from './run-tree.ts';
import type { RunPage, Task } from './run-tree.ts';
import { Sources } from './sources.ts';
import { TaskRunner } from './task-runner.ts';
import { Wants } from './wants.ts';
import { WorkFiles } from './work-files.ts';

/** Tasks that may be decided and not begun: enough for one fsync of the journal to serve many. */
const TASKS_AHEAD = 2048;
/** After so long a step ends, so that messages are read. */
const STEP_MS = 20;

/**
 * Rebuilds one tree. Everything is synchronous: messages come in by `items`, `chunks` and `lacking`, and after each
 * `step` is called until it returns false. Nothing is thrown: a failure is an event, and the end.
 */
export class Rebuild {
  readonly #send: (event: RebuildEvent) => void;
  readonly #clock: Clock;
  readonly #ground: Ground;
  readonly #memory: Memory;
  readonly #desk: Desk;
  readonly #wants: Wants;
  readonly #intake: Intake;
  readonly #tree = new RunTree();
  readonly #coroutines = new Coroutines();
  readonly #report: Report;
  readonly #files: WorkFiles;
  readonly #parts: Parts;
  readonly #decider: Decider;
  readonly #runner: TaskRunner;
  readonly #tasks: Task[] = [];
  #nextTask = 0;
  readonly #deferred: Task[] = [];
  #finishing: Generator<void> | null = null;
  #canGoOn = false;
  #hasEnded = false;

  /** @throws RbError dir-unwritable, not-found, unsupported, disk-full */
  constructor(
    request: RebuildRequest,
    send: (event: RebuildEvent) => void,
    posix: Posix,
    clock: Clock,
  ) {
    this.#send = send;
    this.#clock = clock;
    this.#ground = new Ground(posix, request, send);
    this.#memory = new Memory(this.#ground);
    const { shelf, journal, lists, old, ownership } = this.#memory;
    this.#wants = new Wants(request.windowBytes, (kind, ids) => send({ t: 'want', kind, ids }));
    const sources = new Sources(this.#ground, shelf, lists, () => this.#memory.oldPages());
    this.#desk = { ground: this.#ground, lists, sources, wants: this.#wants };
    this.#intake = new Intake(shelf, this.#wants, journal);
    this.#report = new Report(send, clock, request);
    this.#files = new WorkFiles(this.#ground);
    this.#parts = new Parts(this.#desk, this.#files, this.#coroutines);
    const placer = new Placer(this.#ground, this.#tree, journal);
    const links = new Links(this.#ground, this.#tree, placer);
    this.#decider = new Decider(
      this.#desk,
      this.#tree,
      links,
      new OldCursor(old, shelf),
      ownership,
    );
    const rooms = { links, placer, parts: this.#parts };
    this.#runner = new TaskRunner(this.#desk, this.#tree, rooms, this.#coroutines, this.#report);
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

  /** The arena is free, by its event, when this returns. */
  chunks(arena: ArrayBuffer, ids: Uint8Array, offsets: Uint32Array, lengths: Uint32Array): void {
    this.#try(() => {
      offsets.forEach((offset, at) => {
        this.#wants.settle(idAt(ids, at), new Uint8Array(arena, offset, lengths[at]));
      });
      this.#coroutines.roomChanged();
    });
    this.#send({ t: 'free', arena });
  }

  lacking(ids: Uint8Array): void {
    this.#try(() => {
      for (let at = 0; at * LIMITS.idBytes < ids.length; at++)
        this.#wants.settle(idAt(ids, at), null);
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
    this.#wants.flush();
    this.#report.flushFiles();
    this.#report.tick();
  }

  #advance(untilMs: number): boolean {
    this.#intake.fetchAhead();
    let isBusy = this.#decidePages(untilMs);
    isBusy = this.#startTasks(untilMs) || isBusy;
    if (this.#wants.outstanding === 0) this.#coroutines.roomChanged();
    isBusy = this.#coroutines.step() || isBusy;
    if (isBusy) return true;
    if (!this.#intake.isDrained || this.#nextTask < this.#tasks.length || !this.#runner.isIdle)
      return false;
    this.#finishing ??= this.#finish(this.#intake.commit as Uint8Array);
    return this.#finishing.next().done !== true;
  }

  #decidePages(untilMs: number): boolean {
    let isBusy = false;
    while (
      this.#tasks.length - this.#nextTask < TASKS_AHEAD &&
      this.#clock.monotonicMs() < untilMs
    ) {
      const page = this.#intake.take();
      if (page === null) break;
      isBusy = true;
      const seq = this.#tree.add(page.number, page.entries.length);
      const { tasks, foreign, isNew, kept } = this.#decider.decide(page.number, seq, page.entries);
      if (isNew) this.#memory.plan(page.number, foreign);
      for (const entry of kept) {
        this.#report.bytes += entry.size;
        if (entry.kind !== 'dir') this.#report.files++;
      }
      const { flags } = this.#tree.pages[seq] as RunPage;
      for (const task of tasks) {
        const isDeferred =
          task.spot.seq === seq && ((flags[task.spot.place] as number) & FLAGS.deferred) !== 0;
        (isDeferred ? this.#deferred : this.#tasks).push(task);
      }
    }
    return isBusy;
  }

  #startTasks(untilMs: number): boolean {
    const from = this.#nextTask;
    for (
      let task = this.#tasks[this.#nextTask];
      task !== undefined;
      task = this.#tasks[this.#nextTask]
    ) {
      if (!this.#runner.hasRoomFor(task) || this.#clock.monotonicMs() >= untilMs) break;
      this.#nextTask++;
      this.#runner.start(task);
    }
    const isBusy = this.#nextTask > from;
    if (this.#nextTask >= TASKS_AHEAD) {
      this.#tasks.splice(0, this.#nextTask);
      this.#nextTask = 0;
    }
    return isBusy;
  }

  /** Between two steps of it, tasks may be under way: it goes on when they are done. */
  *#finish(snapshot: Uint8Array): Generator<void> {
    const ground = this.#ground;
    this.#report.phase = 'finishing';
    if (ground.request.subtree !== null && this.#tree.files + this.#tree.dirs === 0) {
      throw new RbError('not-found', 'The snapshot has nothing under that path.');
    }
    if (!ground.isReadOnly) yield* this.#putRight(snapshot);
    this.#report.flushFiles();
    this.#done(snapshot);
  }

  *#putRight(snapshot: Uint8Array): Generator<void> {
    const ground = this.#ground;
    const { shelf, old, ownership, journal, lists } = this.#memory;
    const isRestore = ground.request.policy === 'restore';
    this.#parts.drop();
    ground.resetWays();
    journal?.sync();
    const deletions = new Deletions(this.#desk, shelf, old, ownership, this.#report);
    if (!isRestore) yield* deletions.run(this.#tree);
    for (const task of this.#deferred)
      this.#runner.startAfter(task, () => deletions.clearFor(task));
    yield;
    ground.resetWays();
    const finish = new Finish(ground, this.#tree, shelf, old);
    yield* finish.folders(deletions.emptied, !isRestore);
    if (isRestore) {
      this.#closeFiles();
      clearTmp(ground, 'all');
      removeStateDir(ground.request.stateDir);
      if (ground.rootIsFresh && ground.request.subtree === null) finish.root();
      syncAll(ground);
      return;
    }
    ground.resetWays();
    yield* finish.writeState(snapshot, lists);
    syncAll(ground);
    finish.replaceState();
    journal?.remove();
    this.#memory.journalIsGone = true;
    clearTmp(ground, 'all');
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
    if (error.code === 'disk-full' && this.#ground.tmp !== -1)
      clearTmp(this.#ground, 'old versions');
    this.#close();
    this.#send({ t: 'failed', code: error.code, message: error.message, retry: error.retry });
  }

  #closeFiles(): void {
    this.#files.close();
    this.#desk.sources.close();
  }

  #close(): void {
    this.#hasEnded = true;
    this.#closeFiles();
    this.#memory.close();
    this.#ground.close();
    if (this.#ground.request.policy === 'restore') removeStateDir(this.#ground.request.stateDir);
  }
}

function idAt(ids: Uint8Array, at: number): Uint8Array {
  return ids.subarray(at * LIMITS.idBytes, (at + 1) * LIMITS.idBytes);
}

function syncAll({ posix, root }: Ground): void {
  if (posix.abilities.syncfs) posix.syncfs(root);
}

/** Failures of no particular path: writing the journal or the state, a peer that broke the rules. */
function asFailure(error: unknown): RbError {
  try {
    const problem = pathProblem(error);
    return new RbError(problem.code, problem.message, { cause: error });
  } catch (known) {
    return toRbError(known);
  }
}
