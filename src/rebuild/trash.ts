import { nameOf, parentOf, componentsOf } from '../model/path.ts';
import { DirStack } from '../posix/dir-stack.ts';
import type { Fd, Posix } from '../posix/posix.ts';
import { codeOf } from './problems.ts';
import { removeTrash } from './trash-removal.ts';
import { TRASH, trashFolders, trashName } from './trash-names.ts';

/** Where deleted things go. */
export type TrashPlace = {
  /** Absolute path of the destination's own folder, on the file system of the tree, raw bytes. `trash` in it is made. */
  readonly home: Uint8Array;
  /** 32 hexadecimal digits. */
  readonly set: string;
  /** The hub's time. */
  readonly nowMs: number;
};

const MODE = 0o700;
const MOST_NAMES = 1000;
/** Something is wrong with the folder in the trash, not with what is to go there: another one is taken. */
const ANOTHER_FOLDER: ReadonlySet<string> = new Set([
  'EEXIST',
  'ENOENT',
  'ENOTDIR',
  'ELOOP',
  'ENOTEMPTY',
]);
/** It can't be kept at all, and so it is deleted as it would be without a trash. */
const NOT_TO_BE_KEPT: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EXDEV',
  'EMLINK',
  'ENAMETOOLONG',
  'ENOTSUP',
  'EINVAL',
]);

/**
 * Keeps what a run deletes: moved by a rename, so that at any moment it is either in its place or here. Under its path in
 * a folder of the run's own, which is made when the first thing comes. What is here belongs to no tree any more.
 */
export class Trash {
  readonly #posix: Posix;
  readonly #place: TrashPlace;
  #trash: Fd = -1;
  #own: { readonly fd: Fd; readonly name: string; readonly stack: DirStack } | null = null;

  /** @param posix one that asks nobody for room */
  constructor(posix: Posix, place: TrashPlace) {
    this.#posix = posix;
    this.#place = place;
  }

  /**
   * Takes in what stands at a path and is no folder. One of several names of a file is only deleted: its content stays under
   * the others, which must not share an inode with what lies here.
   * @throws what the system throws of the folder it stands in
   */
  take(parent: Fd, path: Uint8Array): void {
    const { kind, nlink } = this.#posix.lstatAt(parent, nameOf(path));
    if (kind === 'file' && nlink > 1) {
      this.#posix.unlinkAt(parent, nameOf(path));
      return;
    }
    for (let tries = 0; ; tries++) {
      try {
        this.#move(parent, path);
        return;
      } catch (error) {
        const code = codeOf(error) ?? '';
        const isFull = code === 'ENOSPC' || code === 'EDQUOT';
        if (isFull && this.makeRoom()) continue;
        if (NOT_TO_BE_KEPT.has(code)) {
          this.#posix.unlinkAt(parent, nameOf(path));
          return;
        }
        if (tries > 0 || !ANOTHER_FOLDER.has(code)) throw error;
        this.#leave();
      }
    }
  }

  /** Notes an empty folder that was removed. Its absence here is no loss worth an error. */
  folder(path: Uint8Array): void {
    try {
      this.#folderFor(path);
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
    }
  }

  /** Removes what was deleted longest ago, but nothing of this run. @returns whether anything was there */
  makeRoom(): boolean {
    for (const name of trashFolders(this.#posix, this.#open())) {
      if (Buffer.from(name).toString('latin1') === this.#own?.name) continue;
      try {
        for (const _ of removeTrash(this.#posix, this.#open(), name));
        return true;
      } catch (error) {
        // Another transfer may have removed it, or it holds what may not be removed: the next one, then.
        if (codeOf(error) === undefined) throw error;
      }
    }
    return false;
  }

  close(): void {
    this.#leave();
    if (this.#trash !== -1) this.#posix.close(this.#trash);
    this.#trash = -1;
  }

  #move(parent: Fd, path: Uint8Array): void {
    const to = this.#folderFor(parentOf(path));
    const name = nameOf(path);
    this.#posix.renameNoReplaceAt(parent, name, to, name);
    if (!this.#posix.abilities.syncfs) this.#posix.fsync(to);
  }

  /** The folder here that stands for one of the tree. */
  #folderFor(path: Uint8Array): Fd {
    this.#own ??= this.#make();
    return this.#own.stack.enter(componentsOf(path), MODE);
  }

  #make(): { readonly fd: Fd; readonly name: string; readonly stack: DirStack } {
    const { nowMs, set } = this.#place;
    const wanted = trashName(nowMs, set);
    const trash = this.#open();
    for (let number = 0; ; number++) {
      const name = number === 0 ? wanted : `${wanted}-${number}`;
      try {
        this.#posix.mkdirAt(trash, Buffer.from(name), MODE);
      } catch (error) {
        if (codeOf(error) !== 'EEXIST' || number >= MOST_NAMES) throw error;
        continue;
      }
      const fd = this.#posix.openDir(trash, Buffer.from(name));
      return { fd, name, stack: new DirStack(this.#posix, fd) };
    }
  }

  #open(): Fd {
    if (this.#trash === -1) this.#trash = openTrash(this.#posix, this.#place.home);
    return this.#trash;
  }

  #leave(): void {
    this.#own?.stack.reset();
    if (this.#own !== null) this.#posix.close(this.#own.fd);
    this.#own = null;
  }
}

/** The trash of a destination, made if it is missing. To be closed. */
export function openTrash(posix: Posix, home: Uint8Array): Fd {
  const folder = posix.openRoot(home);
  try {
    try {
      posix.mkdirAt(folder, TRASH, MODE);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    return posix.openDir(folder, TRASH);
  } finally {
    posix.close(folder);
  }
}
