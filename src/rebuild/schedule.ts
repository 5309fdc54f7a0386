import type { Clock } from '../base/clock.ts';
import type { Decider } from './decide.ts';
import type { Intake } from './intake.ts';
import type { Memory } from './memory.ts';
import type { Report } from './report.ts';
import { FLAGS } from './run-tree.ts';
import type { RunPage, RunTree, Task } from './run-tree.ts';
import type { TaskRunner } from './task-runner.ts';

/** Tasks that may be decided and not begun: enough for one fsync of the journal to serve many. */
const TASKS_AHEAD = 2048;
/** Between two looks at the clock so many tasks are begun, less one: most take some microseconds. */
const CLOCK_MASK = 15;

/** What stands between pages and work: decides some way ahead what is to be done, and begins it in order. */
export class Schedule {
  readonly #intake: Intake;
  readonly #decider: Decider;
  readonly #runner: TaskRunner;
  readonly #memory: Memory;
  readonly #tree: RunTree;
  readonly #report: Report;
  readonly #clock: Clock;
  readonly #tasks: Task[] = [];
  #next = 0;
  /** What can be done only when the rest is. */
  readonly deferred: Task[] = [];

  constructor(
    rooms: {
      readonly intake: Intake;
      readonly decider: Decider;
      readonly runner: TaskRunner;
      readonly memory: Memory;
      readonly tree: RunTree;
      readonly report: Report;
    },
    clock: Clock,
  ) {
    this.#intake = rooms.intake;
    this.#decider = rooms.decider;
    this.#runner = rooms.runner;
    this.#memory = rooms.memory;
    this.#tree = rooms.tree;
    this.#report = rooms.report;
    this.#clock = clock;
  }

  /** Nothing waits to be begun. */
  get isEmpty(): boolean {
    return this.#next === this.#tasks.length;
  }

  /** Decides pages that are here. @returns whether there were any */
  decide(untilMs: number): boolean {
    let isBusy = false;
    while (this.#tasks.length - this.#next < TASKS_AHEAD && this.#clock.monotonicMs() < untilMs) {
      const page = this.#intake.take();
      if (page === null) break;
      isBusy = true;
      const seq = this.#tree.add(page.number, page.entries.length);
      const { tasks, foreign, isNew, kept } = this.#decider.decide(page.number, seq, page.entries);
      if (isNew) this.#memory.plan(page.number, foreign);
      for (const entry of kept) this.#report.settled(entry);
      const { flags } = this.#tree.pages[seq] as RunPage;
      for (const task of tasks) {
        const isDeferred =
          task.spot.seq === seq && ((flags[task.spot.place] as number) & FLAGS.deferred) !== 0;
        (isDeferred ? this.deferred : this.#tasks).push(task);
      }
    }
    return isBusy;
  }

  /** Begins tasks while the window has room. @returns whether it had for any */
  start(untilMs: number): boolean {
    const from = this.#next;
    for (let task = this.#tasks[from]; task !== undefined; task = this.#tasks[this.#next]) {
      if (!this.#runner.hasRoomFor(task)) break;
      if ((this.#next & CLOCK_MASK) === 0 && this.#clock.monotonicMs() >= untilMs) break;
      this.#next++;
      this.#runner.start(task);
    }
    const isBusy = this.#next > from;
    if (this.#next >= TASKS_AHEAD) {
      this.#tasks.splice(0, this.#next);
      this.#next = 0;
    }
    return isBusy;
  }
}
