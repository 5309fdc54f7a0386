import { EMPTY_CONTENT } from '../model/entry.ts';
import type { Content, Entry } from '../model/entry.ts';
import { isWithin } from '../model/path.ts';
import { MARKS } from '../model/tree-state.ts';
import type { Stat } from '../posix/stat.ts';
import { isAsInEntry } from './entry-maker.ts';
import type { OldTree } from './old-tree.ts';
import type { ScanReport } from './scan-report.ts';
import type { TreeWriter } from './tree-writer.ts';

const SLASH = 0x2f;

/**
 * The last state beside the walk. The cursor never stands before what was visited last; what is passed over goes to
 * the new tree or is left out.
 */
export class OldMerge {
  readonly #old: OldTree;
  readonly #writer: TreeWriter;
  readonly #report: ScanReport;
  readonly #keepDeleted: boolean;
  readonly #forget: boolean;

  constructor(
    old: OldTree,
    writer: TreeWriter,
    report: ScanReport,
    keepDeleted: boolean,
    forget: boolean,
  ) {
    this.#old = old;
    this.#writer = writer;
    this.#report = report;
    this.#keepDeleted = keepDeleted;
    this.#forget = forget;
  }

  /** The entry at the cursor. */
  get entry(): Entry | null {
    return this.#old.entry;
  }

  /**
   * Passes all entries of a folder that stand before a name in it: they are no longer on disk.
   * @returns whether the cursor is at that name now
   */
  passTo(folder: Uint8Array, name: Uint8Array): boolean {
    for (;;) {
      const { entry } = this.#old;
      if (entry === null || !isBelow(entry.path, folder)) return false;
      const order = compareName(entry.path, folder.length === 0 ? 0 : folder.length + 1, name);
      if (order >= 0) return order === 0;
      this.#passGone(entry);
    }
  }

  /** Passes all that is left of a folder: it is no longer on disk. */
  passRest(folder: Uint8Array): void {
    for (;;) {
      const { entry } = this.#old;
      if (entry === null || !isBelow(entry.path, folder)) return;
      this.#passGone(entry);
    }
  }

  /** Whether the entry at the cursor is known to be still what `stat` says. */
  isUnchanged(stat: Stat): boolean {
    const { entry, page, index } = this.#old;
    if (entry === null || page === null || this.#forget) return false;
    const { ino, ctimeSec, ctimeNsec, mark } = page.stamps;
    return (
      mark[index] === MARKS.known &&
      ino[index] === stat.ino &&
      ctimeNsec[index] === stat.ctimeNsec &&
      ctimeSec[index] === stat.ctimeSec &&
      isAsInEntry(entry, stat)
    );
  }

  /** Of the file at the cursor: what the hub has of it. */
  get heldContent(): Content {
    return this.#forget ? EMPTY_CONTENT : (this.#old.entry?.content ?? EMPTY_CONTENT);
  }

  /** Takes the entry at the cursor over. @param forgetStamp has it read next time */
  take(forgetStamp: boolean = false): void {
    this.#writer.addOld(forgetStamp);
  }

  /** Takes all that the last state has below a path. */
  takeBelow(path: Uint8Array): void {
    while (this.#old.entry !== null && isBelow(this.#old.entry.path, path)) this.take();
  }

  /** Passes the entry at the cursor: another takes its place. */
  replace(): void {
    this.#old.advance();
  }

  /** Leaves out all that the last state has below a path, which is no folder any more. */
  dropBelow(path: Uint8Array): void {
    while (this.#old.entry !== null && isBelow(this.#old.entry.path, path))
      this.#drop(this.#old.entry);
  }

  #passGone(entry: Entry): void {
    if (this.#keepDeleted) this.take();
    else this.#drop(entry);
  }

  #drop(entry: Entry): void {
    this.#report.addDeleted(entry.path);
    this.#old.advance();
  }
}

/** Whether a path lies below a folder, and isn't the folder itself. */
function isBelow(path: Uint8Array, folder: Uint8Array): boolean {
  return path.length > folder.length && isWithin(path, folder);
}

/** Compares what follows in a path from `start` on with one name, in walking order. */
function compareName(path: Uint8Array, start: number, name: Uint8Array): number {
  const rest = path.length - start;
  const shared = Math.min(rest, name.length);
  for (let i = 0; i < shared; i++) {
    const a = path[start + i] as number;
    const b = name[i] as number;
    if (a === b) continue;
    return a === SLASH ? -1 : a - b;
  }
  return rest - name.length;
}
