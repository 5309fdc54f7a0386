import { RbError } from '../../base/errors.ts';
import type { Entry } from '../../model/entry.ts';
import { comparePaths } from '../../model/path.ts';
import type { PagedTree, TreePosition } from './paged-tree.ts';

/** Most pages fetched ahead of the one at hand. */
const MOST_AHEAD = 32;

/** Goes through a tree entry by entry. Whole pages can be left out where one begins. */
export class TreeCursor {
  readonly #tree: PagedTree;
  #page: number;
  #index: number;
  #entries: Entry[] | null = null;
  #last: Uint8Array | null = null;
  /** Doubles with each page that is read, and begins anew when one is left out: then not all of them will be needed. */
  #ahead = 1;
  #askedUpTo = 0;

  constructor(tree: PagedTree, from: TreePosition) {
    this.#tree = tree;
    this.#page = from.page;
    this.#index = from.entry;
  }

  get position(): TreePosition {
    return { page: this.#page, entry: this.#index };
  }

  /** The id of the page that begins here; null amid a page and at the end. */
  get nextPageId(): Uint8Array | null {
    return this.#index === 0 && this.#page < this.#tree.pageCount
      ? this.#tree.id(this.#page)
      : null;
  }

  skipPage(): void {
    this.#page++;
    this.#entries = null;
    this.#last = null;
    this.#ahead = 1;
  }

  /** The entry at hand; null at the end. @throws protocol when it isn't behind the one before */
  async entry(): Promise<Entry | null> {
    if (this.#page >= this.#tree.pageCount) return null;
    this.#entries ??= await this.#read();
    const entry = this.#entries[this.#index] as Entry;
    if (this.#last !== null && comparePaths(this.#last, entry.path) >= 0)
      throw new RbError('protocol', 'The tree of the snapshot is not in order.');
    return entry;
  }

  /** To the next one; only when `entry` has told what is at hand. */
  advance(): void {
    const entries = this.#entries as Entry[];
    this.#last = (entries[this.#index] as Entry).path;
    if (++this.#index < entries.length) return;
    this.#index = 0;
    this.#page++;
    this.#entries = null;
  }

  async #read(): Promise<Entry[]> {
    const { pageCount, store } = this.#tree;
    const upTo = Math.min(this.#page + this.#ahead, pageCount);
    for (let page = Math.max(this.#page + 1, this.#askedUpTo); page < upTo; page++) {
      // Whether it can be had shows when it is needed.
      store.page(this.#tree.id(page)).catch(() => undefined);
      this.#askedUpTo = page + 1;
    }
    this.#ahead = Math.min(this.#ahead * 2, MOST_AHEAD);
    return await this.#tree.entries(this.#page);
  }
}
