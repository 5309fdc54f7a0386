import { randomBytes } from 'node:crypto';

import type { Timer } from '../../../base/clock.ts';
import { RbError, toRbError } from '../../../base/errors.ts';
import type { HubName } from '../../../client/config.ts';
import type { Path } from '../../api/common.ts';
import type { Task, TaskRequest } from '../../api/client-api.ts';
import type { GuiMemory, RememberedReceive } from '../gui-memory.ts';
import { planResumed, planWork } from './begin-work.ts';
import type { Work } from './begin-work.ts';
import type { ListsFolder } from './lists-folder.ts';
import type { TaskContext } from './task-context.ts';
import { TaskRecord } from './task-record.ts';

const MOST_AT_WORK = 100;
/** With those at work. */
const MOST = 200;
const TICK_MS = 1000;

export type TaskTableOptions = {
  readonly context: TaskContext;
  readonly memory: GuiMemory;
  readonly lists: ListsFolder;
  /** Called after each change of any task, which may be often. */
  readonly changed: () => void;
  readonly log: (message: string) => void;
};

/** All tasks of this console: those at work, and those that ended until they are removed. */
export class TaskTable {
  readonly #options: TaskTableOptions;
  /** Oldest first. */
  readonly #tasks = new Map<string, TaskRecord>();
  readonly #atWork = new Map<string, Promise<void>>();
  #ticker: Timer | null = null;
  #isClosing = false;

  constructor(options: TaskTableOptions) {
    this.#options = options;
  }

  /** Newest first. */
  list(): Task[] {
    return [...this.#tasks.values()].toReversed().map((task) => task.view());
  }

  /** @throws RbError `not-found` */
  get(id: string): TaskRecord {
    const task = this.#tasks.get(id);
    if (task !== undefined) return task;
    throw new RbError('not-found', 'There is no such task any more.');
  }

  /** Whether a task needs this hub. */
  isAtWork(hub: HubName): boolean {
    return [...this.#tasks.values()].some(
      (task) =>
        !task.isOver && task.hub?.fingerprint === hub.fingerprint && task.hub.name === hub.name,
    );
  }

  /**
   * Begins a task. A receive task is remembered, durably, when this returns.
   * @param hub that it is done with; null: none is known
   * @throws RbError what is wrong with the request; `busy` if there are too many
   */
  async begin(request: TaskRequest, hub: HubName | null): Promise<TaskRecord> {
    if (hub === null && request.kind !== 'verify')
      throw new RbError('usage', "This device isn't logged in at any hub; log in first.");
    if (this.#atWork.size >= MOST_AT_WORK)
      throw new RbError('busy', `${MOST_AT_WORK} tasks are at work; cancel some of them first.`);
    const { context, memory } = this.#options;
    const work = await planWork(request, context);
    const id = randomBytes(8).toString('hex');
    const task = this.#add(id, request, hub === null ? null : nameOf(hub));
    this.#start(task, work);
    try {
      if (request.kind === 'receive' && task.hub !== null)
        await memory.remember({ id, hub: task.hub, request });
      if (task.isOver) await memory.forget(id);
      await memory.used(folderOf(request));
    } catch (error) {
      task.stop();
      throw error;
    }
    return task;
  }

  /** Goes on with what was remembered. What can't be is shown as failed, and tried again at the next start. */
  async resume(): Promise<void> {
    for (const receive of this.#options.memory.receives) await this.#resume(receive);
  }

  /** Stops a task; resolves when it has ended. @throws RbError `not-found` */
  async cancel(id: string): Promise<void> {
    this.get(id).stop();
    await this.#atWork.get(id);
  }

  /**
   * Begins one anew that ended.
   * @param hub for one that knew none
   * @throws RbError `not-found`; `busy` if it is at work still; as {@link begin}
   */
  async again(id: string, hub: HubName | null): Promise<TaskRecord> {
    const task = this.get(id);
    if (!task.isOver) throw new RbError('busy', 'The task is at work still; cancel it first.');
    const anew = await this.begin(task.request, task.hub ?? hub);
    await this.#options.memory.forget(id);
    return anew;
  }

  /** Takes one that ended off the list. @throws RbError `not-found`; `busy` if it is at work still */
  async remove(id: string): Promise<void> {
    const task = this.get(id);
    if (!task.isOver) throw new RbError('busy', 'The task is at work still; cancel it first.');
    this.#drop(task);
    await this.#options.memory.forget(id);
  }

  /** Stops all tasks; those that receive go on at the next start. Resolves when all have ended. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const task of this.#tasks.values()) task.stop();
    await Promise.all(this.#atWork.values());
    this.#ticker?.cancel();
    this.#ticker = null;
  }

  #add(id: string, request: TaskRequest, hub: HubName | null): TaskRecord {
    const { lists, context } = this.#options;
    const task: TaskRecord = new TaskRecord({
      id,
      request,
      hub,
      files: lists.make(),
      clock: context.clock,
      changed: () => this.#changed(task),
    });
    this.#tasks.set(id, task);
    this.#makeRoom();
    this.#options.changed();
    return task;
  }

  #start(task: TaskRecord, work: Work): void {
    if (this.#isClosing) task.stop();
    const working = work(task)
      .then(async () => await this.#ended(task))
      .finally(() => this.#atWork.delete(task.id));
    this.#atWork.set(task.id, working);
  }

  async #resume({ id, hub, request }: RememberedReceive): Promise<void> {
    const task = this.#add(id, request, hub);
    try {
      this.#start(task, await planResumed(request, this.#options.context));
    } catch (error) {
      task.endWith(error);
    }
  }

  /** What the user has stopped, or what can't go on, isn't gone on with at the next start. */
  async #ended(task: TaskRecord): Promise<void> {
    if (this.#isClosing) return;
    const { memory, log } = this.#options;
    try {
      await memory.forget(task.id);
    } catch (error) {
      log(toRbError(error).message);
    }
  }

  #makeRoom(): void {
    for (const task of this.#tasks.values()) {
      if (this.#tasks.size <= MOST) return;
      if (task.isOver) this.#drop(task);
    }
  }

  #drop(task: TaskRecord): void {
    this.#tasks.delete(task.id);
    task.files.remove();
    this.#options.changed();
  }

  #changed(task: TaskRecord): void {
    if (task.state === 'running' && !this.#isClosing)
      this.#ticker ??= this.#options.context.clock.setTimeout(() => this.#tick(), TICK_MS);
    this.#options.changed();
  }

  #tick(): void {
    this.#ticker = null;
    for (const task of this.#tasks.values()) task.tick();
  }
}

function nameOf({ fingerprint, name }: HubName): HubName {
  return { fingerprint, name };
}

/** The folder that was chosen for it. */
function folderOf(request: TaskRequest): Path {
  if (request.kind === 'backup') return request.source;
  return request.kind === 'restore' ? request.into : request.folder;
}
