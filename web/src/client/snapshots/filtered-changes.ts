import type { ChangeLine, SnapshotDiff } from '../../../../src/console/api/client-api.ts';
import { MOST_AT_ONCE } from './api.ts';

/** How many changes come with the counts. */
export const FIRST_CHANGES = 100;

type Load = (offset: number, limit: number, signal: AbortSignal) => Promise<SnapshotDiff>;

/**
 * The changes of one kind, though the console lists all kinds: it is read through in large parts, of which only the number of
 * fitting changes is remembered, so that any place in a long list is found again without keeping the list.
 */
export class FilteredChanges {
  readonly #load: Load;
  readonly #change: ChangeLine['change'];
  /** How many fitting changes stand before each part that was read, and after the last. */
  readonly #before: number[] = [0];
  #isWhole = false;
  /** The part that was read last. */
  #last: { part: number; fitting: readonly ChangeLine[] } | null = null;

  constructor(load: Load, change: ChangeLine['change']) {
    this.#load = load;
    this.#change = change;
  }

  /** The fitting changes from the one with number `offset` on. */
  async rows(offset: number, limit: number, signal: AbortSignal): Promise<ChangeLine[]> {
    const rows: ChangeLine[] = [];
    let part = this.#partOf(offset);
    while (rows.length < limit) {
      if (this.#isWhole && part >= this.#before.length - 1) break;
      const start = this.#before[part] ?? 0;
      const fitting = await this.#read(part, signal);
      const from = Math.max(0, offset + rows.length - start);
      rows.push(...fitting.slice(from, from + limit - rows.length));
      part++;
    }
    return rows;
  }

  /** The last part that begins at or before the fitting change with this number. */
  #partOf(offset: number): number {
    let part = this.#before.findLastIndex((before) => before <= offset);
    // Parts with nothing fitting begin where the next one does; reading goes on at the last known.
    if (part === this.#before.length - 1 && this.#isWhole) part--;
    return Math.max(0, part);
  }

  async #read(part: number, signal: AbortSignal): Promise<readonly ChangeLine[]> {
    if (this.#last?.part === part) return this.#last.fitting;
    const { changes, more } = await this.#load(part * MOST_AT_ONCE, MOST_AT_ONCE, signal);
    const fitting = changes.filter(({ change }) => change === this.#change);
    if (part === this.#before.length - 1) {
      this.#before.push((this.#before[part] ?? 0) + fitting.length);
      this.#isWhole = !more;
    }
    this.#last = { part, fitting };
    return fitting;
  }
}
