import { hex } from '../../base/bytes.ts';
import { ByteLru } from './byte-lru.ts';
import type { ChunkSource } from './chunk-source.ts';
import { firstPathOf } from './first-path.ts';

const MIB = 1024 * 1024;

/** How much of what was read is kept. */
export type PageStoreBounds = { readonly pageBytes: number; readonly firstPathBytes: number };

const BOUNDS: PageStoreBounds = { pageBytes: 6 * MIB, firstPathBytes: 2 * MIB };

/**
 * Pages by their ids, fetched once and kept as long as there is room: as they are encoded, a fifth of what their entries
 * would take. Of many more pages the first path is kept, by which a tree is searched. Unchanged pages have the same ids
 * in all snapshots, and so are shared by them.
 */
export class PageStore {
  readonly #source: ChunkSource;
  readonly #pages: ByteLru<Uint8Array>;
  readonly #firstPaths: ByteLru<Uint8Array>;

  constructor(source: ChunkSource, bounds: PageStoreBounds = BOUNDS) {
    this.#source = source;
    this.#pages = new ByteLru(bounds.pageBytes);
    this.#firstPaths = new ByteLru(bounds.firstPathBytes);
  }

  /** A page, not to be changed. @throws what the source throws */
  async page(id: Uint8Array): Promise<Uint8Array> {
    const key = hex(id);
    const kept = this.#pages.get(key);
    if (kept !== undefined) return kept;
    const page = await this.#source.get('page', id);
    this.#pages.set(key, page, page.length);
    return page;
  }

  /** As `page`, for one who goes through all of a tree: what others look at stays kept, not that. */
  async passing(id: Uint8Array): Promise<Uint8Array> {
    return this.#pages.get(hex(id)) ?? (await this.#source.get('page', id));
  }

  /** Whether a page is at hand. */
  has(id: Uint8Array): boolean {
    return this.#pages.get(hex(id)) !== undefined;
  }

  /** The path of its first entry. @throws what the source throws, protocol, name-refused */
  async firstPath(id: Uint8Array): Promise<Uint8Array> {
    return this.knownFirstPath(id) ?? this.#learn(id, await this.page(id));
  }

  /** The same if it can be said without asking. */
  knownFirstPath(id: Uint8Array): Uint8Array | undefined {
    const key = hex(id);
    const known = this.#firstPaths.get(key);
    if (known !== undefined) return known;
    const page = this.#pages.get(key);
    return page === undefined ? undefined : this.#learn(id, page);
  }

  clear(): void {
    this.#pages.clear();
    this.#firstPaths.clear();
  }

  #learn(id: Uint8Array, page: Uint8Array): Uint8Array {
    const path = firstPathOf(page);
    this.#firstPaths.set(hex(id), path, path.length);
    return path;
  }
}
