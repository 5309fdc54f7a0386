import { isRbError } from '../../base/errors.ts';
import type { RbError } from '../../base/errors.ts';
import { nameOf } from '../../model/path.ts';
import { foundEntry } from './found-entry.ts';
import type { FoundEntry } from './found-entry.ts';
import type { PagedTree } from './paged-tree.ts';
import { decodePage } from '../../model/page.ts';

/** Pages that are asked for ahead: some 23 KiB each. */
const AHEAD = 64;
/** After so many pages others get their turn, which may be all at hand. */
const BREATHE_EVERY = 32;

export type ScannedPage = {
  readonly id: Uint8Array;
  readonly found: readonly FoundEntry[];
  /** Why the page could not be read. */
  readonly error: RbError | null;
};

/** Looks through some pages of a tree, in order, for entries whose names fit. The root has no name. */
export async function* scanPages(
  tree: PagedTree,
  pages: readonly number[],
  fits: (name: Uint8Array) => boolean,
): AsyncGenerator<ScannedPage, void, void> {
  const ahead: Promise<Uint8Array>[] = [];
  for (let next = 0, at = 0; at < pages.length; at++) {
    for (; next < pages.length && next < at + AHEAD; next++) {
      const page = tree.store.passing(tree.id(pages[next] as number));
      // Whoever stops half-way must not leave a rejection that nobody sees.
      page.catch(() => undefined);
      ahead.push(page);
    }
    if (at % BREATHE_EVERY === BREATHE_EVERY - 1) await new Promise(setImmediate);
    yield await scanned(tree.id(pages[at] as number), ahead.shift() as Promise<Uint8Array>, fits);
  }
}

async function scanned(
  id: Uint8Array,
  page: Promise<Uint8Array>,
  fits: (name: Uint8Array) => boolean,
): Promise<ScannedPage> {
  try {
    const found: FoundEntry[] = [];
    for (const entry of decodePage(await page))
      if (entry.path.length > 0 && fits(nameOf(entry.path))) found.push(foundEntry(entry));
    return { id, found, error: null };
  } catch (error) {
    if (isRbError(error, 'missing-chunk') || isRbError(error, 'damaged-chunk'))
      return { id, found: [], error };
    throw error;
  }
}
