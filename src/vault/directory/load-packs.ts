import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { syncDirectory } from '../../base/durable-file.ts';
import { isRbError, toRbError } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';
import { decodeBundleHead } from '../../model/bundle.ts';
import { leaveAside, tellDamage } from './open-pack-damage.ts';
import { openFile } from './open-pack.ts';
import type { OpenFile } from './open-pack.ts';
import {
  decodePackIndex,
  encodePackIndex,
  PACK_HEAD,
  PACK_HEAD_BYTES,
  tableOf,
} from './pack-format.ts';
import type { IndexedRecord } from './pack-format.ts';
import { readOffsets, removeStrayOffsets } from './record-offsets.ts';
import { scanPack } from './scan-pack.ts';

/** What is written anew at a time. */
const COPY_BYTES = 4 * 1024 * 1024;

/** What the files of one pack hold. */
export type LoadedPack = {
  readonly path: string;
  readonly name: string;
  readonly fileBytes: number;
  readonly records: readonly IndexedRecord[];
  /** Whether the disk gave all of it; if not, there may be more records than these. */
  readonly isRead: boolean;
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
  const items = await readdir(folder, { withFileTypes: true });
  await removeStrayOffsets(
    folder,
    items.map(({ name }) => name),
  );
  for (const item of items) {
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
      isRead: true,
    };
  } catch {
    // Whatever is wrong with an index, the pack itself knows better.
  }
  const { records, isRead } = await readRecords(path, openFile);
  const loaded = { path, name, fileBytes, records, isRead };
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
 * A pack that was being written when its hub ended, all checksums checked, a torn end cut off, and on stable storage. Null
 * if there is nothing in it: then the file is removed, or kept aside if records are known to have been in it. Where the disk can't be read nothing is cut off: what is behind may be
 * good, and readable the next time.
 */
export async function loadOpenPack(
  file: PackFile,
  onProblem: (message: string) => void,
  openPackFile: OpenFile = openFile,
): Promise<LoadedPack | null> {
  const { path, name } = file;
  const known = await readOffsets(path);
  const { records, isRead } = await readRecords(path, openPackFile, known);
  const { size } = await stat(path);
  if (!isRead) {
    onProblem(
      `The disk can't read all of ${escapeName(path)}; ${records.length} of its records are known. It is left as it is.`,
    );
    return { path, name, fileBytes: size, records, isRead };
  }
  const last = records.at(-1);
  if (last === undefined) {
    await leaveAside(path, known.length > 0, onProblem);
    return null;
  }
  await tellDamage(path, records, onProblem);
  const endBytes = last.offset + last.head.recordBytes;
  if (size > endBytes) {
    onProblem(
      `The last ${size - endBytes} bytes of ${escapeName(path)} were never finished; they are cut off.`,
    );
  }
  await writeAnew(path, endBytes);
  await syncDirectory(dirname(path));
  return { path, name, fileBytes: endBytes, records, isRead };
}

async function readRecords(
  path: string,
  openPackFile: OpenFile,
  known: readonly number[] = [],
): Promise<Pick<LoadedPack, 'records' | 'isRead'>> {
  const records: IndexedRecord[] = [];
  let isRead = true;
  const handle = await openPackFile(path, 'r');
  try {
    for await (const { offset, record, bundle } of scanPack(handle, known)) {
      // A copy that outlives the buffer it was read into.
      const table = tableOf(record, bundle);
      records.push({ offset, table, head: decodeBundleHead(table) });
    }
  } catch (error) {
    // A bad sector ends the scan; a fault of ours must not look like one.
    if (isRbError(error)) throw error;
    if (toRbError(error).context['systemCode'] !== 'EIO') throw error;
    isRead = false;
  } finally {
    await handle.close();
  }
  return { records, isRead };
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

/**
 * Makes sure of the first bytes of a file, and cuts off the rest. What was read may lie in the system's memory alone: if
 * the disk once failed to take it, no later sync tries that again, nor says so. Only what is written anew is.
 */
async function writeAnew(path: string, endBytes: number): Promise<void> {
  const handle = await openFile(path, 'r+');
  try {
    const buffer = new Uint8Array(Math.min(endBytes, COPY_BYTES));
    for (let at = 0; at < endBytes;) {
      const { bytesRead } = await handle.read(
        buffer,
        0,
        Math.min(buffer.length, endBytes - at),
        at,
      );
      if (bytesRead === 0) break;
      // The same in every pack, whatever stands there.
      if (at === 0) buffer.set(PACK_HEAD);
      await handle.write(buffer, 0, bytesRead, at);
      at += bytesRead;
    }
    await handle.truncate(endBytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
