import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { syncDirectory } from '../../base/durable-file.ts';
import { RbError } from '../../base/errors.ts';
import type { SharedLease } from '../../base/shared-arena.ts';
import type { Bundle } from '../../model/bundle.ts';
import { PACK_HEAD, PACK_HEAD_BYTES } from './pack-format.ts';
import type { IndexedRecord } from './pack-format.ts';
import { PackSeal } from './pack-seal.ts';
import { Pack } from './pack.ts';
import { RecordOffsets, removeOffsets } from './record-offsets.ts';

/** How files are opened; tests put one in that fails. */
export type OpenFile = (path: string, flags: string, mode?: number) => Promise<FileHandle>;

export const openFile: OpenFile = async (path, flags, mode) => open(path, flags, mode);

/** The one pack that grows. One write at a time; syncs may be asked for meanwhile. */
export class OpenPack {
  readonly pack: Pack;
  readonly #handle: FileHandle;
  readonly #seal: PackSeal;
  readonly #offsets: RecordOffsets;
  #bytes: number;
  #syncedBytes: number;
  #syncing: Promise<void> = Promise.resolve();
  #isNamed: boolean;

  private constructor(
    handle: FileHandle,
    pack: Pack,
    seal: PackSeal,
    offsets: RecordOffsets,
    syncedBytes: number,
  ) {
    this.#handle = handle;
    this.pack = pack;
    this.#seal = seal;
    this.#offsets = offsets;
    this.#bytes = Math.max(PACK_HEAD_BYTES, pack.endBytes);
    this.#syncedBytes = syncedBytes;
    this.#isNamed = syncedBytes > 0;
  }

  /** Begins a pack in a folder. Nothing stays behind if that fails. */
  static async create(folder: string, number: number, openPackFile: OpenFile): Promise<OpenPack> {
    const path = join(folder, `open-${randomBytes(8).toString('hex')}.pack`);
    const handle = await openPackFile(path, 'wx+', 0o600);
    try {
      await writeWhole(handle, [PACK_HEAD], 0);
      const offsets = await RecordOffsets.begin(path);
      return new OpenPack(handle, new Pack(number, path), new PackSeal(), offsets, 0);
    } catch (error) {
      await handle.close().catch(() => undefined);
      await rm(path, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Goes on with one that was found, after everything behind its last record was cut off and synced.
   * @param records all that are in it, in order
   */
  static async resume(
    pack: Pack,
    records: readonly IndexedRecord[],
    openPackFile: OpenFile,
  ): Promise<OpenPack> {
    const seal = new PackSeal();
    for (const { table, head } of records) seal.add(table, head);
    const handle = await openPackFile(pack.path, 'r+');
    const offsets = await RecordOffsets.begin(
      pack.path,
      records.map(({ offset }) => offset),
    );
    return new OpenPack(handle, pack, seal, offsets, pack.endBytes);
  }

  /** The file's length. */
  get bytes(): number {
    return this.#bytes;
  }

  get isSynced(): boolean {
    return this.#syncedBytes === this.#bytes;
  }

  /** What lies behind this no sync has confirmed. */
  get syncedBytes(): number {
    return Math.max(PACK_HEAD_BYTES, this.#syncedBytes);
  }

  /**
   * Writes records behind the others; all of them, or none when it rejects: then the file is as before.
   * @returns where each begins
   */
  async write(
    records: readonly { readonly record: SharedLease; readonly bundle: Bundle }[],
  ): Promise<number[]> {
    const start = this.#bytes;
    try {
      await writeWhole(
        this.#handle,
        records.map(({ record }) => record.bytes),
        start,
      );
    } catch (error) {
      // What stays because not even this is possible, the next record overwrites, and the next start cuts off.
      await this.#handle.truncate(start).catch(() => undefined);
      throw error;
    }
    const offsets = records.map(({ record, bundle }) => {
      const offset = this.#bytes;
      this.#seal.add(record.bytes, bundle.head);
      this.pack.add(offset, bundle.head);
      this.#bytes += record.bytes.length;
      return offset;
    });
    await this.#offsets.append(offsets);
    return offsets;
  }

  /** What was written before the call is on stable storage when it resolves, with the file's name. Once it failed it always does. */
  async sync(): Promise<void> {
    const before = this.#syncing;
    this.#syncing = (async (): Promise<void> => {
      await before;
      const target = this.#bytes;
      if (target === this.#syncedBytes) return;
      await this.#handle.datasync();
      if (!this.#isNamed) await syncDirectory(dirname(this.pack.path));
      this.#isNamed = true;
      this.#syncedBytes = target;
    })();
    await this.#syncing;
  }

  /** Cuts off what no sync has confirmed, as far as that is still possible. */
  async dropUnsynced(): Promise<void> {
    await this.#handle.truncate(this.syncedBytes).catch(() => undefined);
  }

  /** Gives the synced pack its final name and an index beside it. What fails here can be done at the next start. */
  async giveName(folder: string): Promise<void> {
    const { name } = this.#seal;
    const shelf = join(folder, name.slice(0, 2));
    await mkdir(shelf, { mode: 0o700, recursive: true });
    // It can be made again from the pack, so nothing waits for it to be durable.
    await this.#seal.writeIndex(this.#handle, this.pack, join(shelf, `${name}.index`));
    this.pack.nextPath = join(shelf, `${name}.pack`);
    await rename(this.pack.path, this.pack.nextPath);
    // The index says the same from now on.
    await removeOffsets(this.pack.path);
    this.pack.path = this.pack.nextPath;
    await syncDirectory(shelf);
    await syncDirectory(folder);
  }

  async close(): Promise<void> {
    await this.#syncing.catch(() => undefined);
    await this.#offsets.close();
    await this.#handle.close();
  }
}

/** Writes all the parts from `position` on, in as few calls as the system takes. */
async function writeWhole(
  handle: FileHandle,
  parts: readonly Uint8Array[],
  position: number,
): Promise<void> {
  let rest = parts;
  let at = position;
  while (rest.length > 0) {
    const { bytesWritten } = await handle.writev(rest, at);
    if (bytesWritten === 0)
      throw new RbError('dir-unwritable', 'The disk took no bytes and gave no reason.');
    at += bytesWritten;
    rest = behind(rest, bytesWritten);
  }
}

function behind(parts: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes;
  const rest: Uint8Array[] = [];
  for (const part of parts) {
    if (skip < part.length) rest.push(part.subarray(skip));
    skip = Math.max(0, skip - part.length);
  }
  return rest;
}
