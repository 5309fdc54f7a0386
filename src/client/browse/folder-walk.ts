import { RbError } from '../../base/errors.ts';
import type { Entry } from '../../model/entry.ts';
import { comparePaths, isWithin } from '../../model/path.ts';
import { firstIndex } from './paged-tree.ts';
import type { PagedTree, TreePosition } from './paged-tree.ts';

const SLASH = 0x2f;
/** How many pages of a subfolder are fetched together, at first, least and most: some 23 KiB each. */
const NEAR = 8;
const MOST_NEAR = 64;
/** Pages in which children begin that are fetched together, where it is known which these are. */
const AHEAD = 32;

export type Child = {
  readonly entry: Entry;
  readonly at: TreePosition;
};

/**
 * What is directly in a folder, in order. What is below a subfolder is skipped: in its page by searching, and
 * beyond it by looking for the page where the next child may be. How many pages are fetched ahead for that
 * follows from how long the subfolders were so far.
 *
 * @param from where a child stands, or the folder's own position and one entry further
 * @throws protocol for a tree that isn't in order, and what reading pages throws
 */
export async function* walkFolder(
  tree: PagedTree,
  folder: Uint8Array,
  from: TreePosition,
): AsyncGenerator<Child, void, void> {
  let near = NEAR;
  let last: Uint8Array | null = null;
  for (let { page, entry: index } = from; page < tree.pageCount;) {
    fetchAhead(tree, folder, page);
    const entries = await tree.entries(page);
    if (index >= entries.length) {
      page++;
      index = 0;
      continue;
    }
    while (index < entries.length) {
      const entry = entries[index] as Entry;
      if (!isWithin(entry.path, folder)) return;
      const top = childOf(folder, entry.path);
      if (top.length === entry.path.length) {
        if (last !== null && comparePaths(last, top) >= 0)
          throw new RbError('protocol', 'The tree of the snapshot is not in order.');
        yield { entry, at: { page, entry: index } };
        last = top.slice();
      }
      index = firstIndex(entries, ({ path }) => !isWithin(path, top), index + 1);
    }
    const top = childOf(folder, (entries.at(-1) as Entry).path);
    const end = await tree.lastPageWhere(page, (first) => isWithin(first, top), near);
    near = end - page < near ? Math.min(near * 2, MOST_NEAR) : Math.max(1, near >> 1);
    page = end === page ? page + 1 : end;
    index = 0;
  }
}

/**
 * Asks for the next pages in which a child begins, if the one at hand has to be fetched anyway. Which these are is told by
 * the first paths of pages, as far as they are known: one in which another child begins is followed by one that begins in
 * another child.
 */
function fetchAhead(tree: PagedTree, folder: Uint8Array, from: number): void {
  const { store, pageCount } = tree;
  if (store.has(tree.id(from))) return;
  let path = store.knownFirstPath(tree.id(from));
  for (let page = from, asked = 0; page + 1 < pageCount && asked < AHEAD; page++) {
    const next = store.knownFirstPath(tree.id(page + 1));
    if (path === undefined || next === undefined || !isWithin(next, folder)) return;
    if (!isWithin(next, childOf(folder, path))) {
      asked++;
      // Whether it can be had shows when it is needed.
      store.page(tree.id(page)).catch(() => undefined);
    }
    path = next;
  }
}

/** The child of a folder that a path below it is, or is in; a view. */
function childOf(folder: Uint8Array, path: Uint8Array): Uint8Array {
  const start = folder.length === 0 ? 0 : folder.length + 1;
  const slash = path.indexOf(SLASH, start);
  return slash < 0 ? path : path.subarray(0, slash);
}
