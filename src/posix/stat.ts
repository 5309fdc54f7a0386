/** What the system says about one thing on disk. */

/** Every kind that a file system can hold. */
export type FileKind = 'file' | 'dir' | 'symlink' | 'fifo' | 'socket' | 'char' | 'block';

/** The inode behind a name. Times are two numbers, so that a million of them need no BigInt. */
export type Stat = {
  readonly kind: FileKind;
  /** Permission bits with set-uid, set-gid and sticky: 0..0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
  /** Seconds since 1970, may be negative. */
  readonly mtimeSec: number;
  /** 0..999,999,999, counted forwards from `mtimeSec`. */
  readonly mtimeNsec: number;
  readonly ctimeSec: number;
  readonly ctimeNsec: number;
  /**
   * The inode's number: exact below 2^53. Larger ones (overlayfs, some network file systems) are
   * folded into 53 bits, so two inodes might share one: whoever groups hard links compares `dev`,
   * `ctime` and `size` too.
   */
  readonly ino: number;
  /** Tells file systems apart; comparable only within one machine and one start of it. */
  readonly dev: number;
  readonly nlink: number;
  /** Units of 512 bytes on disk: fewer than `size` asks for means holes or compression. */
  readonly blocks: number;
};

/** stat(2), S_IFMT. */
const FORMAT_MASK = 0o170000;

const KIND_OF_FORMAT: Readonly<Record<number, FileKind>> = {
  0o010000: 'fifo',
  0o020000: 'char',
  0o040000: 'dir',
  0o060000: 'block',
  0o100000: 'file',
  0o120000: 'symlink',
  0o140000: 'socket',
};

/**
 * The kind in the upper bits of `st_mode`. What no standard names is called a device: it is left
 * alone.
 */
export function kindOfMode(stMode: number): FileKind {
  return KIND_OF_FORMAT[stMode & FORMAT_MASK] ?? 'char';
}

/** 2^53 - 1 in two parts: the low word, and the 21 bits that are left of the high one. */
const HIGH_BITS = 0x1fffff;
const WORD = 0x1_0000_0000;

/** A 64-bit inode number, given as two unsigned words, as {@link Stat.ino}. */
export function foldInode(low: number, high: number): number {
  const excess = high >>> 21;
  return ((high & HIGH_BITS) ^ (excess << 10)) * WORD + low;
}
