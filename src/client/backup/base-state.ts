import { open } from 'node:fs/promises';

import { equalBytes, hex } from '../../base/bytes.ts';
import { isRbError } from '../../base/errors.ts';
import { decodePage } from '../../model/page.ts';
import { decodeSnapshot } from '../../model/snapshot.ts';
import {
  encodeStateEnd,
  encodeStateHead,
  encodeStatePage,
  newStamps,
} from '../../model/tree-state.ts';
import type { StatePage } from '../../model/tree-state.ts';
import type { ChunkReader } from '../chunk-reader.ts';
import type { Memory } from './memory.ts';

type MemoryPages = { find(id: Uint8Array): StatePage | null; close(): void };

/**
 * Writes the tree state that a run is compared with, when this device's memory is not of the set's newest snapshot:
 * that snapshot's pages, with the stamps of the pages that the memory has as well. The others come from the hub and
 * their entries count as changed.
 * @returns the path of a scratch file of the memory's folder
 */
export async function writeBaseState(
  memory: Memory,
  reader: ChunkReader,
  latest: Uint8Array,
): Promise<string> {
  const path = memory.scratchPath('base');
  const known = openMemoryPages(memory);
  const file = await open(path, 'wx', 0o600);
  try {
    const { pages } = decodeSnapshot(await reader.get('snapshot', latest));
    await file.write(encodeStateHead(latest));
    for (const batch of batchesOf(pages, 256)) {
      const kept = batch.map((id) => known.find(id));
      const missing = batch.filter((_, i) => kept[i] === null);
      const fetched = reader.inOrder('page', missing);
      for (const [i, id] of batch.entries()) {
        const state = kept[i] ?? unstamped(id, (await fetched.next()).value as Uint8Array);
        await file.write(encodeStatePage(state));
      }
    }
    await file.write(encodeStateEnd(pages.length));
    return path;
  } catch (error) {
    await memory.discard(path);
    throw error;
  } finally {
    known.close();
    await file.close();
  }
}

function unstamped(id: Uint8Array, page: Uint8Array): StatePage {
  return { id, page, stamps: newStamps(decodePage(page).length) };
}

/**
 * Looks pages of the memory up by id, holding one at a time: they must be asked for in the order in which they stand,
 * which is that of every snapshot that shares them, since pages are sorted by path.
 */
function openMemoryPages(memory: Memory): MemoryPages {
  const ids = memoryPageIds(memory);
  const opened = memory.open(memory.path);
  if (opened === null) return { find: () => null, close: () => undefined };
  const find = (id: Uint8Array): StatePage | null => {
    if (!ids.has(hex(id))) return null;
    for (let page = opened.state.next(); page !== null; page = opened.state.next()) {
      if (equalBytes(page.id, id)) return page;
    }
    return null;
  };
  return { find, close: () => opened.close() };
}

/** Of the pages that can be read: a damaged memory is as good as a shorter one. */
function memoryPageIds(memory: Memory): Set<string> {
  const ids = new Set<string>();
  const opened = memory.open(memory.path);
  if (opened === null) return ids;
  try {
    for (let page = opened.state.next(); page !== null; page = opened.state.next())
      ids.add(hex(page.id));
  } catch (error) {
    if (!isRbError(error)) throw error;
  } finally {
    opened.close();
  }
  return ids;
}

function* batchesOf<T>(items: readonly T[], most: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += most) yield items.slice(at, at + most);
}
