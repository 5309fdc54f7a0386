import { NO_BYTES } from '../model/entry.ts';
import { nameOf } from '../model/path.ts';
import type { Coroutines, Wake, Work } from './coroutines.ts';
import { compareFile, FileWork, missing, wrongLength } from './file-work.ts';
import type { Desk } from './file-work.ts';
import { READ } from './ground.ts';
import { Leaves } from './leaves.ts';
import type { Links } from './links.ts';
import type { Parts } from './parts.ts';
import type { Placer } from './placer.ts';
import { inTheWay, PathProblem, pathProblem } from './problems.ts';
import type { Report } from './report.ts';
import { FLAGS } from './run-tree.ts';
import type { RunTree, Task } from './run-tree.ts';

/** Carries out what was decided, entry by entry, many at a time. */
export class TaskRunner {
  readonly #desk: Desk;
  readonly #tree: RunTree;
  readonly #links: Links;
  readonly #placer: Placer;
  readonly #parts: Parts;
  readonly #coroutines: Coroutines;
  readonly #report: Report;
  /** Small files whose chunk is on its way. */
  #waiting = 0;

  constructor(
    desk: Desk,
    tree: RunTree,
    rooms: { readonly links: Links; readonly placer: Placer; readonly parts: Parts },
    coroutines: Coroutines,
    report: Report,
  ) {
    this.#desk = desk;
    this.#tree = tree;
    this.#links = rooms.links;
    this.#placer = rooms.placer;
    this.#parts = rooms.parts;
    this.#coroutines = coroutines;
    this.#report = report;
  }

  get isIdle(): boolean {
    return this.#waiting === 0 && this.#coroutines.count === 0;
  }

