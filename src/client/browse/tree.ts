import { RbError } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';
import type { Entry } from '../../model/entry.ts';
import { decodePage } from '../../model/page.ts';
import { comparePaths, isWithin } from '../../model/path.ts';
import { decodeSnapshot } from '../../model/snapshot.ts';
import { TreeOrder } from '../../model/tree-order.ts';
import type { ChunkReader } from '../chunk-reader.ts';

/** The entries of a snapshot in walking order, checked to form a tree; a few pages are held at a time. */
export async function* readEntries(
  reader: ChunkReader,
  snapshot: Uint8Array,
): AsyncGenerator<Entry, void, void> {
  const { pages } = decodeSnapshot(await reader.get('snapshot', snapshot));
  const order = new TreeOrder();
  for await (const page of reader.inOrder('page', pages)) {
    for (const entry of decodePage(page)) {
      order.check(entry);
      yield entry;
    }
  }
}

/**
 * What stands at a path of a snapshot: the entry itself and, if it is a folder, everything below it.
 * @param path relative to the root of the tree, empty for all of it
 * @throws not-found
 */
export async function* listTree(
  reader: ChunkReader,
  snapshot: Uint8Array,
  path: Uint8Array,
): AsyncGenerator<Entry, void, void> {
  let isThere = false;
  for await (const entry of readEntries(reader, snapshot)) {
    if (isWithin(entry.path, path)) {
      isThere = true;
      yield entry;
    } else if (comparePaths(entry.path, path) > 0) {
      break;
    }
  }
  if (!isThere)
    throw new RbError(
      'not-found',
      `The snapshot has nothing at '${escapeName(path)}'. \`rbbackup ls\` shows what it has.`,
    );
}
