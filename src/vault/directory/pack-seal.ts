import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

import { equalBytes, hex } from '../../base/bytes.ts';
import { RbError } from '../../base/errors.ts';
import { Blake3 } from '../../base/hash.ts';
import { bodyOffset, decodeBundleHead } from '../../model/bundle.ts';
import type { BundleHead } from '../../model/bundle.ts';
import { LIMITS } from '../../model/limits.ts';
import { INDEX_HEAD } from './pack-format.ts';
import type { Pack } from './pack.ts';

/** An index is read and written in pieces of at least this. */
const PIECE_BYTES = 256 * 1024;
/** Head and table of the record with the most chunks, and its offset. */
const MOST_ROOM_BYTES = bodyOffset(LIMITS.bundleChunks) + 4;
const FIRST_READ_BYTES = 4096;

/**
 * What closing a pack will need to know of its records, in the memory of two hashes. The tables themselves, 36 bytes for
 * each chunk of the pack, are read again from the pack then, and believed only if they are what was taken in here.
 */
export class PackSeal {
  readonly #checksums = new Blake3();
  readonly #tables = new Blake3();

  /**
   * Takes in the next record of the pack.
   * @param table at least its head and its table; read during the call only
   */
  add(table: Uint8Array, { checksum, chunkCount }: BundleHead): void {
    this.#checksums.update(checksum);
    this.#tables.update(table.subarray(0, bodyOffset(chunkCount)));
  }

  /** The name of a pack with these records in this order, as `packName` gives it. */
  get name(): string {
    return hex(this.#checksums.digest());
  }

  /**
   * Writes the index of the pack, as `encodePackIndex` encodes it, to a new file or over one.
   * @param handle of the pack, for reading
   * @throws damaged-chunk if the pack does not hold the tables that were taken in; what the system throws
   */
  async writeIndex(handle: FileHandle, pack: Pack, path: string): Promise<void> {
    const out = new PieceWriter(await open(path, 'w', 0o600));
    try {
      const seen = new Blake3();
      out.put(INDEX_HEAD);
      out.putU32(pack.count);
      let expectedBytes = FIRST_READ_BYTES;
      for (let i = 0; i < pack.count; i++) {
        const table = await readTable(handle, pack, i, expectedBytes);
        expectedBytes = Math.max(FIRST_READ_BYTES, table.length);
        seen.update(table);
        await out.makeRoom();
        out.putU32(pack.offsetAt(i));
        out.put(table);
      }
      if (!equalBytes(seen.digest(), this.#tables.digest())) throw changed();
      await out.end();
    } finally {
      await out.close();
    }
  }
}

/** Head and table of a record. @param expectedBytes a guess of their length, which spares a second read if it suffices */
async function readTable(
  handle: FileHandle,
  pack: Pack,
  index: number,
  expectedBytes: number,
): Promise<Uint8Array> {
  const length = pack.lengthAt(index);
  const offset = pack.offsetAt(index);
  const first = await readWhole(handle, offset, Math.min(length, expectedBytes));
  const { chunkCount, recordBytes } = decodeBundleHead(first);
  if (recordBytes !== length) throw changed();
  const tableBytes = bodyOffset(chunkCount);
  if (tableBytes <= first.length) return first.subarray(0, tableBytes);
  return await readWhole(handle, offset, tableBytes);
}

async function readWhole(handle: FileHandle, offset: number, bytes: number): Promise<Uint8Array> {
  const into = new Uint8Array(bytes);
  for (let got = 0; got < bytes;) {
    const { bytesRead } = await handle.read(into, got, bytes - got, offset + got);
    if (bytesRead === 0) throw changed();
    got += bytesRead;
  }
  return into;
}

/** Gathers short pieces into long ones, hashed and written in order. */
class PieceWriter {
  readonly #handle: FileHandle;
  readonly #hash = new Blake3();
  readonly #bytes: Uint8Array = new Uint8Array(PIECE_BYTES + MOST_ROOM_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  #used = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** To be awaited before each record. */
  async makeRoom(): Promise<void> {
    if (this.#used + MOST_ROOM_BYTES > this.#bytes.length) await this.#flush();
  }

  put(piece: Uint8Array): void {
    this.#bytes.set(piece, this.#used);
    this.#used += piece.length;
  }

  putU32(value: number): void {
    this.#view.setUint32(this.#used, value, true);
    this.#used += 4;
  }

  /** Writes what is left, and the hash of everything. */
  async end(): Promise<void> {
    await this.#flush();
    this.put(this.#hash.digest());
    await this.#write();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #flush(): Promise<void> {
    this.#hash.update(this.#bytes.subarray(0, this.#used));
    await this.#write();
  }

  async #write(): Promise<void> {
    const bytes = this.#bytes.subarray(0, this.#used);
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done);
      done += bytesWritten;
    }
    this.#used = 0;
  }
}

function changed(): RbError {
  return new RbError('damaged-chunk', 'A pack does not hold what was written to it.');
}
