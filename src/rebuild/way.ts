import { equalBytes } from '../base/bytes.ts';
import { componentsOf, nameOf, parentOf } from '../model/path.ts';
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
    return this.folder(parentOf(path));
  }

  /** The folder of this path itself. */
  folder(path: Uint8Array): Fd {
    if (path.length === 0) return this.#root;
    if (this.#folder !== null && equalBytes(this.#folder, path)) return this.#fd;
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
