import { RbError } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';
import type { Entry } from '../../model/entry.ts';
import { decodePage } from '../../model/page.ts';
import { comparePaths, isWithin } from '../../model/path.ts';
import { TreeOrder } from '../../model/tree-order.ts';
import type { ChunkReader } from '../chunk-reader.ts';
import { nothingAt, PagedTree } from './paged-tree.ts';
import { PageStore } from './page-store.ts';

/** For looking where a folder begins and ends. */
const STORE_BOUNDS = { pageBytes: 1024 * 1024, firstPathBytes: 1024 * 1024 };

/** The entries of a snapshot in walking order, checked to form a tree; a few pages are held at a time. */
export async function* readEntries(
  reader: ChunkReader,
  snapshot: Uint8Array,
): AsyncGenerator<Entry, void, void> {
  const tree = await openTree(reader, snapshot);
  const order = new TreeOrder();
  for await (const entry of entriesOf(reader, tree, 0, tree.pageCount - 1)) {
    order.check(entry);
    yield entry;
  }
}

/**
 * What stands at a path of a snapshot: the entry itself and, if it is a folder, everything below it. Only the pages are
 * read that hold it, and some on the way to it.
 *
 * @param path relative to the root of the tree, empty for all of it
 * @throws not-found
 */
export async function* listTree(
  reader: ChunkReader,
  snapshot: Uint8Array,
  path: Uint8Array,
): AsyncGenerator<Entry, void, void> {
  if (path.length === 0) {
    yield* readEntries(reader, snapshot);
    return;
  }
  const tree = await openTree(reader, snapshot);
  const found = await tree.locate(path);
  if (found === null) throw nothingAt(escapeName(path));
  const { page } = found.at;
  const lastPage = await tree.lastPageWhere(page, (first) => isWithin(first, path), 1);
  let last: Uint8Array | null = null;
  for await (const entry of entriesOf(reader, tree, page, lastPage)) {
    if (!isWithin(entry.path, path)) continue;
    if (last !== null && comparePaths(last, entry.path) >= 0)
      throw new RbError('protocol', 'The tree of the snapshot is not in order.');
    last = entry.path;
    yield entry;
  }
}

async function openTree(reader: ChunkReader, snapshot: Uint8Array): Promise<PagedTree> {
  return await PagedTree.open(reader, snapshot, new PageStore(reader, STORE_BOUNDS));
}

async function* entriesOf(
  reader: ChunkReader,
  tree: PagedTree,
  first: number,
  last: number,
): AsyncGenerator<Entry, void, void> {
  const ids = Array.from({ length: last - first + 1 }, (_, i) => tree.id(first + i));
  for await (const page of reader.inOrder('page', ids)) yield* decodePage(page);
}
