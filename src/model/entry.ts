/** What kinds of things a tree holds. The numbers are those of the page format. */
export const KINDS = ['dir', 'file', 'symlink', 'fifo'] as const;
export type EntryKind = (typeof KINDS)[number];

/** A piece of a file: a chunk (or, below a list, a list chunk), or a hole of `bytes` zeros (id null). */
export type Ref = {
  readonly id: Uint8Array | null;
  /** Bytes of the file that this reference stands for. */
  readonly bytes: number;
};

/**
 * The content of a file. With `depth` 0 the references name data chunks; with a greater depth they name
 * list chunks, each of which holds a content of one depth less (see content.ts).
 */
export type Content = { readonly depth: number; readonly refs: readonly Ref[] };

export type Xattr = { readonly name: Uint8Array; readonly value: Uint8Array };

export type Owner = {
  readonly uid: number;
  readonly gid: number;
  /** Names as the origin knew them; empty if it had none. */
  readonly user: string;
  readonly group: string;
};

/** One thing on disk. Every field is always there, so that entries keep one shape. */
export type Entry = {
  readonly path: Uint8Array;
  readonly kind: EntryKind;
  /** Permission bits with set-uid, set-gid and sticky: 0..0o7777. */
  readonly mode: number;
  readonly owner: Owner;
  /** Seconds since 1970, may be negative. */
  readonly mtimeSec: number;
  readonly mtimeNsec: number;
  /** Bytes; 0 for all but files. */
  readonly size: number;
  /** For files; sums up to `size`. Otherwise EMPTY_CONTENT. */
  readonly content: Content;
  /** Of a symbolic link, else empty. */
  readonly target: Uint8Array;
  /**
   * Files with the same number, not 0, are names of one inode. Each carries the full content, so that
   * any of them can be restored alone and no entry ever names another's path. Up to 2^53 - 1.
   */
  readonly linkGroup: number;
  /** Sorted by name. */
  readonly xattrs: readonly Xattr[];
};

export const EMPTY_CONTENT: Content = { depth: 0, refs: [] };
export const NO_BYTES: Uint8Array = new Uint8Array(0);
export const NO_XATTRS: readonly Xattr[] = [];
