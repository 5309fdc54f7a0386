import { PosixError } from '../posix-error.ts';

const SLASH = 0x2f;
const DOT = 0x2e;

/**
 * Linux PATH_MAX with the NUL that ends a path. A path longer than that can't be given to any call.
 */
const PATH_BYTES = 4096;

/** Offsets into the memory of one thread: two paths, small structures, and one large area. */
export const AREA = {
  path: 0,
  path2: 8192,
  small: 16_384,
  large: 24_576,
  /**
   * Names of attributes (XATTR_LIST_MAX), then a value (XATTR_SIZE_MAX): 64 KiB each, limits of
   * Linux.
   */
  largeBytes: 131_072,
} as const;

/** How much a {@link Memory} takes. */
export const MEMORY_BYTES: number = AREA.large + AREA.largeBytes;

/**
 * The memory that calls read and write, taken once and never moved, so that addresses are plain
 * numbers: passing one costs a tenth of passing a JavaScript buffer (measured,
 * docs/guides/fidelity.md). One for each thread; calls are synchronous and leave nothing in it that
 * a later call would need.
 */
export class Memory {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The address of `bytes[0]`. */
  readonly base: number;
  #procDir = -1;
  #procPrefix: Uint8Array = new Uint8Array(0);

  constructor(block: ArrayBuffer, base: number) {
    this.bytes = new Uint8Array(block);
    this.view = new DataView(block);
    this.base = base;
  }

  /**
   * Puts one component, checked, with its NUL. @returns its address @throws PosixError EINVAL,
   * ENAMETOOLONG
   */
  name(name: Uint8Array, syscall: string, at: number = AREA.path): number {
    this.#component(name, at, syscall);
    return this.base + at;
  }

  /**
   * Puts any path or text without NUL. @returns its address @throws PosixError EINVAL,
   * ENAMETOOLONG, ENOENT
   */
  path(path: Uint8Array, syscall: string, at: number = AREA.path): number {
    if (path.length === 0) throw new PosixError('ENOENT', syscall);
    if (path.length >= PATH_BYTES) throw new PosixError('ENAMETOOLONG', syscall);
    if (path.includes(0)) throw new PosixError('EINVAL', syscall);
    this.bytes.set(path, at);
    this.bytes[at + path.length] = 0;
    return this.base + at;
  }

  /**
   * Puts `/proc/self/fd/DIR/NAME`, for calls that have no form relative to a folder. The kernel
   * goes to the open folder itself, not along its path, so this is as safe as the real thing
   * (proc(5)).
   */
  procPath(dir: number, name: Uint8Array, syscall: string): number {
    if (this.#procDir !== dir) {
      this.#procPrefix = Buffer.from(`/proc/self/fd/${dir}/`);
      this.#procDir = dir;
    }
    this.bytes.set(this.#procPrefix, AREA.path);
    this.#component(name, AREA.path + this.#procPrefix.length, syscall);
    return this.base + AREA.path;
  }

  /** An unsigned 64-bit number, exact below 2^53. */
  uint64(at: number): number {
    return this.view.getUint32(at + 4, true) * 0x1_0000_0000 + this.view.getUint32(at, true);
  }

  /** A signed 64-bit number, exact within ±2^53. */
  int64(at: number): number {
    return this.view.getInt32(at + 4, true) * 0x1_0000_0000 + this.view.getUint32(at, true);
  }

  setInt64(at: number, value: number): void {
    this.view.setInt32(at + 4, Math.floor(value / 0x1_0000_0000), true);
    this.view.setUint32(at, value % 0x1_0000_0000, true);
  }

  /** A copy. */
  copy(from: number, to: number): Uint8Array {
    return this.bytes.slice(from, to);
  }

  // Checks and copies in one loop: it runs for every file of a tree.
  #component(name: Uint8Array, at: number, syscall: string): void {
    const { length } = name;
    if (length >= PATH_BYTES) throw new PosixError('ENAMETOOLONG', syscall);
    let legal =
      length > 2 || (length > 0 && (name[0] !== DOT || (length === 2 && name[1] !== DOT)));
    for (let i = 0; i < length; i++) {
      const byte = name[i] as number;
      if (byte === 0 || byte === SLASH) legal = false;
      this.bytes[at + i] = byte;
    }
    if (!legal) throw new PosixError('EINVAL', syscall);
    this.bytes[at + length] = 0;
  }
}
