import type { Fd } from '../posix/posix.ts';
import { NEW_FILE, READ_WRITE, tmpName } from './ground.ts';
import { PRIVATE } from './attributes.ts';
import type { Ground } from './ground.ts';
import { codeOf } from './problems.ts';

/** Unfinished files that are open at one time; others are opened again when needed. */
const MOST_OPEN = 64;

/** A file that is being put together in `tmp/`, under a name that the next run finds again. */
export class WorkFile {
  readonly path: Uint8Array;
  readonly name: Uint8Array;
  /** Made by this object: what wasn't written is zero. Else bytes of an earlier run may be anywhere in it. */
  readonly isFresh: boolean;
  /** The id that was written at an offset by this run, as `keyOf` gives it. */
  readonly written: Map<number, string> = new Map();
  readonly #files: WorkFiles;

  constructor(files: WorkFiles, path: Uint8Array, name: Uint8Array, isFresh: boolean) {
    this.#files = files;
    this.path = path;
    this.name = name;
    this.isFresh = isFresh;
  }

  /** Open until the next call of any file's `fd`. */
  fd(): Fd {
    return this.#files.fdOf(this);
  }

  close(): void {
    this.#files.closeFile(this);
  }
}

/** Keeps few of many unfinished files open. */
export class WorkFiles {
  readonly #ground: Ground;
  readonly #open = new Map<WorkFile, Fd>();

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** Makes the file for a path, or takes up what an earlier run has left of it. */
  start(path: Uint8Array): WorkFile {
    const { posix, tmp } = this.#ground;
    const name = tmpName('f', path);
    let isFresh = false;
    let fd = -1;
    try {
      fd = posix.openFile(tmp, name, NEW_FILE, PRIVATE);
      isFresh = true;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      fd = posix.openFile(tmp, name, READ_WRITE);
      const stat = posix.fstat(fd);
      if (stat.kind !== 'file' || stat.nlink !== 1) {
        posix.close(fd);
        posix.unlinkAt(tmp, name);
        return this.start(path);
      }
    }
    const file = new WorkFile(this, path, name, isFresh);
    this.#keep(file, fd);
    return file;
  }

  fdOf(file: WorkFile): Fd {
    const known = this.#open.get(file);
    if (known !== undefined) return known;
    const fd = this.#ground.posix.openFile(this.#ground.tmp, file.name, READ_WRITE);
    this.#keep(file, fd);
    return fd;
  }

  closeFile(file: WorkFile): void {
    const fd = this.#open.get(file);
    if (fd === undefined) return;
    this.#open.delete(file);
    this.#ground.posix.close(fd);
  }

  close(): void {
    for (const file of this.#open.keys()) this.closeFile(file);
  }

  #keep(file: WorkFile, fd: Fd): void {
    this.#open.set(file, fd);
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= MOST_OPEN) return;
      this.closeFile(oldest);
    }
  }
}
