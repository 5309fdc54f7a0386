import { closeSync, openSync } from 'node:fs';

import { RbError, isRbError } from '../base/errors.ts';
import { hex } from '../base/bytes.ts';
import { readAt } from '../base/durable-read.ts';
import type { Entry } from '../model/entry.ts';
import { decodePage } from '../model/page.ts';
import { TreeOrder } from '../model/tree-order.ts';
import { TreeStateReader } from '../model/tree-state.ts';
import type { StatePage, Stamps } from '../model/tree-state.ts';

/** A page of the last state with what it holds. */
export type OldPage = {
  readonly id: Uint8Array;
  readonly bytes: Uint8Array;
  readonly entries: readonly Entry[];
  readonly stamps: Stamps;
  /** Whether it ends because the tree ended, and not because of its last entry. */
  readonly isLast: boolean;
};

/** Pages whose ids are remembered behind the place that was reached: a page of the new tree is built shortly after. */
const KNOWN_PAGES = 64;

/**
 * The last state as a cursor over its entries in order, of which at most two pages are in memory.
 */
export class OldTree {
  /** The entry at the cursor, its page and its place there; null behind the last one. */
  entry: Entry | null = null;
  page: OldPage | null = null;
  index = 0;
  readonly #file: number;
  readonly #reader: TreeStateReader | null;
  readonly #order = new TreeOrder();
  readonly #knownPages = new Set<string>();
  #ahead: StatePage | null = null;

  /**
   * @param statePath null for a tree of nothing
   * @throws RbError damaged-state, as does {@link advance}
   */
  constructor(statePath: string | null) {
    this.#file = statePath === null ? -1 : openState(statePath);
    try {
      this.#reader = statePath === null ? null : new TreeStateReader(readerOf(this.#file));
      this.#ahead = this.#reader?.next() ?? null;
      this.#nextPage();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Goes to the next entry. */
  advance(): void {
    const page = this.page;
    if (page === null) return;
    const entry = page.entries[++this.index];
    if (entry === undefined) this.#nextPage();
    else this.entry = entry;
  }

  /** Whether this is the id of one of the pages around the cursor. */
  hasPage(id: Uint8Array): boolean {
    return this.#knownPages.has(hex(id));
  }

  close(): void {
    if (this.#file !== -1) closeSync(this.#file);
  }

  #nextPage(): void {
    const state = this.#ahead;
    this.#ahead = state === null ? null : (this.#reader?.next() ?? null);
    this.index = 0;
    this.page = state === null ? null : this.#decode(state);
    this.entry = this.page?.entries[0] ?? null;
  }

  #decode(state: StatePage): OldPage {
    this.#knownPages.add(hex(state.id));
    if (this.#knownPages.size > KNOWN_PAGES) {
      for (const oldest of this.#knownPages) {
        this.#knownPages.delete(oldest);
        break;
      }
    }
    try {
      const entries = decodePage(state.page);
      for (const entry of entries) this.#order.check(entry);
      if (entries.length !== state.stamps.ino.length) throw damaged(undefined);
      const isLast = this.#ahead === null;
      return { id: state.id, bytes: state.page, entries, stamps: state.stamps, isLast };
    } catch (cause) {
      throw isRbError(cause, 'damaged-state') ? cause : damaged(cause);
    }
  }
}

function damaged(cause: unknown): RbError {
  return new RbError(
    'damaged-state',
    'The memory of the last run is damaged; it has to be left aside.',
    { cause },
  );
}

function openState(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw damaged(cause);
  }
}

function readerOf(file: number): (offset: number, bytes: number) => Uint8Array {
  return (offset, bytes) => readAt(file, offset, bytes);
}
