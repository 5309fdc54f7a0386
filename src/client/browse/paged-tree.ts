import { RbError } from '../../base/errors.ts';
import type { Entry } from '../../model/entry.ts';
import { LIMITS } from '../../model/limits.ts';
import { decodePage } from '../../model/page.ts';
import { comparePaths } from '../../model/path.ts';
import { decodeSnapshot } from '../../model/snapshot.ts';
import type { ChunkSource } from './chunk-source.ts';
import type { PageStore } from './page-store.ts';

/** Which entry of which page. One behind the last of a page never occurs: that is the next page's first. */
export type TreePosition = { readonly page: number; readonly entry: number };

/** Pages that are looked at in one round of a search: fewer rounds than by halving, where a round is a way to the hub. */
const PROBES = 3;
/** How far a search strides when what it looks for isn't near: this many times further each time. */
const STRIDE = 4;

/**
 * The tree of one snapshot, of which only those pages are read that somebody looks at. Pages come in walking order:
 * what is at a path is found by searching for the last page whose first path isn't behind it.
 *
 * A tree that isn't in order gives wrong answers, never endless ones.
 */
export class PagedTree {
  /** Ids of the pages, 32 bytes each. */
  readonly ids: Uint8Array;
  readonly store: PageStore;

  constructor(ids: Uint8Array, store: PageStore) {
    this.ids = ids;
    this.store = store;
  }

  /** @throws missing-chunk, not-allowed, protocol, unsupported */
  static async open(
    source: ChunkSource,
    snapshot: Uint8Array,
    store: PageStore,
  ): Promise<PagedTree> {
    return new PagedTree(pageIdsOf(await source.get('snapshot', snapshot)), store);
  }

  get pageCount(): number {
    return this.ids.length / LIMITS.idBytes;
  }

  /** The id of a page, a view. */
  id(page: number): Uint8Array {
    return this.ids.subarray(page * LIMITS.idBytes, (page + 1) * LIMITS.idBytes);
  }

  /** The entries of a page; their bytes are views. */
  async entries(page: number): Promise<Entry[]> {
    return decodePage(await this.store.page(this.id(page)));
  }

  /** Where the entry of a path is, and the entry; null if there is none. */
  async locate(path: Uint8Array): Promise<{ at: TreePosition; entry: Entry } | null> {
    const page = await this.lastPageWhere(0, (first) => comparePaths(first, path) <= 0);
    const entries = await this.entries(page);
    const index = firstIndex(entries, (entry) => comparePaths(entry.path, path) >= 0);
    const entry = entries[index];
    if (entry === undefined || comparePaths(entry.path, path) !== 0) return null;
    return { at: { page, entry: index }, entry };
  }

  /**
   * The last page from `from` on for whose first path something holds that holds up to somewhere and not behind it.
   *
   * @param isStill is not asked about `from` itself
   * @param near how many pages behind `from` are likely to be all of it: they are fetched together
   */
  async lastPageWhere(
    from: number,
    isStill: (firstPath: Uint8Array) => boolean,
    near: number = 0,
  ): Promise<number> {
    let [low, high] = [from, this.pageCount];
    if (near > 0) {
      [low, high] = this.#known(from, isStill);
      const next = range(low + 1, Math.min(low + near, high - 1), 1);
      [low, high] = await this.#narrowed(low, high, next, isStill);
      for (let stride = near * STRIDE; low + stride < high; stride *= STRIDE)
        [low, high] = await this.#narrowed(low, high, [low + stride], isStill);
    }
    while (high - low > 1) {
      const probes = range(low + 1, high - 1, Math.ceil((high - low) / (PROBES + 1)));
      [low, high] = await this.#narrowed(low, high, probes, isStill);
    }
    return low;
  }

  /** The last page where it holds and the first where it doesn't, once some between the two have been looked at. */
  async #narrowed(
    low: number,
    high: number,
    pages: readonly number[],
    isStill: (firstPath: Uint8Array) => boolean,
  ): Promise<[number, number]> {
    const paths = await Promise.all(pages.map((page) => this.store.firstPath(this.id(page))));
    const end = paths.findIndex((path) => !isStill(path));
    if (end < 0) return [pages.at(-1) ?? low, high];
    return [pages[end - 1] ?? low, pages[end] as number];
  }

  /** As far as it can be said without asking: the last page where it holds, the first where it doesn't. */
  #known(from: number, isStill: (firstPath: Uint8Array) => boolean): [number, number] {
    for (let page = from + 1; page < this.pageCount; page++) {
      const path = this.store.knownFirstPath(this.id(page));
      if (path === undefined) return [page - 1, this.pageCount];
      if (!isStill(path)) return [page - 1, page];
    }
    return [this.pageCount - 1, this.pageCount];
  }
}

/** The ids of the pages of a snapshot's record, one behind the other; a view. @throws protocol, unsupported */
export function pageIdsOf(record: Uint8Array): Uint8Array {
  const { pages } = decodeSnapshot(record);
  return record.subarray(record.length - pages.length * LIMITS.idBytes);
}

/** The first index at which something holds that from there on holds always; the length if nowhere. */
export function firstIndex<T>(
  items: readonly T[],
  holds: (item: T) => boolean,
  from: number = 0,
): number {
  let low = from;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(items[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** What isn't there, in words. */
export function nothingAt(shownPath: string): RbError {
  return new RbError(
    'not-found',
    `The snapshot has nothing at '${shownPath}'. \`rbbackup ls\` shows what it has.`,
  );
}

function range(from: number, to: number, step: number): number[] {
  const numbers: number[] = [];
  for (let number = from; number <= to; number += step) numbers.push(number);
  return numbers;
}
