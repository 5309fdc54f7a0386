import { componentsOf, nameOf, nameStart } from '../model/path.ts';
import { DirStack } from '../posix/dir-stack.ts';
import type { Fd, Posix } from '../posix/posix.ts';
import type { Stat } from '../posix/stat.ts';
import { codeOf } from './problems.ts';

/**
 * Finds the folder that a path stands in, step by step and never through a link. For paths in order it mostly is the
 * folder of the path before.
 */
export class Way {
  readonly #posix: Posix;
  readonly #stack: DirStack;
  readonly #root: Fd;
  #folder: Uint8Array | null = null;
  #fd: Fd = -1;

  constructor(posix: Posix, root: Fd) {
    this.#posix = posix;
    this.#root = root;
    this.#stack = new DirStack(posix, root);
  }

  /** The folder in which the path stands, open until the next call. @throws ENOENT, ENOTDIR */
  parent(path: Uint8Array): Fd {
    const end = Math.max(0, nameStart(path) - 1);
    if (end === 0) return this.#root;
    if (this.#folder !== null && beginsWith(path, end, this.#folder)) return this.#fd;
    return this.folder(path.subarray(0, end));
  }

  /** The folder of this path itself. */
  folder(path: Uint8Array): Fd {
    if (path.length === 0) return this.#root;
    if (this.#folder !== null && beginsWith(path, path.length, this.#folder)) return this.#fd;
    this.#folder = null;
    this.#fd = this.#stack.enter(componentsOf(path));
    this.#folder = Uint8Array.from(path);
    return this.#fd;
  }

  /** What is there; undefined if nothing is, or if the way there ends in something that is no folder. */
  look(path: Uint8Array): Stat | undefined {
    if (path.length === 0) return this.#posix.fstat(this.#root);
    try {
      return this.#posix.lstatIfThere(this.parent(path), nameOf(path));
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined;
      throw error;
    }
  }

  /** Needed after a folder on the way was removed or replaced. */
  reset(): void {
    this.#folder = null;
    this.#stack.reset();
  }
}

/** Whether this folder is the one in which the path stands. */
export function standsIn(path: Uint8Array, folder: Uint8Array): boolean {
  return beginsWith(path, Math.max(0, nameStart(path) - 1), folder);
}

/** Whether the first `length` bytes of the path are all of the folder's. A loop, as that needs no view. */
function beginsWith(path: Uint8Array, length: number, folder: Uint8Array): boolean {
  if (folder.length !== length) return false;
  // From the end: neighbours differ there.
  for (let i = length - 1; i >= 0; i--) if (path[i] !== folder[i]) return false;
  return true;
}
