import { compareBytes } from '../base/bytes.ts';
import { EMPTY_CONTENT, NO_BYTES } from '../model/entry.ts';
import type { EntryKind } from '../model/entry.ts';
import { LIMITS } from '../model/limits.ts';
import { joinPath } from '../model/path.ts';
import { DirStack } from '../posix/dir-stack.ts';
import type { DirEntry, Fd, Posix } from '../posix/posix.ts';
import type { Stat } from '../posix/stat.ts';
import type { EntrySink } from './entry-sink.ts';
import type { Excludes } from './excludes.ts';
import { bareLeaf, readFault } from './leaf-reader.ts';
import type { Leaf, LeafReader } from './leaf-reader.ts';
import type { OldMerge } from './old-merge.ts';
import type { ReadAhead } from './read-ahead.ts';
import type { ScanReport } from './scan-report.ts';

/** What a destination keeps for itself; in the root of a tree it is nobody's content. */
const OWN_FOLDER = Buffer.from('.rbbackup');

export type TreeWalkParts = {
  readonly posix: Posix;
  readonly old: OldMerge;
  readonly sink: EntrySink;
  readonly leaves: LeafReader;
  readonly ahead: ReadAhead;
  readonly report: ScanReport;
  readonly excludes: Excludes;
  /** Whether subfolders are left aside. */
  readonly isFlat: boolean;
};

/** Walks a folder depth first, in the order of a tree, beside the last state. */
export class TreeWalk {
  readonly #parts: TreeWalkParts;
  readonly #stack: DirStack;
  readonly #rootFd: Fd;
  /** The names from the root to the folder that is walked. */
  readonly #way: Uint8Array[] = [];

  /** @param rootFd open folder; stays the caller's to close */
  constructor(parts: TreeWalkParts, rootFd: Fd) {
    this.#parts = parts;
    this.#rootFd = rootFd;
    this.#stack = new DirStack(parts.posix, rootFd, { deepest: LIMITS.pathDepth });
  }

