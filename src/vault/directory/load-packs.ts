import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { syncDirectory } from '../../base/durable-file.ts';
import { isRbError, toRbError } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';
import { decodeBundleHead } from '../../model/bundle.ts';
import { openFile } from './open-pack.ts';
import { decodePackIndex, encodePackIndex, PACK_HEAD_BYTES, tableOf } from './pack-format.ts';
import type { IndexedRecord } from './pack-format.ts';
import { scanPack } from './scan-pack.ts';

/** What the files of one pack hold. */
export type LoadedPack = {
  readonly path: string;
  readonly name: string;
  readonly fileBytes: number;
  readonly records: readonly IndexedRecord[];
};

export type PackFile = {
  readonly path: string;
  readonly name: string;
  readonly modifiedMs: number;
};

/** The packs below a folder: those that were being written, and the closed ones, newest first. */
export async function findPacks(folder: string): Promise<{ open: PackFile[]; closed: PackFile[] }> {
  const open: PackFile[] = [];
  const closed: PackFile[] = [];
  for (const item of await readdir(folder, { withFileTypes: true })) {
    if (item.isFile() && /^open-[0-9a-f]{16}\.pack$/.test(item.name))
      open.push(await describe(folder, item.name));
    if (!item.isDirectory() || !/^[0-9a-f]{2}$/.test(item.name)) continue;
    const shelf = join(folder, item.name);
    const names = (await readdir(shelf)).filter((name) => /^[0-9a-f]{64}\.pack$/.test(name));
    closed.push(...(await Promise.all(names.map((name) => describe(shelf, name)))));
  }
  return { open: open.toSorted(byAge), closed: closed.toSorted(byAge) };
}

async function describe(folder: string, file: string): Promise<PackFile> {
  const path = join(folder, file);
  return { path, name: file.slice(0, -'.pack'.length), modifiedMs: (await stat(path)).mtimeMs };
}

function byAge(left: PackFile, right: PackFile): number {
  return right.modifiedMs - left.modifiedMs;
}

/**
 * A closed pack by its index; where that is missing or wrong, by reading all of the pack, after which it has an
 * index again. What of it can't be read is told to `onProblem`; the rest is loaded.
 */
export async function loadClosedPack(
  file: PackFile,
  onProblem: (message: string) => void,
): Promise<LoadedPack> {
  const { path, name } = file;
  const fileBytes = (await stat(path)).size;
  const indexPath = `${path.slice(0, -'.pack'.length)}.index`;
  try {
    return {
      path,
      name,
      fileBytes,
      records: decodePackIndex(await readFile(indexPath), name, fileBytes),
    };
  } catch {
    // Whatever is wrong with an index, the pack itself knows better.
  }
  const records = await readRecords(path);
  const loaded = { path, name, fileBytes, records };
  const index = encodePackIndex(records);
  if (isWholeIndex(index, loaded))
    await writeFile(indexPath, index, { mode: 0o600 }).catch(() => undefined);
  else
    onProblem(
      `The pack ${escapeName(path)} is damaged; ${records.length} of its records can be read.`,
    );
  return loaded;
}

/**
 * A pack that was being written when its hub ended, all checksums checked and a torn end cut off durably. Null,
 * and the file removed, if there is nothing in it.
 */
export async function loadOpenPack(
  file: PackFile,
  onProblem: (message: string) => void,
): Promise<LoadedPack | null> {
  const { path, name } = file;
  const records = await readRecords(path);
  const last = records.at(-1);
  if (last === undefined) {
    await rm(path);
    return null;
  }
  const endBytes = last.offset + last.head.recordBytes;
  const { size } = await stat(path);
  if (size > endBytes) {
    onProblem(
      `The last ${size - endBytes} bytes of ${escapeName(path)} were never finished; they are cut off.`,
    );
    await truncate(path, endBytes);
  }
  await syncFile(path);
  await syncDirectory(dirname(path));
  return { path, name, fileBytes: endBytes, records };
}

async function readRecords(path: string): Promise<IndexedRecord[]> {
  const records: IndexedRecord[] = [];
  const handle = await openFile(path, 'r');
  try {
    for await (const { offset, record, bundle } of scanPack(handle)) {
      // A copy that outlives the buffer it was read into.
      const table = tableOf(record, bundle);
      records.push({ offset, table, head: decodeBundleHead(table) });
    }
  } catch (error) {
    // A bad sector ends the scan; a fault of ours must not look like one.
    if (isRbError(error)) throw error;
    if (toRbError(error).context['systemCode'] !== 'EIO') throw error;
  } finally {
    await handle.close();
  }
  return records;
}

function isWholeIndex(index: Uint8Array, pack: LoadedPack): boolean {
  try {
    return (
      decodePackIndex(index, pack.name, pack.fileBytes).length > 0 ||
      pack.fileBytes === PACK_HEAD_BYTES
    );
  } catch {
    return false;
  }
}

async function syncFile(path: string): Promise<void> {
  const handle = await openFile(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
