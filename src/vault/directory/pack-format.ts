import { ByteReader, ByteWriter, concatBytes, equalBytes, hex } from '../../base/bytes.ts';
import { RbError } from '../../base/errors.ts';
import { blake3, HASH_BYTES } from '../../base/hash.ts';
import { BUNDLE_HEAD_BYTES, decodeBundleHead } from '../../model/bundle.ts';
import type { Bundle, BundleHead } from '../../model/bundle.ts';

/*
 * The files of a vault in a directory, as docs/spec/repository.md specifies them: packs, and beside each closed
 * one an index of its records that can be made again at any time.
 */

/** "RBPACK", 0, version 1. */
export const PACK_HEAD: Uint8Array = Uint8Array.of(0x52, 0x42, 0x50, 0x41, 0x43, 0x4b, 0, 1);
export const PACK_HEAD_BYTES: number = PACK_HEAD.length;

/** A pack is closed before it would grow beyond this. */
export const PACK_BYTES: number = 128 * 1024 * 1024;

/** "RBINDX", 0, version 1. */
export const INDEX_HEAD: Uint8Array = Uint8Array.of(0x52, 0x42, 0x49, 0x4e, 0x44, 0x58, 0, 1);
const TABLE_ROW_BYTES = 36;

/** A record as an index knows it. */
export type IndexedRecord = {
  /** Where in the pack it begins. */
  readonly offset: number;
  /** Its head and table, undecoded. */
  readonly table: Uint8Array;
  readonly head: BundleHead;
};

/** Where in the table of a record the id of a chunk begins. */
export function idAt(chunk: number): number {
  return BUNDLE_HEAD_BYTES + chunk * TABLE_ROW_BYTES;
}

/** The name of a pack with these records in this order. */
export function packName(records: readonly IndexedRecord[]): string {
  return hex(blake3(concatBytes(records.map(({ head }) => head.checksum))));
}

/** Head and table of a record, in a copy. */
export function tableOf(record: Uint8Array, bundle: Bundle): Uint8Array {
  return record.slice(0, BUNDLE_HEAD_BYTES + bundle.head.chunkCount * TABLE_ROW_BYTES);
}

export function encodePackIndex(records: readonly IndexedRecord[]): Uint8Array {
  const out = new ByteWriter(64 * 1024);
  out.bytes(INDEX_HEAD);
  out.u32(records.length);
  for (const record of records) {
    out.u32(record.offset);
    out.bytes(record.table);
  }
  out.bytes(blake3(out.peek()));
  return out.take();
}

/**
 * Reads the index of the pack of this name and size. That it is of this pack, and whole, is checked
 * by the name, which covers the checksum of every record.
 * @throws damaged-chunk, protocol: then the pack itself has to be read
 */
export function decodePackIndex(
  bytes: Uint8Array,
  name: string,
  packBytes: number,
): IndexedRecord[] {
  const end = bytes.length - HASH_BYTES;
  if (end < INDEX_HEAD.length || !equalBytes(bytes.subarray(end), blake3(bytes.subarray(0, end))))
    throw damaged();
  const input = new ByteReader(bytes, 0, end);
  if (!equalBytes(input.bytes(INDEX_HEAD.length), INDEX_HEAD)) throw damaged();
  const count = input.u32();
  const records: IndexedRecord[] = [];
  let last = PACK_HEAD_BYTES;
  for (let i = 0; i < count; i++) {
    const offset = input.u32();
    const at = input.offset;
    const head = decodeBundleHead(bytes.subarray(at, end));
    const table = input.bytes(BUNDLE_HEAD_BYTES + head.chunkCount * TABLE_ROW_BYTES);
    if (offset < last) throw damaged();
    last = offset + head.recordBytes;
    records.push({ offset, table, head });
  }
  input.expectEnd();
  if (last !== packBytes || packName(records) !== name) throw damaged();
  return records;
}

function damaged(): RbError {
  return new RbError(
    'damaged-chunk',
    'The index of a pack does not match it; the pack itself is read.',
  );
}
