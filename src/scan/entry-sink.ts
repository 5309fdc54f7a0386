import type { Clock } from '../base/clock.ts';
import { isRbError } from '../base/errors.ts';
import type { EntryKind } from '../model/entry.ts';
import type { Stat } from '../posix/stat.ts';
import type { EntryMaker } from './entry-maker.ts';
import { readFault } from './leaf-reader.ts';
import type { Leaf } from './leaf-reader.ts';
import type { OldMerge } from './old-merge.ts';
import type { ScanReport } from './scan-report.ts';
import type { TreeWriter } from './tree-writer.ts';

/**
 * A change this soon after another may leave an inode with the same ctime: kernels stamp by a clock that ticks each
 * 1 to 10 ms (CONFIG_HZ).
 */
const CTIME_TICK_MS = 10;

export type EntrySinkParts = {
  readonly clock: Clock;
  readonly old: OldMerge;
  readonly writer: TreeWriter;
  readonly entries: EntryMaker;
  readonly report: ScanReport;
};

/** What becomes of each thing on disk that isn't as it was: a new entry, or the old one if it can't be read. */
export class EntrySink {
  readonly #parts: EntrySinkParts;
  #nowMs = -Infinity;

  constructor(parts: EntrySinkParts) {
    this.#parts = parts;
  }

  /** To be called now and then; an older time only makes it trust fewer stamps. */
  lookAtClock(): void {
    this.#nowMs = this.#parts.clock.nowMs();
  }

  /** Adds a new entry in the place of the one at the cursor, if that is of the same path (`isKnown`). */
  add(path: Uint8Array, kind: EntryKind, leaf: Leaf, isKnown: boolean): void {
    const { old, writer, entries, report } = this.#parts;
    if (isKnown) old.replace();
    const isSettled = leaf.problem === null && this.#isSettled(leaf.stat);
    writer.add(entries.make(path, kind, leaf.stat, leaf), leaf.stat, isSettled);
    if (leaf.problem !== null) report.skip(path, leaf.problem.code, leaf.problem.why);
    if (kind === 'dir') return;
    report.addChanged(path);
    old.dropBelow(path);
  }

  /** A thing could not be read. @throws what is no fault of the thing */
  failed(path: Uint8Array, error: unknown, isKnown: boolean): void {
    const { report } = this.#parts;
    if (isRbError(error, 'changed-while-read') || isRbError(error, 'too-large')) {
      const code = error.code === 'too-large' ? 'too-large' : 'changed-while-read';
      report.skip(path, code, `was left out (${error.message})`);
      if (isKnown) this.keepAll(path);
      return;
    }
    const { code, isGone } = readFault(error);
    if (!isGone) this.unreadable(path, code, isKnown);
  }

  /** A failing read never becomes a deletion. @param code the system's */
  unreadable(path: Uint8Array, code: string, isKnown: boolean): void {
    const rest = isKnown ? '; what was known of it is kept' : '';
    this.#parts.report.skip(path, 'unreadable', `could not be read (${code})${rest}`);
    if (isKnown) this.keepAll(path);
  }

  /** Keeps the entry at the cursor and, of a folder, all below. */
  keepAll(path: Uint8Array): void {
    const { old } = this.#parts;
    old.take(old.entry?.kind !== 'dir');
    old.takeBelow(path);
  }

  /** Whether a later change is sure to show in the ctime. */
  #isSettled({ ctimeSec, ctimeNsec }: Stat): boolean {
    return ctimeSec * 1000 + ctimeNsec / 1e6 < this.#nowMs - CTIME_TICK_MS;
  }
}
