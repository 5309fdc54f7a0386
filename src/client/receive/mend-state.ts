import { closeSync, openSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

import { syncDirectory } from '../../base/durable-file.ts';
import { readAt } from '../../base/durable-read.ts';
import { isRbError } from '../../base/errors.ts';
import { blake3 } from '../../base/hash.ts';
import type { WorkerPool } from '../../chunk/worker-pool.ts';
import { decodePage } from '../../model/page.ts';
import { decodeSnapshot } from '../../model/snapshot.ts';
import {
  TreeStateReader,
  encodeStateEnd,
  encodeStateHead,
  encodeStatePage,
  newStamps,
} from '../../model/tree-state.ts';
import { SNAPSHOT_FILE } from '../../rebuild/finder/chunk-finder.ts';
import { ChunkReader } from '../chunk-reader.ts';
import type { HubSession } from '../session.ts';

/**
 * Where what is remembered of a set's tree is damaged or gone, makes it again from the record of the snapshot that was put
 * in place last: its pages come from the hub, and every entry counts as one that may have changed. Otherwise all that
 * stands there would be a stranger's, and whatever the next snapshot has otherwise would be in its way.
 *
 * Does nothing if all is well, if nothing was ever put in place, or if that can't be known any more, here or at the hub.
 *
 * @param stateDir of the set; nobody else works in it
 * @throws RbError connection-lost, disk-full, …
 */
export async function mendState(
  stateDir: string,
  { connection }: HubSession,
  pool: WorkerPool,
): Promise<void> {
  const path = join(stateDir, 'state');
  if (isWhole(path)) return;
  const record = await readRecord(join(stateDir, SNAPSHOT_FILE));
  if (record === null) return;
  const reader = new ChunkReader(connection, pool);
  try {
    const mended = join(stateDir, 'state.new');
    await writeState(mended, record, reader);
    await rename(mended, path);
    await syncDirectory(stateDir);
  } catch (error) {
    if (!isRbError(error, 'missing-chunk') && !isRbError(error, 'damaged-chunk')) throw error;
  } finally {
    reader.close();
  }
}

type SnapshotPages = { readonly id: Uint8Array; readonly pages: readonly Uint8Array[] };

/** Null if it is damaged or missing. */
async function readRecord(path: string): Promise<SnapshotPages | null> {
  try {
    const bytes = await readFile(path);
    // A bit of it that is wrong makes another id of it, or of a page: then the hub offers the newest, or has no such page.
    return { id: blake3(bytes), pages: decodeSnapshot(bytes).pages };
  } catch {
    return null;
  }
}

async function writeState(
  path: string,
  { id, pages }: SnapshotPages,
  reader: ChunkReader,
): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.write(encodeStateHead(id));
    let at = 0;
    for await (const page of reader.inOrder('page', pages)) {
      const stamps = newStamps(decodePage(page).length);
      await file.write(encodeStatePage({ id: pages[at++] as Uint8Array, page, stamps }));
    }
    await file.write(encodeStateEnd(pages.length));
    await file.sync();
  } finally {
    await file.close();
  }
}

function isWhole(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return false;
  }
  try {
    const reader = new TreeStateReader((offset, bytes) => readAt(file, offset, bytes));
    while (reader.next() !== null);
    return true;
  } catch (error) {
    if (isRbError(error)) return false;
    throw error;
  } finally {
    closeSync(file);
  }
}
