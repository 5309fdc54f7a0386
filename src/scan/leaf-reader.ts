import { constants } from 'node:fs';

import { RbError, isRbError, systemCodeOf } from '../base/errors.ts';
import { EMPTY_CONTENT, NO_BYTES, NO_XATTRS } from '../model/entry.ts';
import type { Content, Xattr } from '../model/entry.ts';
import { LIMITS } from '../model/limits.ts';
import type { Fd, Posix, XattrTarget } from '../posix/posix.ts';
import type { Stat } from '../posix/stat.ts';
import { isSameInode } from './content-reader.ts';
import type { ContentReader } from './content-reader.ts';
import type { SkipCode } from './protocol.ts';

/** Inodes with several names whose content is remembered, and most references of one. */
const MOST_LINKED = 4096;
const MOST_LINKED_REFS = 256;

/** What was read of a thing on disk. */
export type Leaf = {
  readonly stat: Stat;
  readonly size: number;
  readonly content: Content;
  readonly target: Uint8Array;
  readonly xattrs: readonly Xattr[];
  /** Something about it that is not as it should be, though it can be kept. */
  readonly problem: Problem | null;
};

export type Problem = { readonly code: SkipCode; readonly why: string };

/** Codes of a thing that isn't there any more, or is something else by now. */
const GONE_CODES: ReadonlySet<string | undefined> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ELOOP',
  'ESTALE',
]);

/** The system's code if an error says that something can't be read. Faults of ours and of others are passed on. */
export function readFault(error: unknown): { readonly code: string; readonly isGone: boolean } {
  const code = systemCodeOf(error);
  if (code === undefined || code.startsWith('ERR_')) throw error;
  return { code, isGone: GONE_CODES.has(code) };
}

/** Reads all that an entry holds of files, symbolic links and FIFOs. */
export class LeafReader {
  readonly #posix: Posix;
  readonly #contents: ContentReader;
  readonly #linked = new Map<number, Leaf>();

  constructor(posix: Posix, contents: ContentReader) {
    this.#posix = posix;
    this.#contents = contents;
  }

  /**
   * Reads a file.
   * @param seen the inode as it was seen before; null if it wasn't looked at
   * @param held content whose chunks needn't be sent
   * @throws what the system throws; RbError changed-while-read if it is no file any more, too-large
   */
  file(dir: Fd, name: Uint8Array, path: Uint8Array, seen: Stat | null, held: Content): Leaf {
    const twinSeen = this.#twinOf(seen);
    if (twinSeen !== null) return twinSeen;
    const fd = this.#posix.openFile(dir, name, constants.O_RDONLY);
    try {
      const stat = seen ?? this.#posix.fstat(fd);
      if (stat.kind !== 'file') throw new RbError('unsupported', 'It is no file any more.');
      const twin = seen === null ? this.#twinOf(stat) : null;
      if (twin !== null) return twin;
      const reading = this.#contents.read(fd, path, stat, held);
      const found = this.xattrs(fd);
      const changing = {
        code: 'changed-while-read',
        why: 'kept changing while it was read; it is kept as it was read last',
      } as const;
      const problem = reading.isStable ? found.problem : changing;
      const { size, content } = reading;
      const leaf = {
        stat: reading.stat,
        size,
        content,
        target: NO_BYTES,
        xattrs: found.xattrs,
        problem,
      };
      if (problem === null && reading.stat.nlink > 1) this.#remember(leaf);
      return leaf;
    } catch (error) {
      if (!isRbError(error, 'unsupported')) throw error;
      throw new RbError('changed-while-read', 'The file was replaced by something else.', {
        cause: error,
      });
    } finally {
      this.#posix.close(fd);
    }
  }

  symlink(dir: Fd, name: Uint8Array, stat: Stat): Leaf {
    const target = this.#posix.readlinkAt(dir, name);
    return { ...this.other(dir, name, stat), target };
  }

  /** What there is of folders and FIFOs besides the inode. */
  other(dir: Fd, name: Uint8Array, stat: Stat): Leaf {
    const { xattrs, problem } = this.xattrs({ dir, name });
    return { ...bareLeaf(stat), xattrs, problem };
  }

  /** Attributes that can't be read, or are more than the format holds, are left out with a problem. */
  xattrs(target: XattrTarget): {
    readonly xattrs: readonly Xattr[];
    readonly problem: Problem | null;
  } {
    try {
      if (!this.#posix.hasXattrs(target)) return { xattrs: NO_XATTRS, problem: null };
      const xattrs = this.#posix.xattrs(target);
      if (fits(xattrs)) return { xattrs, problem: null };
      return {
        xattrs: NO_XATTRS,
        problem: {
          code: 'too-large',
          why: 'has more extended attributes than can be kept; it is kept without them',
        },
      };
    } catch (error) {
      const { code } = readFault(error);
      const why = `is kept without its extended attributes, which could not be read (${code})`;
      return { xattrs: NO_XATTRS, problem: { code: 'unreadable', why } };
    }
  }

  /** What was read of the same inode under another name. */
  #twinOf(stat: Stat | null): Leaf | null {
    const twin = stat !== null && stat.nlink > 1 ? this.#linked.get(stat.ino) : undefined;
    return stat !== null && twin !== undefined && isSameInode(twin.stat, stat) ? twin : null;
  }

  #remember(leaf: Leaf): void {
    if (leaf.content.refs.length > MOST_LINKED_REFS) return;
    if (this.#linked.size >= MOST_LINKED) this.#linked.clear();
    this.#linked.set(leaf.stat.ino, leaf);
  }
}

/** What there is of an inode when nothing but its numbers count. */
export function bareLeaf(stat: Stat): Leaf {
  return {
    stat,
    size: 0,
    content: EMPTY_CONTENT,
    target: NO_BYTES,
    xattrs: NO_XATTRS,
    problem: null,
  };
}

function fits(xattrs: readonly Xattr[]): boolean {
  let bytes = 0;
  for (const { name, value } of xattrs) bytes += name.length + value.length;
  return xattrs.length <= LIMITS.xattrs && bytes <= LIMITS.xattrBytes;
}
