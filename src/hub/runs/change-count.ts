import { equalBytes } from '../../base/bytes.ts';
import type { Entry } from '../../model/entry.ts';
import { decodePage } from '../../model/page.ts';
import { comparePaths } from '../../model/path.ts';
import { ContentTally } from './content-tally.ts';

const NO_ENTRIES: readonly Entry[] = [];

/** The released snapshot that a run is compared with. */
export type ReleasedTree = {
  /** Ids of its pages, in order. */
  readonly pages: readonly Uint8Array[];
  /** How many files it has, as the hub has counted them; null: not counted. */
  readonly files: number | null;
};

/** What was counted of a whole run. "Files" are everything but folders. */
export type Counts = {
  /** Files of both trees whose content or kind is another. */
  readonly changed: number;
  /** Files that only the released tree has, and whose content is at no path that is new either. */
  readonly deleted: number;
  /** Files of the released tree. */
  readonly of: number;
  /** Files of the run's tree; null if a page of the released one was missing. */
  readonly files: number | null;
};

/**
 * Counts what a run changes and deletes of a released tree, page by page as they come. Both trees are in walking order, so
 * they are merged; of neither more than one page is in memory. Pages with equal ids hold the same and are not decoded:
 * a run without changes costs nothing here, and any other the old pages in whose place it has new ones.
 */
export class ChangeCount {
  readonly #plain: (id: Uint8Array) => Promise<Uint8Array | undefined>;
  readonly #old: readonly Uint8Array[];
  readonly #oldFiles: number | null;
  /** First four bytes of an id → the page's place; made when it is needed first. */
  #places: Map<number, number> | null = null;
  /** The old page that is looked at; the next one to be is `#next`. */
  #entries: readonly Entry[] = NO_ENTRIES;
  #at = 0;
  #next = 0;
  /** Old pages that were passed over unread, if their files will have to be counted. */
  readonly #unread: number[] = [];
  #unreadCount = 0;
  #isPartial = false;
  #passed = 0;
  #growth = 0;
  #changed = 0;
  #deleted = 0;
  /** So that what was only moved isn't taken for deleted. */
  readonly #tally = new ContentTally();

  /**
   * @param plain a page, from the vault. One that is not there any more counts as empty.
   * @param released null: there is nothing to compare with, and only the files of the run are counted
   */
  constructor(
    plain: (id: Uint8Array) => Promise<Uint8Array | undefined>,
    released: ReleasedTree | null,
  ) {
    this.#plain = plain;
    this.#old = released?.pages ?? [];
    this.#oldFiles = released === null ? 0 : released.files;
  }

