import { RbError } from '../base/errors.ts';
import type { Entry } from '../model/entry.ts';
import { decodePage } from '../model/page.ts';
import { keyOf } from './fingerprint-table.ts';

/** Decoded pages that stay in memory. */
const KEPT_PAGES = 12;
/** An entry's number: its page's number times this, and its place in the page. */
const PLACES = 1024;

/** A page's bytes, and the entries under the paths that they have on disk. */
type Decoded = { readonly bytes: Uint8Array; readonly entries: readonly (Entry | null)[] };

type Page = { readonly id: Uint8Array; readonly read: () => Uint8Array };

/** What an entry becomes at its place on disk; null if it isn't wanted there. */
export type MapEntry = (entry: Entry) => Entry | null;

/**
 * Every page that is on this machine's disk, by number and by id, decoded when asked for. So a tree is never in
 * memory as a whole, and one number names any entry of any of its versions.
 */
export class PageShelf {
  readonly #map: MapEntry | null;
  readonly #pages: Page[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #decoded = new Map<number, Decoded>();

  /** @param map null if every entry keeps its path */
  constructor(map: MapEntry | null) {
    this.#map = map;
  }

  get isMapped(): boolean {
    return this.#map !== null;
  }

  /** @param read reads the page's bytes again, at any later time */
  add(id: Uint8Array, read: () => Uint8Array): number {
    const key = keyOf(id);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#pages.push({ id: Uint8Array.from(id), read });
    this.#numbers.set(key, this.#pages.length - 1);
    return this.#pages.length - 1;
  }

  numberOf(id: Uint8Array): number | undefined {
    return this.#numbers.get(keyOf(id));
  }

  id(page: number): Uint8Array {
    return this.#at(page).id;
  }

  bytes(page: number): Uint8Array {
    return this.#decoded.get(page)?.bytes ?? this.#at(page).read();
  }

  /** The entries as they stand in the page. */
  rawEntries(page: number): Entry[] {
    return decodePage(this.bytes(page));
  }

  /** The entries under the paths that they have on disk. */
  entries(page: number): readonly (Entry | null)[] {
    const known = this.#decoded.get(page);
    if (known !== undefined) {
      this.#decoded.delete(page);
      this.#decoded.set(page, known);
      return known.entries;
    }
    const decoded = this.#decode(page);
    this.#decoded.set(page, decoded);
    for (const oldest of this.#decoded.keys()) {
      if (this.#decoded.size <= KEPT_PAGES) break;
      this.#decoded.delete(oldest);
    }
    return decoded.entries;
  }

  /**
   * The same with the page's bytes, for one look at page after page: nothing new is kept, so that what is made of a page
   * is garbage before it has got old, which collects it at a tenth of the price.
   */
  once(page: number): Decoded {
    return this.#decoded.get(page) ?? this.#decode(page);
  }

  #decode(page: number): Decoded {
    const bytes = this.#at(page).read();
    const raw = decodePage(bytes);
    return { bytes, entries: this.#map === null ? raw : raw.map(this.#map) };
  }

  /** The entry of a number made by {@link entryNumber}. */
  entry(number: number): Entry | null {
    return this.entries(Math.floor(number / PLACES))[number % PLACES] ?? null;
  }

  #at(page: number): Page {
    const found = this.#pages[page];
    if (found === undefined)
      throw new RbError('internal', 'A page that is not on the shelf was asked for.');
    return found;
  }
}

export function entryNumber(page: number, place: number): number {
  return page * PLACES + place;
}
