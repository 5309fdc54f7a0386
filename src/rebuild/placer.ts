import { nameOf } from '../model/path.ts';
import type { Fd } from '../posix/posix.ts';
import { PosixError } from '../posix/posix-error.ts';
import type { FileKind } from '../posix/stat.ts';
import { BRIEF_NAME, NEW_FILE, tmpName } from './ground.ts';
import { PRIVATE } from './attributes.ts';
import type { Ground } from './ground.ts';
import type { Journal } from './journal.ts';
import { codeOf, inTheWay } from './problems.ts';
import { FLAGS } from './run-tree.ts';
import type { Folder, RunTree, Task } from './run-tree.ts';
import { setInPlace } from './set-in-place.ts';
import type { WorkFile } from './work-files.ts';

/** What is replaced stays readable until the end if it is at least so long: smaller ones are quickly sent again. */
const KEPT_BYTES = 16 * 1024;

/**
 * Puts things under their final names, whole or not at all: made in `tmp/` with all their metadata, then renamed.
 * Before anything changes in the tree, the journal is on stable storage. Errors of the system are thrown as they are.
 */
export class Placer {
  readonly #ground: Ground;
  readonly #tree: RunTree;
  readonly #journal: Journal | null;

  constructor(ground: Ground, tree: RunTree, journal: Journal | null) {
    this.#ground = ground;
    this.#tree = tree;
    this.#journal = journal;
  }

  /** A file of one chunk, or an empty one. @returns its inode's number if it is in a link group, else 0 */
  smallFile(task: Task, bytes: Uint8Array): number {
    const { posix, attributes } = this.#ground;
    const mode = attributes.modeToOpen(task.entry);
    const fd = this.#newFile(BRIEF_NAME, mode);
    let ino = 0;
    try {
      if (bytes.length > 0) posix.write(fd, bytes, 0);
      attributes.setOnNew(task.entry, fd, mode);
      ino = this.#afterWriting(task, fd);
    } finally {
      posix.close(fd);
    }
    this.#ground.writtenBytes += bytes.length;
    this.moveInPlace(task, BRIEF_NAME);
    return ino;
  }

  /** A file whose content is all in place in `tmp/`. Closes it. @returns as {@link smallFile} */
  workFile(task: Task, file: WorkFile): number {
    const fd = file.fd();
    if (file.isFresh) this.#ground.attributes.setOnNew(task.entry, fd, PRIVATE);
    else this.#ground.attributes.set(task.entry, fd);
    const ino = this.#afterWriting(task, fd);
    file.close();
    this.moveInPlace(task, file.name);
    return ino;
  }

  /** A symbolic link or a FIFO. */
  special(task: Task): void {
    const { posix, tmp, attributes } = this.#ground;
    const { entry } = task;
    const name = BRIEF_NAME;
    const make = (): void => {
      if (entry.kind === 'symlink') posix.symlinkAt(entry.target, tmp, name);
      else posix.mkfifoAt(tmp, name, PRIVATE);
    };
    try {
      make();
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      posix.unlinkAt(tmp, name);
      make();
    }
    attributes.setByName(entry, tmp, name);
    this.moveInPlace(task, name);
  }