  /** Begins a task. A failure that has to do with its path only becomes a problem. @throws RbError for all others */
  start(task: Task): void {
    this.#guard(task, () => {
      switch (task.action) {
        case 'folder':
          this.#placer.ensureFolder(task.folder);
          this.#settled(task, null);
          break;
        case 'touch':
          this.#touch(task);
          break;
        case 'link':
          this.#link(task);
          break;
        case 'check':
          this.#check(task);
          break;
        case 'make':
          this.#make(task);
          break;
      }
    });
  }

  /** The same, with something to be done before. */
  startAfter(task: Task, before: () => void): void {
    let isClear = false;
    this.#guard(task, () => {
      before();
      isClear = true;
    });
    if (isClear) this.start(task);
  }

  /** Whether a new task may be begun without going beyond the window. */
  hasRoomFor(task: Task): boolean {
    if (this.#coroutines.isHungry) return false;
    const first = task.entry.content.refs[0];
    return first === undefined || this.#desk.wants.hasRoom(Math.min(first.bytes, 4 * 1024 * 1024));
  }

  #make(task: Task): void {
    const { entry } = task;
    if (entry.kind !== 'file') {
      this.#placer.special(task);
      this.#settled(task, null);
      return;
    }
    const [ref] = entry.content.refs;
    const isSmall = entry.content.depth === 0 && entry.content.refs.length <= 1 && ref?.id !== null;
    if (!isSmall || this.#parts.has(entry.path))
      this.#startWork(task, (wake) => this.#fill(task, wake));
    else if (ref === undefined) this.#place(task, NO_BYTES);
    else this.#small(task, ref.id, ref.bytes);
  }

  #small(task: Task, id: Uint8Array, length: number): void {
    const { sources, wants, ground } = this.#desk;
    const found = wants.isWanted(id) ? undefined : sources.read(id, length);
    if (found !== undefined) {
      ground.reusedBytes += length;
      this.#place(task, found);
      return;
    }
    this.#waiting++;
    wants.add('data', id, length, (bytes) => {
      this.#waiting--;
      this.#guard(task, () => {
        if (bytes === null) throw missing();
        if (bytes.length !== length) throw wrongLength();
        this.#place(task, bytes);
      });
    });
  }

  #place(task: Task, bytes: Uint8Array): void {
    const ino = this.#placer.smallFile(task, bytes);
    this.#desk.sources.noteFile(task.entry, task.number);
    this.#settled(task, ino);
  }

  *#fill(task: Task, wake: Wake): Work {
    const { entry, number } = task;
    const { sources, lists } = this.#desk;
    const file = this.#parts.take(entry.path);
    sources.setUnfinished(number, file);
    const work = new FileWork(this.#desk, file, number, wake);
    this.#report.nowAt(entry, work);
    try {
      yield* work.complete(new Leaves(entry.content, lists.find));
      work.setSize(entry.size);
      const ino = this.#placer.workFile(task, file);
      sources.setUnfinished(number, null);
      this.#settled(task, ino);
    } finally {
      sources.setUnfinished(number, null);
      file.close();
      this.#parts.release(entry.path);
    }
  }

  #check(task: Task): void {
    const { posix, target } = this.#desk.ground;
    const { entry } = task;
    const fd = posix.openFile(target.parent(entry.path), nameOf(entry.path), READ);
    this.#startWork(task, (wake) => this.#checked(task, compareFile(this.#desk, entry, fd, wake)));
  }

  *#checked(task: Task, comparing: ReturnType<typeof compareFile>): Work {
    const { ground, sources } = this.#desk;
    const { entry, mayReplace } = task;
    this.#report.nowAt(entry, null);
    const isSame = yield* comparing;
    const now = ground.target.look(entry.path);
    if (now === undefined || now.ino !== task.found?.ino)
      throw inTheWay('It was replaced by someone meanwhile');
    if (!isSame) {
      if (ground.isReadOnly)
        throw new PathProblem('differs', 'Its content is not what was verified.');
      if (!mayReplace) throw inTheWay('A file with other content stands there');
      this.#make({ ...task, action: 'make', found: now });
      return;
    }
    const place = { dir: ground.target.parent(entry.path), name: nameOf(entry.path) };
    if (!ground.attributes.isRight(entry, now, place)) {
      if (ground.isReadOnly)
        throw new PathProblem(
          'differs',
          'Its mode, owner, time or attributes are not as recorded.',
        );
      if (now.nlink > 1 && !mayReplace)
        throw inTheWay('A file of other metadata that has other names too stands there');
      this.#touch({ ...task, found: now });
      return;
    }
    sources.noteFile(entry, task.number);
    this.#settled(task, now.ino, false);
  }

  #touch(task: Task): void {
    if (task.entry.kind === 'file' && (task.found?.nlink ?? 1) > 1) {
      // Its other names may be somebody else's: they keep what they have.
      this.#make({ ...task, action: 'make', mayReplace: true });
      return;
    }
    this.#placer.touch(task);
    this.#desk.sources.noteFile(task.entry, task.number);
    this.#settled(task, task.found?.ino ?? null);
  }

  #link(task: Task): void {
    const outcome = this.#links.link(task);
    if (outcome === 'linked') this.#settled(task, null);
    if (outcome !== 'alone') return;
    // The next name of the group, if there is one, links to this.
    this.#links.join(task.entry, task.spot);
    const now = this.#desk.ground.target.look(task.entry.path);
    if (now !== undefined && now.kind !== 'file' && !task.mayReplace)
      throw inTheWay('Something else stands there');
    const action = now?.kind === 'file' ? 'check' : 'make';
    this.start({ ...task, action, found: now ?? null });
  }

  #startWork(task: Task, make: (wake: Wake) => Work): void {
    this.#coroutines.start(make, (error) => this.#failed(task, error));
  }

  #guard(task: Task, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#failed(task, error);
    }
  }

  #failed(task: Task, error: unknown): void {
    const problem = pathProblem(error);
    const { entry, spot } = task;
    this.#desk.ground.problems.add(entry.path, problem.code, problem.message);
    // What was never there, or isn't ours, must not count as ours later.
    const isOurs = task.found !== null && task.mayReplace;
    this.#tree.flag(spot, isOurs ? FLAGS.failed : FLAGS.failed | FLAGS.blocked);
    for (const follower of this.#links.settle(entry, spot, null)) this.start(follower);
  }

  /** @param ino of a file that may be the first name of a group */
  #settled(task: Task, ino: number | null, isChanged: boolean = true): void {
    const { entry, spot } = task;
    this.#tree.flag(spot, FLAGS.changed);
    if (isChanged) {
      if (task.isMending) this.#desk.ground.mended++;
      this.#report.placed(entry.path);
    }
    this.#report.settled(entry);
    if (entry.kind === 'file') this.#report.nowAt(entry, null);
    if (entry.linkGroup === 0 || ino === null) return;
    for (const follower of this.#links.settle(entry, spot, ino)) this.start(follower);
  }
}