  /** What is certain by now. `of`: the files of the released tree that were passed; those of unread pages by their average. */
  get soFar(): { readonly changed: number; readonly deleted: number; readonly of: number } {
    const average = this.#old.length === 0 ? 0 : (this.#oldFiles ?? 0) / this.#old.length;
    const passed = this.#passed + average * this.#unreadCount;
    const of = Math.min(passed, this.#oldFiles ?? passed);
    return { changed: this.#changed, deleted: this.#deleted, of };
  }

  /** The next page of the run. @param entries what is in it, if that is known */
  async page(id: Uint8Array, entries: readonly Entry[] | null): Promise<void> {
    const place = this.#placeOf(id);
    if (place >= 0) return this.#skipTo(place);
    for (const entry of entries ?? (await this.#decode(id))) {
      // Waits only where a page is to be read.
      while (!this.#entry(entry)) await this.#read();
    }
    return undefined;
  }

  /** After the last page. */
  async finish(): Promise<Counts> {
    await this.#passTo(this.#old.length);
    let of = this.#oldFiles ?? this.#passed;
    for (const place of this.#unread)
      of += countFiles(await this.#decode(this.#old[place] as Uint8Array));
    const files = this.#isPartial ? null : of + this.#growth;
    return { changed: this.#changed, deleted: this.#deleted, of, files };
  }

  /** @returns false if another old page must be read first */
  #entry(entry: Entry): boolean {
    for (;;) {
      const old = this.#entries[this.#at];
      if (old === undefined && this.#next < this.#old.length) return false;
      const order = old === undefined ? 1 : comparePaths(old.path, entry.path);
      if (order > 0) {
        this.#added(entry);
        return true;
      }
      this.#at++;
      if (order === 0) {
        this.#both(old as Entry, entry);
        return true;
      }
      this.#gone(old as Entry);
    }
  }

  #both(old: Entry, entry: Entry): void {
    if (old.kind === 'dir') {
      this.#added(entry);
      return;
    }
    this.#passed++;
    if (entry.kind === 'dir') this.#growth--;
    if (!isSame(old, entry)) this.#changed++;
  }

  #added(entry: Entry): void {
    if (entry.kind === 'dir') return;
    this.#growth++;
    if (this.#old.length > 0 && this.#tally.isNew(entry)) this.#deleted--;
  }

  #gone(old: Entry): void {
    if (old.kind === 'dir') return;
    this.#passed++;
    this.#growth--;
    if (!this.#tally.gone(old)) this.#deleted++;
  }

  /** The run has this old page too: what stands before it and was not met is gone. */
  async #skipTo(place: number): Promise<void> {
    if (place < this.#next) this.#next = place;
    else await this.#passTo(place);
    this.#entries = NO_ENTRIES;
    this.#at = 0;
    this.#next = place + 1;
    this.#unreadCount++;
    if (this.#oldFiles === null) this.#unread.push(place);
  }

  async #passTo(place: number): Promise<void> {
    for (;;) {
      for (; this.#at < this.#entries.length; this.#at++)
        this.#gone(this.#entries[this.#at] as Entry);
      if (this.#next >= place) return;
      await this.#read();
    }
  }

  async #read(): Promise<void> {
    this.#entries = await this.#decode(this.#old[this.#next] as Uint8Array);
    this.#next++;
    this.#at = 0;
  }

  async #decode(id: Uint8Array): Promise<readonly Entry[]> {
    const page = await this.#plain(id);
    this.#isPartial ||= page === undefined;
    return page === undefined ? NO_ENTRIES : decodePage(page);
  }

  /** Where the old tree has this page, if nothing of it was passed yet; else -1. */
  #placeOf(id: Uint8Array): number {
    // One that was read for its first entry alone may still be skipped.
    const first = this.#at === 0 && this.#entries.length > 0 ? this.#next - 1 : this.#next;
    const next = this.#old[first];
    if (next === undefined) return -1;
    if (equalBytes(next, id)) return first;
    this.#places ??= new Map(this.#old.map((old, place) => [firstBytes(old), place]));
    const place = this.#places.get(firstBytes(id)) ?? -1;
    return place >= first && equalBytes(this.#old[place] as Uint8Array, id) ? place : -1;
  }
}

/** Metadata alone makes no difference. */
function isSame(left: Entry, right: Entry): boolean {
  if (left.kind !== right.kind || left.size !== right.size) return false;
  if (left.kind === 'symlink') return equalBytes(left.target, right.target);
  const [before, after] = [left.content, right.content];
  return (
    before.depth === after.depth &&
    before.refs.length === after.refs.length &&
    before.refs.every((ref, i) => {
      const other = after.refs[i];
      if (other === undefined || ref.bytes !== other.bytes) return false;
      if (ref.id === null || other.id === null) return ref.id === other.id;
      return equalBytes(ref.id, other.id);
    })
  );
}

function countFiles(entries: readonly Entry[]): number {
  return entries.reduce((files, { kind }) => files + (kind === 'dir' ? 0 : 1), 0);
}

function firstBytes([a = 0, b = 0, c = 0, d = 0]: Uint8Array): number {
  return (a << 24) | (b << 16) | (c << 8) | d;
}