  /**
   * Walks all there is. @throws what the system throws if the root can't be listed
   * @param only the one name to look at, and the inode to make the root up from; null for all there is
   */
  root(only: { readonly name: Uint8Array; readonly stat: Stat } | null): void {
    const { old, posix, leaves, sink } = this.#parts;
    sink.lookAtClock();
    const isKnown = old.entry !== null;
    const stat = only === null ? posix.fstat(this.#rootFd) : only.stat;
    let list: readonly DirEntry[];
    if (only === null) {
      list = posix.readDir(this.#rootFd).filter(({ name }) => compareBytes(name, OWN_FOLDER) !== 0);
      if (isKnown && old.isUnchanged(stat)) old.take();
      else
        sink.add(NO_BYTES, 'dir', { ...bareLeaf(stat), ...leaves.xattrs(this.#rootFd) }, isKnown);
    } else {
      list = [{ name: only.name, kind: undefined }];
      sink.add(NO_BYTES, 'dir', bareLeaf(stat), isKnown);
    }
    this.#folder(NO_BYTES, this.#rootFd, list);
    this.#stack.reset();
  }

  #folder(path: Uint8Array, fd: Fd, list: readonly DirEntry[]): void {
    const { old, sink, report } = this.#parts;
    sink.lookAtClock();
    let dir: Fd | null = fd;
    const sorted = list.toSorted(byName);
    for (const [index, entry] of sorted.entries()) {
      report.tick(path, entry.name);
      const isKnown = old.passTo(path, entry.name);
      dir ??= this.#reopen(path);
      if (dir === null) return;
      if (entry.kind === 'file' && !isKnown) this.#parts.ahead.before(dir, sorted, index);
      // Below a folder was walked: the descriptor of this one may have been closed.
      if (this.#visit(path, dir, entry, isKnown)) dir = null;
    }
    old.passRest(path);
  }

  /** Comes back to a folder from one below it. @returns null if it can't be gone on with; all is done then */
  #reopen(path: Uint8Array): Fd | null {
    try {
      return this.#stack.enter(this.#way);
    } catch (error) {
      const { code, isGone } = readFault(error);
      if (isGone) this.#parts.old.passRest(path);
      else {
        this.#parts.report.skip(
          path,
          'unreadable',
          `could not be read to its end (${code}); what was known of the rest is kept`,
        );
        this.#parts.old.takeBelow(path);
      }
      return null;
    }
  }

  /** @returns whether a folder below was entered */
  #visit(folder: Uint8Array, dir: Fd, { name, kind }: DirEntry, isKnown: boolean): boolean {
    const { old, excludes, isFlat } = this.#parts;
    if (kind === 'file' && !isKnown) {
      // It will be opened in any case, and an open file is looked at for half the time.
      const path = this.#pathOf(folder, name, false);
      if (path !== null) this.#leaf(path, dir, name, null, false);
      return false;
    }
    const stat = this.#look(folder, dir, name, isKnown);
    if (stat === undefined) return false;
    const isDir = stat.kind === 'dir';
    if (excludes.isEmpty && !isDir && isKnown && old.isUnchanged(stat)) {
      old.take();
      return false;
    }
    const path = this.#pathOf(folder, name, isDir);
    if (path === null) return false;
    if (isDir && isFlat) {
      // Not looked into; what an earlier run with -r knew of it stays as long as the folder is there.
      if (isKnown && old.entry?.kind === 'dir') this.#parts.sink.keepAll(path);
      return false;
    }
    if (isDir) return this.#enter(path, dir, name, stat, isKnown);
    if (isKnown && old.isUnchanged(stat)) old.take();
    else this.#leaf(path, dir, name, stat, isKnown);
    return false;
  }

  /** @returns null for what is left out */
  #pathOf(folder: Uint8Array, name: Uint8Array, isDir: boolean): Uint8Array | null {
    const { excludes, report } = this.#parts;
    const path = joinPath(folder, name);
    if (!excludes.isEmpty && excludes.has(path, isDir)) return null;
    if (path.length <= LIMITS.pathBytes && this.#way.length < LIMITS.pathDepth) return path;
    report.skip(path, 'name-refused', 'lies deeper than a backup can hold; it is left out');
    return null;
  }

  /** @returns undefined if there is nothing, or nothing that can be looked at */
  #look(folder: Uint8Array, dir: Fd, name: Uint8Array, isKnown: boolean): Stat | undefined {
    try {
      return this.#parts.posix.lstatIfThere(dir, name);
    } catch (error) {
      const { code, isGone } = readFault(error);
      if (!isGone) this.#parts.sink.unreadable(joinPath(folder, name), code, isKnown);
      return undefined;
    }
  }

  #enter(path: Uint8Array, dir: Fd, name: Uint8Array, stat: Stat, isKnown: boolean): boolean {
    const { posix, old, leaves, report, sink } = this.#parts;
    const isUnchanged = isKnown && old.isUnchanged(stat);
    const leaf = isUnchanged ? null : leaves.other(dir, name, stat);
    let list: readonly DirEntry[] | null = null;
    let fd: Fd = -1;
    this.#way.push(name);
    try {
      fd = this.#stack.enter(this.#way);
      list = posix.readDir(fd);
    } catch (error) {
      const { code, isGone } = readFault(error);
      if (isGone) {
        this.#way.pop();
        return true;
      }
      report.skip(
        path,
        'unreadable',
        `could not be listed (${code}); what was known of it is kept`,
      );
    }
    if (leaf === null) old.take();
    else sink.add(path, 'dir', leaf, isKnown);
    if (list === null) old.takeBelow(path);
    else this.#folder(path, fd, list);
    this.#way.pop();
    return true;
  }

  /** @param stat null for a file that hasn't been looked at */
  #leaf(path: Uint8Array, dir: Fd, name: Uint8Array, stat: Stat | null, isKnown: boolean): void {
    const { sink, leaves } = this.#parts;
    let leaf: Leaf | null;
    try {
      leaf =
        stat === null
          ? leaves.file(dir, name, path, null, EMPTY_CONTENT)
          : this.#read(path, dir, name, stat, isKnown);
    } catch (error) {
      sink.failed(path, error, isKnown);
      return;
    }
    if (leaf !== null) sink.add(path, leaf.stat.kind as EntryKind, leaf, isKnown);
  }

  /** @returns null for what no entry can hold */
  #read(path: Uint8Array, dir: Fd, name: Uint8Array, stat: Stat, isKnown: boolean): Leaf | null {
    const { leaves, old, report } = this.#parts;
    if (stat.kind === 'file') {
      return leaves.file(dir, name, path, stat, isKnown ? old.heldContent : EMPTY_CONTENT);
    }
    if (stat.kind === 'symlink') return leaves.symlink(dir, name, stat);
    if (stat.kind === 'fifo') return leaves.other(dir, name, stat);
    const what = stat.kind === 'socket' ? 'socket' : 'device';
    report.skip(path, 'unsupported', `is a ${what}; it is left out`);
    return null;
  }
}

function byName(a: DirEntry, b: DirEntry): number {
  return compareBytes(a.name, b.name);
}
