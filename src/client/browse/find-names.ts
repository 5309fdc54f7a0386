import { isRbError, toRbError } from '../../base/errors.ts';
import type { RbError } from '../../base/errors.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { SetKey } from '../../model/snapshot.ts';
import type { ChunkSource } from './chunk-source.ts';
import type { FoundEntry } from './found-entry.ts';
import { nameMatcher } from './match-name.ts';
import { PageMarks } from './page-marks.ts';
import { scanPages } from './scan-pages.ts';
import type { ScannedPage } from './scan-pages.ts';
import { pageIdsOf, PagedTree } from './paged-tree.ts';
import type { PageStore } from './page-store.ts';

/** Most versions that are found; then it is said that there are more. */
export const MOST_FOUND = 10_000;
/** Most pages that are known to have been searched: 40 MB. */
const MOST_PAGES = 1 << 20;
/** Most entries on all pages in which something was found; what is beyond is searched again in each snapshot. */
const MOST_HITS = 1 << 20;
/** Records of snapshots that are asked for ahead. */
const AHEAD = 3;
/** After so many snapshots it is told again which versions turned out to be older. */
const TELL_EVERY = 100;

/** A snapshot to be searched. */
export type SearchedSnapshot = {
  readonly id: Uint8Array;
  readonly key: SetKey;
  readonly timeMs: number;
};

/** One version of something: the same at the same path in one set, from the oldest to the newest snapshot that has it. */
export type FoundVersion = {
  readonly key: SetKey;
  readonly entry: FoundEntry;
  /** The newest that has it. */
  readonly snapshot: Uint8Array;
  readonly newestMs: number;
  readonly oldestMs: number;
};

/**
 * `found`: a version, as soon as it was come across, and again when older snapshots turned out to have it as well: what has
 * the same set, path and snapshot takes the place of what was told before. `searched`: after each snapshot.
 */
export type FindEvent =
  | ({ readonly t: 'found' } & FoundVersion)
  | { readonly t: 'searched'; readonly snapshots: number; readonly snapshotsTotal: number };

export type FindRequest = {
  /** As for `nameMatcher`. */
  readonly text: string;
  /** Newest first. */
  readonly snapshots: readonly SearchedSnapshot[];
  /** Default: 10,000. */
  readonly mostFound?: number;
  readonly signal?: AbortSignal;
};

/**
 * Looks for names in all of these snapshots. A page that many of them share is searched once. What is found is held until the
 * end, within bounds, everything else only as ids.
 *
 * @returns whether there is more than was found; then what is said to be the oldest is so among those searched
 * @throws usage for a text that can't be looked for; after everything else was searched, missing-chunk or
 * damaged-chunk if something could not be; the signal's reason
 */
export async function* findNames(
  source: ChunkSource,
  store: PageStore,
  request: FindRequest,
): AsyncGenerator<FindEvent, boolean, void> {
  const { snapshots, signal } = request;
  const search = new Search(source, store, request);
  for (const [index, snapshot] of snapshots.entries()) {
    signal?.throwIfAborted();
    for await (const found of search.snapshot(index, snapshot)) {
      signal?.throwIfAborted();
      yield { t: 'found', ...found };
    }
    yield { t: 'searched', snapshots: index + 1, snapshotsTotal: snapshots.length };
    if (search.isFull || (index + 1) % TELL_EVERY === 0 || index === snapshots.length - 1)
      for (const found of search.takeOlder()) yield { t: 'found', ...found };
    if (search.isFull) return true;
  }
  if (search.failure !== null) throw search.failure;
  return false;
}

type Version = { -readonly [Key in keyof FoundVersion]: FoundVersion[Key] };

class Search {
  failure: RbError | null = null;
  /** One more was found than may be. */
  isFull = false;
  readonly #source: ChunkSource;
  readonly #store: PageStore;
  readonly #request: FindRequest;
  readonly #fits: (name: Uint8Array) => boolean;
  readonly #mostFound: number;
  readonly #marks = new PageMarks(MOST_PAGES);
  /** What was found in pages; the first stands for nothing. */
  readonly #hits: (readonly FoundEntry[])[] = [[]];
  #hitCount = 0;
  readonly #versions = new Map<string, Version>();
  /** Told with an oldest snapshot that isn't the oldest. */
  readonly #older = new Set<Version>();
  readonly #records: Promise<Uint8Array>[] = [];

  constructor(source: ChunkSource, store: PageStore, request: FindRequest) {
    this.#source = source;
    this.#store = store;
    this.#request = request;
    this.#fits = nameMatcher(request.text);
    this.#mostFound = request.mostFound ?? MOST_FOUND;
  }

  /** Searches one snapshot. @returns what wasn't found before */
  async *snapshot(
    index: number,
    snapshot: SearchedSnapshot,
  ): AsyncGenerator<FoundVersion, void, void> {
    const tree = await this.#tree(index);
    if (tree === null) return;
    const unseen: number[] = [];
    for (let page = 0; page < tree.pageCount; page++) {
      const mark = this.#marks.get(tree.id(page));
      if (mark === undefined) unseen.push(page);
      else yield* this.#meet(this.#hits[mark] ?? [], snapshot);
    }
    for await (const page of scanPages(tree, unseen, this.#fits)) {
      this.#request.signal?.throwIfAborted();
      if (page.error === null) this.#keep(page);
      else this.#fail(page.error);
      yield* this.#meet(page.found, snapshot);
      if (this.isFull) return;
    }
  }

  /** Versions whose oldest snapshot is another than was told. */
  takeOlder(): FoundVersion[] {
    const older = Array.from(this.#older, (version) => ({ ...version }));
    this.#older.clear();
    return older;
  }

  async #tree(index: number): Promise<PagedTree | null> {
    const { snapshots } = this.#request;
    while (this.#records.length <= index + AHEAD && this.#records.length < snapshots.length) {
      const { id } = snapshots[this.#records.length] as SearchedSnapshot;
      const record = this.#source.get('snapshot', id);
      record.catch(() => undefined);
      this.#records.push(record);
    }
    const record = this.#records[index] as Promise<Uint8Array>;
    this.#records[index] = NOTHING;
    try {
      return new PagedTree(pageIdsOf(await record), this.#store);
    } catch (error) {
      this.#fail(error);
      return null;
    }
  }

  #keep({ id, found }: ScannedPage): void {
    if (found.length === 0) return this.#marks.set(id, 0);
    if (this.#hitCount + found.length > MOST_HITS) return;
    this.#hitCount += found.length;
    this.#marks.set(id, this.#hits.push(found) - 1);
  }

  *#meet(
    found: readonly FoundEntry[],
    { id, key, timeMs }: SearchedSnapshot,
  ): Generator<FoundVersion, void, void> {
    for (const entry of found) {
      const name = `${formatSetKey(key)}/${entry.version}`;
      const known = this.#versions.get(name);
      if (known !== undefined) {
        if (timeMs >= known.oldestMs) continue;
        known.oldestMs = timeMs;
        this.#older.add(known);
        continue;
      }
      this.isFull = this.#versions.size >= this.#mostFound;
      if (this.isFull) return;
      const version = { key, entry, snapshot: id, newestMs: timeMs, oldestMs: timeMs };
      this.#versions.set(name, version);
      yield { ...version };
    }
  }

  /** One that lacks something is no reason not to find what is in the others. */
  #fail(error: unknown): void {
    if (!isRbError(error, 'missing-chunk') && !isRbError(error, 'damaged-chunk')) throw error;
    this.failure ??= toRbError(error);
  }
}

const NOTHING: Promise<Uint8Array> = Promise.resolve(new Uint8Array(0));
