import { compareBytes } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { isRbError } from '../base/errors.ts';
import { EMPTY_CONTENT, NO_BYTES } from '../model/entry.ts';
import type { Entry, EntryKind } from '../model/entry.ts';
import { LIMITS } from '../model/limits.ts';
import { joinPath } from '../model/path.ts';
import { DirStack } from '../posix/dir-stack.ts';
import type { DirEntry, Fd, Posix } from '../posix/posix.ts';
import type { Stat } from '../posix/stat.ts';
import type { EntryMaker } from './entry-maker.ts';
import type { Excludes } from './excludes.ts';
import { readFault } from './leaf-reader.ts';
import type { Leaf, LeafReader } from './leaf-reader.ts';
import type { OldMerge } from './old-merge.ts';
import type { ScanReport } from './scan-report.ts';
import type { TreeWriter } from './tree-writer.ts';

/**
 * A change this soon after another may leave an inode with the same ctime: kernels stamp by a clock that ticks each
 * 1 to 10 ms (CONFIG_HZ).
 */
const CTIME_TICK_MS = 10;
/** What a destination keeps for itself; in the root of a tree it is nobody's content. */
const OWN_FOLDER = Buffer.from('.rbbackup');

export type TreeWalkParts = {
  readonly posix: Posix;
  readonly clock: Clock;
  readonly old: OldMerge;
  readonly writer: TreeWriter;
  readonly leaves: LeafReader;
  readonly entries: EntryMaker;
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
  #nowMs: number;

  /** @param rootFd open folder; stays the caller's to close */
  constructor(parts: TreeWalkParts, rootFd: Fd) {
    this.#parts = parts;
    this.#rootFd = rootFd;
    this.#stack = new DirStack(parts.posix, rootFd, { deepest: LIMITS.pathDepth });
    this.#nowMs = parts.clock.nowMs();
  }

  /**
   * Walks all there is. @throws what the system throws if the root can't be listed
   * @param stat of the root
   * @param only the names to look at, instead of all
   */
  root(stat: Stat, only: readonly DirEntry[] | null): void {
    const { old, posix, leaves, report } = this.#parts;
    const list =
      only ??
      posix.readDir(this.#rootFd).filter(({ name }) => compareBytes(name, OWN_FOLDER) !== 0);
    const isKnown = old.entry !== null;
    // Of one file only the file counts: the folder around it is made up.
    const found = only === null ? leaves.xattrs(this.#rootFd) : { xattrs: [], problem: null };
    if (isKnown && only === null && old.isUnchanged(stat)) old.take();
    else {
      if (isKnown) old.replace();
      const isSettled = only === null && found.problem === null && this.#isSettled(stat);
      this.#parts.writer.add(
        this.#parts.entries.make(NO_BYTES, 'dir', stat, { xattrs: found.xattrs }),
        stat,
        isSettled,
      );
      if (found.problem !== null) report.skip(NO_BYTES, found.problem.code, found.problem.why);
    }
    this.#folder(NO_BYTES, this.#rootFd, list);
    this.#stack.reset();
  }

  #folder(path: Uint8Array, fd: Fd, list: readonly DirEntry[]): void {
    const { old, clock, report } = this.#parts;
    this.#nowMs = clock.nowMs();
    let dir: Fd | null = fd;
    for (const entry of list.toSorted(byName)) {
      report.tick(path, entry.name);
      const isKnown = old.passTo(path, entry.name);
      dir ??= this.#reopen(path);
      if (dir === null) return;
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
  #visit(folder: Uint8Array, dir: Fd, { name }: DirEntry, isKnown: boolean): boolean {
    const { old, excludes, isFlat } = this.#parts;
    const stat = this.#look(folder, dir, name, isKnown);
    if (stat === undefined) return false;
    const isDir = stat.kind === 'dir';
    if (excludes.isEmpty && !isDir && isKnown && old.isUnchanged(stat)) {
      old.take();
      return false;
    }
    const path = joinPath(folder, name);
    if (!excludes.isEmpty && excludes.has(path, isDir)) return false;
    if (path.length > LIMITS.pathBytes || this.#way.length >= LIMITS.pathDepth) {
      this.#parts.report.skip(
        path,
        'name-refused',
        'lies deeper than a backup can hold; it is left out',
      );
      return false;
    }
    if (isDir && isFlat) {
      // Not looked into; what an earlier run with -r knew of it stays as long as the folder is there.
      if (isKnown && old.entry?.kind === 'dir') this.#keepAll(path);
      return false;
    }
    if (isDir) return this.#enter(path, dir, name, stat, isKnown);
    if (isKnown && old.isUnchanged(stat)) old.take();
    else this.#leaf(path, dir, name, stat, isKnown);
    return false;
  }

  /** @returns undefined if there is nothing, or nothing that can be looked at */
  #look(folder: Uint8Array, dir: Fd, name: Uint8Array, isKnown: boolean): Stat | undefined {
    try {
      return this.#parts.posix.lstatIfThere(dir, name);
    } catch (error) {
      const { code, isGone } = readFault(error);
      if (!isGone) this.#keepUnreadable(joinPath(folder, name), code, isKnown);
      return undefined;
    }
  }

  #enter(path: Uint8Array, dir: Fd, name: Uint8Array, stat: Stat, isKnown: boolean): boolean {
    const { posix, old, leaves, report } = this.#parts;
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
    else this.#add(path, 'dir', leaf, isKnown);
    if (list === null) old.takeBelow(path);
    else this.#folder(path, fd, list);
    this.#way.pop();
    return true;
  }

  #leaf(path: Uint8Array, dir: Fd, name: Uint8Array, stat: Stat, isKnown: boolean): void {
    const { leaves, old, report } = this.#parts;
    const { kind } = stat;
    try {
      switch (kind) {
        case 'file': {
          const held = isKnown ? old.heldContent : EMPTY_CONTENT;
          return this.#add(path, kind, leaves.file(dir, name, path, stat, held), isKnown);
        }
        case 'symlink':
          return this.#add(path, kind, leaves.symlink(dir, name, stat), isKnown);
        case 'fifo':
          return this.#add(path, kind, leaves.other(dir, name, stat), isKnown);
        case 'dir':
        case 'socket':
        case 'char':
        case 'block':
          return report.skip(
            path,
            'unsupported',
            `is a ${kind === 'socket' ? 'socket' : 'device'}; it is left out`,
          );
      }
    } catch (error) {
      this.#leafFailed(path, error, isKnown);
    }
  }

  #leafFailed(path: Uint8Array, error: unknown, isKnown: boolean): void {
    const { report } = this.#parts;
    if (isRbError(error, 'changed-while-read') || isRbError(error, 'too-large')) {
      report.skip(
        path,
        error.code as 'changed-while-read' | 'too-large',
        `was left out: ${error.message}`,
      );
      if (isKnown) this.#keepAll(path);
      return;
    }
    const { code, isGone } = readFault(error);
    if (!isGone) this.#keepUnreadable(path, code, isKnown);
  }

  /** A failing read never becomes a deletion. */
  #keepUnreadable(path: Uint8Array, code: string, isKnown: boolean): void {
    const rest = isKnown ? '; what was known of it is kept' : '';
    this.#parts.report.skip(path, 'unreadable', `could not be read (${code})${rest}`);
    if (isKnown) this.#keepAll(path);
  }

  /** Keeps the entry at the cursor and, of a folder, all below. */
  #keepAll(path: Uint8Array): void {
    const { old } = this.#parts;
    old.take(old.entry?.kind !== 'dir');
    old.takeBelow(path);
  }

  /** Adds a new entry in the place of the one at the cursor, if that is of the same path. */
  #add(path: Uint8Array, kind: EntryKind, leaf: Leaf, isKnown: boolean): void {
    const { old, writer, entries, report } = this.#parts;
    if (isKnown) old.replace();
    const entry: Entry = entries.make(path, kind, leaf.stat, leaf);
    writer.add(entry, leaf.stat, leaf.problem === null && this.#isSettled(leaf.stat));
    if (leaf.problem !== null) report.skip(path, leaf.problem.code, leaf.problem.why);
    if (kind === 'dir') return;
    report.addChanged(path);
    old.dropBelow(path);
  }

  /** Whether a later change is sure to show in the ctime. */
  #isSettled({ ctimeSec, ctimeNsec }: Stat): boolean {
    return ctimeSec * 1000 + ctimeNsec / 1e6 < this.#nowMs - CTIME_TICK_MS;
  }
}

function byName(a: DirEntry, b: DirEntry): number {
  return compareBytes(a.name, b.name);
}
