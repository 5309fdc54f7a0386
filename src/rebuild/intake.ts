import { equalBytes } from '../base/bytes.ts';
import { RbError } from '../base/errors.ts';
import { blake3 } from '../base/hash.ts';
import type { Entry } from '../model/entry.ts';
import { isWithin, parentOf } from '../model/path.ts';
import { TreeOrder } from '../model/tree-order.ts';
import type { Journal } from './journal.ts';
import type { MapEntry, PageShelf } from './page-shelf.ts';
import type { LogItem } from './protocol.ts';
import type { Wants } from './wants.ts';

/** Log items that may wait here. */
const MOST_ITEMS = 512;
/** Credit is handed out in pieces of at least this. */
const LEAST_CREDIT = 128;
/** Pages that are fetched ahead, and what each takes of the window: nearly all are shorter. */
const PAGES_AHEAD = 8;
const PAGE_BYTES = 256 * 1024;

type Next = { readonly id: Uint8Array; number: number | null };

/** Turns the log into pages that are here, checked and in order. */
export class Intake {
  readonly #shelf: PageShelf;
  readonly #wants: Wants;
  readonly #journal: Journal | null;
  readonly #order = new TreeOrder();
  readonly #pages: Next[] = [];
  /** How many of them were looked for. */
  #sought = 0;
  #credit = 0;
  #isEmpty = true;
  /** The snapshot, once the log has come to its end. */
  commit: Uint8Array | null = null;

  constructor(shelf: PageShelf, wants: Wants, journal: Journal | null) {
    this.#shelf = shelf;
    this.#wants = wants;
    this.#journal = journal;
  }

  get isDrained(): boolean {
    return this.commit !== null && this.#pages.length === 0;
  }

  /** How many more items the client may send, if it is worth telling; else 0. */
  takeCredit(): number {
    const free = MOST_ITEMS - this.#credit - this.#pages.length;
    if (free < LEAST_CREDIT || this.commit !== null) return 0;
    this.#credit += free;
    return free;
  }

  /** @throws protocol; the code of an `abort` */
  item(item: Exclude<LogItem, { k: 'part' }>): void {
    if (this.commit !== null) throw new RbError('protocol', 'The log goes on behind its end.');
    if (item.k === 'abort') throw new RbError(item.code, item.message, { retry: true });
    if (item.k === 'commit') {
      // It would be taken for a tree from which everything was deleted.
      if (this.#isEmpty) throw new RbError('protocol', 'The log ends without a page.');
      this.commit = Uint8Array.from(item.snapshot);
      return;
    }
    this.#isEmpty = false;
    this.#pages.push({ id: Uint8Array.from(item.id), number: null });
  }

  /** Items that were taken off the log, `part` included. */
  received(count: number): void {
    this.#credit = Math.max(0, this.#credit - count);
  }

  /** Asks for the next pages that are not on the shelf. */
  fetchAhead(): void {
    while (this.#sought < Math.min(PAGES_AHEAD, this.#pages.length)) {
      const next = this.#pages[this.#sought] as Next;
      next.number = this.#shelf.numberOf(next.id) ?? null;
      if (next.number === null && !this.#wants.hasRoom(PAGE_BYTES)) return;
      this.#sought++;
      if (next.number !== null) continue;
      this.#wants.add('page', next.id, PAGE_BYTES, (bytes) => {
        if (bytes === null)
          throw new RbError(
            'missing-chunk',
            'The hub lacks a page of the tree; back the origin up again.',
          );
        next.number = this.#put(next.id, Uint8Array.from(bytes));
      });
    }
  }

  /**
   * The next page, checked: every name, the order, and that everything stands in a folder. Null if it is not here.
   * @throws protocol, name-refused
   */
  take(): { number: number; entries: readonly (Entry | null)[] } | null {
    const next = this.#pages[0];
    const number = next?.number ?? null;
    if (number === null) return null;
    this.#pages.shift();
    this.#sought--;
    const entries = this.#shelf.entries(number);
    for (const entry of this.#shelf.isMapped ? this.#shelf.rawEntries(number) : entries) {
      if (entry !== null) this.#order.check(entry);
    }
    return { number, entries };
  }

  #put(id: Uint8Array, bytes: Uint8Array): number {
    // What is written down is read again without its id: nothing else may get there, whatever became of the memory it came in.
    if (!equalBytes(blake3(bytes), id))
      throw new RbError('internal', 'A page changed between its check and its use.');
    const journal = this.#journal;
    return this.#shelf.add(id, journal === null ? () => bytes : writtenDown(journal, bytes));
  }
}

/** Writes a page down. What reads it again is made here, where it can't keep the page itself in memory. */
function writtenDown(journal: Journal, page: Uint8Array): () => Uint8Array {
  const { length } = page;
  const offset = journal.append('page', page);
  return () => journal.read(offset, length);
}

/** What is wanted of a tree of which only a part is to be laid out: that part, under its own name. */
export function mapSubtree(subtree: Uint8Array | null): MapEntry | null {
  if (subtree === null) return null;
  const above = parentOf(subtree);
  const cut = above.length === 0 ? 0 : above.length + 1;
  return (entry) =>
    isWithin(entry.path, subtree) ? { ...entry, path: entry.path.subarray(cut) } : null;
}
