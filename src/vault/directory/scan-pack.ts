import type { FileHandle } from 'node:fs/promises';

import { isRbError } from '../../base/errors.ts';
import {
  BUNDLE_HEAD_BYTES,
  BUNDLE_RECORD_BYTES,
  checkBundle,
  decodeBundle,
  decodeBundleHead,
} from '../../model/bundle.ts';
import type { Bundle, BundleHead } from '../../model/bundle.ts';
import { PACK_HEAD_BYTES } from './pack-format.ts';

/** One record of a pack that is as it was written. */
export type ScannedRecord = {
  readonly offset: number;
  /** A view that the next step overwrites. */
  readonly record: Uint8Array;
  readonly bundle: Bundle;
};

/**
 * Reads a pack from front to back and gives every record whose checksum is right, whatever the pack begins with. Behind a
 * damaged one it goes on where the next is known to begin; if that isn't known, where its head says that it ends, should
 * something that looks like a record (or the end) be there; otherwise the scan ends. Nothing is searched for: what a body
 * holds is in the hands of whoever sent it, and could look like a record.
 *
 * @param known where records begin, ascending, as the one who wrote them has noted
 */
export async function* scanPack(
  handle: FileHandle,
  known: readonly number[] = [],
): AsyncGenerator<ScannedRecord, void, void> {
  const { size } = await handle.stat();
  const window = new PackWindow(handle, size);
  let offset = PACK_HEAD_BYTES;
  while (offset < size) {
    const head = readHead(await window.view(offset, BUNDLE_HEAD_BYTES));
    const record = head === null ? null : await window.view(offset, head.recordBytes);
    const bundle = record === null ? null : readWhole(record);
    if (record !== null && bundle !== null) yield { offset, record, bundle };
    const end = head === null ? size : offset + head.recordBytes;
    if (bundle !== null) offset = end;
    else offset = nextOf(known, offset) ?? ((await isRecordAt(window, end)) ? end : size);
  }
}

function nextOf(known: readonly number[], offset: number): number | undefined {
  return known.find((one) => one > offset);
}

async function isRecordAt(window: PackWindow, offset: number): Promise<boolean> {
  return readHead(await window.view(offset, BUNDLE_HEAD_BYTES)) !== null;
}

function readHead(bytes: Uint8Array | null): BundleHead | null {
  return bytes === null ? null : orNull(() => decodeBundleHead(bytes));
}

function readWhole(record: Uint8Array): Bundle | null {
  return orNull(() => {
    checkBundle(record);
    return decodeBundle(record);
  });
}

function orNull<T>(decode: () => T): T | null {
  try {
    return decode();
  } catch (error) {
    if (isRbError(error)) return null;
    throw error;
  }
}

/** A buffer that moves forward over a file. */
class PackWindow {
  readonly #handle: FileHandle;
  readonly #fileBytes: number;
  readonly #buffer: Uint8Array;
  #start = 0;
  #length = 0;

  constructor(handle: FileHandle, fileBytes: number) {
    this.#handle = handle;
    this.#fileBytes = fileBytes;
    this.#buffer = new Uint8Array(Math.min(fileBytes, 2 * BUNDLE_RECORD_BYTES));
  }

  /** `bytes` bytes from `offset`, which never goes back, or null if the file ends before. */
  async view(offset: number, bytes: number): Promise<Uint8Array | null> {
    if (offset + bytes > this.#fileBytes) return null;
    if (offset + bytes > this.#start + this.#length) await this.#moveTo(offset, bytes);
    const at = offset - this.#start;
    return at + bytes <= this.#length ? this.#buffer.subarray(at, at + bytes) : null;
  }

  async #moveTo(offset: number, needed: number): Promise<void> {
    const keepFrom = Math.min(offset - this.#start, this.#length);
    this.#buffer.copyWithin(0, keepFrom, this.#length);
    this.#length -= keepFrom;
    this.#start = offset;
    while (this.#length < needed) {
      const from = this.#start + this.#length;
      const { bytesRead } = await this.#handle.read(
        this.#buffer,
        this.#length,
        this.#buffer.length - this.#length,
        from,
      );
      if (bytesRead === 0) return;
      this.#length += bytesRead;
    }
  }
}
