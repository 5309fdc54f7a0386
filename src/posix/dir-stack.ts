import { systemCodeOf } from '../base/errors.ts';
import { PosixError } from './posix-error.ts';
import type { Fd, OpenCalls, NameCalls } from './posix.ts';

/** What a {@link DirStack} needs of the port. */
export type DirStackCalls = Pick<OpenCalls, 'openDir' | 'close'> & Pick<NameCalls, 'mkdirAt'>;

export type DirStackOptions = {
  /** Folders above the current one that stay open. Default 64: deeper ones are walked to again. */
  readonly keptOpen?: number;
  /** Deepest folder. Default 2048, what 4,096 bytes of path can name. */
  readonly deepest?: number;
};

/** `fd` is -1 for a level that was closed to keep few open. */
type Level = { readonly name: Uint8Array; fd: Fd };

/**
 * The way from a root down to one folder, held open. Each step opens one name in the folder before
 * it and never follows a link, so nothing that happens to the tree meanwhile leads out of the root;
 * paths may be longer than any call could take. Going on to a neighbour costs only the steps that
 * differ: for entries in order, close to none.
 *
 * A folder that someone moves elsewhere while it is open is still that folder: what is written goes
 * with it.
 */
export class DirStack {
  readonly #posix: DirStackCalls;
  readonly #root: Fd;
  readonly #keptOpen: number;
  readonly #deepest: number;
  readonly #levels: Level[] = [];

  /** The root stays the caller's to close. */
  constructor(
    posix: DirStackCalls,
    root: Fd,
    { keptOpen = 64, deepest = 2048 }: DirStackOptions = {},
  ) {
    this.#posix = posix;
    this.#root = root;
    this.#keptOpen = keptOpen;
    this.#deepest = deepest;
  }

  /**
   * Goes to the folder of these components below the root.
   *
   * @param makeMode makes what is missing on the way, with this mode
   * @returns the folder, open until the next call of this object; never to be closed by the caller
   * @throws ENOTDIR where a component is no folder or a link, ENOENT, ENAMETOOLONG if nested too
   * deeply. The stack then stands at the last folder that could be opened, and may be used again.
   */
  enter(components: readonly Uint8Array[], makeMode?: number): Fd {
    if (components.length > this.#deepest) throw new PosixError('ENAMETOOLONG', 'openat');
    this.#rise(this.#shared(components));
    for (const name of components.slice(this.#levels.length)) this.#descend(name, makeMode);
    return this.#top();
  }

  /**
   * Closes all but the root. Needed after a folder on the way was removed or renamed; the stack can
   * be used again.
   */
  reset(): void {
    this.#rise(0);
  }

  [Symbol.dispose](): void {
    this.reset();
  }

  #top(): Fd {
    return this.#levels.at(-1)?.fd ?? this.#root;
  }

  /** How many levels from the root may stay: the same names, and the last of them still open. */
  #shared(components: readonly Uint8Array[]): number {
    let shared = 0;
    for (const level of this.#levels) {
      const name = components[shared];
      if (name === undefined || Buffer.compare(name, level.name) !== 0) break;
      shared++;
    }
    while (shared > 0 && this.#levels[shared - 1]?.fd === -1) shared--;
    return shared;
  }

  #rise(depth: number): void {
    while (this.#levels.length > depth) {
      const level = this.#levels.pop();
      if (level !== undefined && level.fd !== -1) this.#posix.close(level.fd);
    }
  }

  #descend(name: Uint8Array, makeMode: number | undefined): void {
    const fd = this.#open(this.#top(), name, makeMode);
    const above = this.#levels.at(-1);
    if (above !== undefined && this.#levels.length > this.#keptOpen) {
      this.#posix.close(above.fd);
      above.fd = -1;
    }
    // A copy: the caller's is often a view into a page that is soon gone.
    this.#levels.push({ name: Uint8Array.from(name), fd });
  }

  #open(parent: Fd, name: Uint8Array, makeMode: number | undefined): Fd {
    try {
      return this.#posix.openDir(parent, name);
    } catch (error) {
      if (makeMode === undefined || systemCodeOf(error) !== 'ENOENT') throw error;
    }
    try {
      this.#posix.mkdirAt(parent, name, makeMode);
    } catch (error) {
      // Another thread made it: whether it is a folder shows when it is opened.
      if (systemCodeOf(error) !== 'EEXIST') throw error;
    }
    return this.#posix.openDir(parent, name);
  }
}
