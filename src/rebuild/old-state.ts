import { closeSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';

import { isRbError } from '../base/errors.ts';
import { readAt } from '../base/durable-read.ts';
import type { Entry } from '../model/entry.ts';
import { comparePaths } from '../model/path.ts';
import {
  MARKS,
  STATE_HEAD_BYTES,
  STATE_PAGE_HEAD_BYTES,
  TreeStateReader,
  newStamps,
} from '../model/tree-state.ts';
import type { Stamps } from '../model/tree-state.ts';
import type { Stat } from '../posix/stat.ts';
import { codeOf } from './problems.ts';
import type { PageShelf } from './page-shelf.ts';

const CHECK_BYTES = 8;
const STAMP_BYTES = 21;

/** One page of the committed tree: its number on the shelf, and where its stamps are. */
type OldPage = { readonly page: number; readonly count: number; readonly stampsAt: number };

/** The tree that was committed last, page by page on disk. */
export class OldState {
  readonly snapshot: Uint8Array | null;
  readonly pages: readonly OldPage[];
  readonly #fd: number;
  readonly #placeOf = new Map<number, number>();

  private constructor(fd: number, snapshot: Uint8Array | null, pages: readonly OldPage[]) {
    this.#fd = fd;
    this.snapshot = snapshot;
    this.pages = pages;
    pages.forEach(({ page }, place) => this.#placeOf.set(page, place));
  }

  /**
   * Opens and checks the state of a folder, and puts its pages on the shelf. A damaged one is set aside: then all
   * that is on disk is a stranger's, to be adopted by its content.
   */
  static open(folder: string, shelf: PageShelf): OldState | null {
    const path = join(folder, 'state');
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
    try {
      return OldState.#read(fd, shelf);
    } catch (error) {
      closeSync(fd);
      if (!isRbError(error)) throw error;
      renameSync(path, join(folder, 'state.damaged'));
      return null;
    }
  }

  static #read(fd: number, shelf: PageShelf): OldState {
    const reader = new TreeStateReader((offset, bytes) => readAt(fd, offset, bytes));
    const found: { id: Uint8Array; pageAt: number; bytes: number; count: number }[] = [];
    let at = STATE_HEAD_BYTES;
    for (let next = reader.next(); next !== null; next = reader.next()) {
      const count = next.stamps.ino.length;
      const bytes = next.page.length;
      found.push({
        id: Uint8Array.from(next.id),
        pageAt: at + STATE_PAGE_HEAD_BYTES,
        bytes,
        count,
      });
      at += STATE_PAGE_HEAD_BYTES + bytes + CHECK_BYTES + count * STAMP_BYTES;
    }
    // Only when all of it is known to be whole may any of it be relied on.
    const pages = found.map(({ id, pageAt, bytes, count }) => {
      const page = shelf.add(id, () => readAt(fd, pageAt, bytes));
      return { page, count, stampsAt: pageAt + bytes + CHECK_BYTES };
    });
    return new OldState(fd, reader.snapshot, pages);
  }

  /** Stamps of the page in this place of the tree. */
  stamps(place: number): Stamps {
    const { count, stampsAt } = this.pages[place] as OldPage;
    const bytes = readAt(this.#fd, stampsAt, count * STAMP_BYTES);
    return newStamps(count, bytes.buffer as ArrayBuffer);
  }

  /** Stamps of a page by its number on the shelf, if the tree had it. */
  stampsOfPage(page: number): Stamps | null {
    const place = this.#placeOf.get(page);
    return place === undefined ? null : this.stamps(place);
  }

  has(page: number): boolean {
    return this.#placeOf.has(page);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Gets an entry of the old tree that the new one has not got. */
export type Passed = (entry: Entry, page: number, place: number, stamps: Stamps) => void;

export type OldEntry = {
  readonly entry: Entry;
  readonly page: number;
  readonly place: number;
  readonly stamps: Stamps;
};

/** Goes through the old tree beside the new one: both in walking order. */
export class OldCursor {
  readonly #state: OldState | null;
  readonly #shelf: PageShelf;
  /** Gets every entry of the old tree that was passed over. */
  readonly #passed: Passed;
  #at = -1;
  #entries: readonly (Entry | null)[] = [];
  #stamps: Stamps = newStamps(0);
  #place = 0;

  constructor(state: OldState | null, shelf: PageShelf, passed: Passed = () => undefined) {
    this.#state = state;
    this.#shelf = shelf;
    this.#passed = passed;
  }

  /** The old entry of this path, or null. Paths must ascend from call to call; null as path goes to the end. */
  seek(path: Uint8Array | null): OldEntry | null {
    for (;;) {
      if (this.#place >= this.#entries.length && !this.#nextPage()) return null;
      const entry = this.#entries[this.#place] ?? null;
      const order = entry === null ? -1 : path === null ? -1 : comparePaths(entry.path, path);
      if (order > 0) return null;
      const place = this.#place++;
      const page = this.#state?.pages[this.#at]?.page ?? 0;
      if (entry === null) continue;
      if (order === 0) return { entry, page, place, stamps: this.#stamps };
      this.#passed(entry, page, place, this.#stamps);
    }
  }

  /** At the start of a page with this number: steps over it as a whole. Both trees have it here. */
  skipPage(page: number): boolean {
    if (this.#place < this.#entries.length || this.#state?.pages[this.#at + 1]?.page !== page)
      return false;
    this.#at++;
    this.#entries = [];
    this.#place = 0;
    return true;
  }

  #nextPage(): boolean {
    const next = this.#state?.pages[this.#at + 1];
    if (this.#state === null || next === undefined) return false;
    this.#at++;
    this.#entries = this.#shelf.entries(next.page);
    // A state that was written by something else than this program: its entries count as changed.
    this.#stamps =
      next.count === this.#entries.length
        ? this.#state.stamps(this.#at)
        : newStamps(this.#entries.length);
    this.#place = 0;
    return true;
  }
}

/** Whether the inode is the one that was stamped, and unchanged since. */
export function isStamped({ entry, stamps, place }: OldEntry, stat: Stat): boolean {
  if (stamps.mark[place] !== MARKS.known || stat.kind !== entry.kind) return false;
  if (stat.ino !== stamps.ino[place] || stat.ctimeNsec !== stamps.ctimeNsec[place]) return false;
  if (stat.ctimeSec !== stamps.ctimeSec[place]) return false;
  return (
    entry.kind !== 'file' ||
    (stat.size === entry.size &&
      stat.mtimeSec === entry.mtimeSec &&
      stat.mtimeNsec === entry.mtimeNsec)
  );
}