  /** Metadata of something that is in place already. */
  touch(task: Task): void {
    this.#journal?.sync();
    this.#checkUnchanged(task);
    setInPlace(this.#ground, task.entry, task.found?.ino);
  }

  /** Makes the folder, and those above it that are missing. Its metadata comes at the end. */
  ensureFolder(folder: Folder): Fd {
    const { target, posix } = this.#ground;
    if (folder.state === 'blocked') throw new PosixError('ENOTDIR', 'openat');
    if (folder.state === 'absent') {
      if (folder.parent !== null) this.ensureFolder(folder.parent);
      this.#journal?.sync();
      if (folder.evict) this.#evict(folder.path);
      try {
        this.unlocked(folder.parent, () =>
          posix.mkdirAt(target.parent(folder.path), nameOf(folder.path), 0o700),
        );
      } catch (error) {
        if (codeOf(error) !== 'EEXIST' || target.look(folder.path)?.kind !== 'dir') {
          folder.state = 'blocked';
          this.#tree.flag(folder.spot, FLAGS.blocked);
          throw error;
        }
      }
      folder.state = 'there';
      this.#tree.flag(folder.spot, FLAGS.changed | FLAGS.dirty);
      if (folder.parent !== null) this.#tree.flag(folder.parent.spot, FLAGS.dirty);
    }
    return target.folder(folder.path);
  }

  /** The folder in which the task's entry belongs, ready to be written to. */
  parentFor(task: Task): Fd {
    return this.unlocked(task.folder, () => this.#parentOf(task));
  }

  #parentOf({ folder }: Task): Fd {
    const fd = this.ensureFolder(folder);
    this.#journal?.sync();
    this.#tree.flag(folder.spot, FLAGS.dirty);
    return fd;
  }

  /** Renames what was made in `tmp/` to its place. What is of another kind there goes to the trash first. */
  moveInPlace(task: Task, name: Uint8Array): void {
    const { posix, tmp, trash } = this.#ground;
    const own = nameOf(task.entry.path);
    const kind = task.found === null ? null : this.#checkUnchanged(task);
    const move = (): void => {
      const parent = this.#parentOf(task);
      if (task.found === null) posix.renameNoReplaceAt(tmp, name, parent, own);
      else if (trash !== null && kind !== task.entry.kind) {
        this.#ground.discard(task.entry.path);
        posix.renameNoReplaceAt(tmp, name, parent, own);
      } else {
        this.#keepOld(task, parent);
        posix.renameAt(tmp, name, parent, own);
      }
    };
    try {
      this.unlocked(task.folder, move);
    } catch (error) {
      if (task.found === null && codeOf(error) === 'EEXIST') this.noteForeign(task);
      throw error;
    }
    if (task.found !== null) this.#tree.flag(task.spot, FLAGS.changed);
  }

  /** Something appeared where the journal says that ours will be: it must say so too before anything relies on it. */
  noteForeign(task: Task): never {
    this.#journal?.append('foreign', task.entry.path);
    this.#journal?.sync();
    throw inTheWay('Something appeared in its place meanwhile');
  }

  #newFile(name: Uint8Array, mode: number): Fd {
    const { posix, tmp } = this.#ground;
    try {
      return posix.openFile(tmp, name, NEW_FILE, mode);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      posix.unlinkAt(tmp, name);
      return posix.openFile(tmp, name, NEW_FILE, mode);
    }
  }

  #afterWriting(task: Task, fd: Fd): number {
    const { posix } = this.#ground;
    if (!posix.abilities.syncfs) posix.fsync(fd);
    return task.entry.linkGroup === 0 ? 0 : posix.fstat(fd).ino;
  }

  /** Between looking and replacing, chunks may have been waited for. @returns what is there */
  #checkUnchanged({ entry, found }: Task): FileKind {
    const now = this.#ground.target.look(entry.path);
    const isSame =
      now !== undefined &&
      now.ino === found?.ino &&
      now.size === found.size &&
      now.mtimeSec === found.mtimeSec &&
      now.mtimeNsec === found.mtimeNsec;
    if (!isSame) throw inTheWay('What stands there was changed by someone meanwhile');
    return now.kind;
  }

  /** The old version stays readable under a name in `tmp/`: other files may be made from it. */
  #keepOld({ entry, found }: Task, parent: Fd): void {
    if (
      this.#ground.request.policy !== 'destination' ||
      (found?.size ?? 0) < KEPT_BYTES ||
      entry.kind !== 'file'
    )
      return;
    try {
      this.#ground.posix.linkAt(
        parent,
        nameOf(entry.path),
        this.#ground.tmp,
        tmpName('o', entry.path),
      );
    } catch {
      // Its chunks are sent again if somebody needs them.
    }
  }

  /** Moves a file or a link of ours, where a folder is to be, to the trash, or to `tmp/` if there is none. */
  #evict(path: Uint8Array): void {
    const { posix, target, tmp, trash } = this.#ground;
    const now = target.look(path);
    if (now === undefined || now.kind === 'dir') return;
    if (trash === null) posix.renameAt(target.parent(path), nameOf(path), tmp, tmpName('o', path));
    else this.#ground.discard(path);
  }

  /** Runs something in a folder; if its mode forbids it, gives ourselves the right: the mode is set at the end. */
  unlocked<Result>(folder: Folder | null, act: () => Result): Result {
    try {
      return act();
    } catch (error) {
      if (codeOf(error) !== 'EACCES' || this.#ground.attributes.mayChown || folder === null)
        throw error;
      this.#unlock(folder);
      return act();
    }
  }

  #unlock(folder: Folder): void {
    const { target, posix } = this.#ground;
    if (folder.parent !== null) this.#unlock(folder.parent);
    if (folder.parent === null || folder.state !== 'there') return;
    const stat = target.look(folder.path);
    if (stat?.kind !== 'dir' || (stat.mode & 0o700) === 0o700) return;
    posix.chmodAt(target.parent(folder.path), nameOf(folder.path), stat.mode | 0o700);
    this.#tree.flag(folder.spot, FLAGS.dirty);
  }
}
