import { ByteReader, equalBytes } from '../base/bytes.ts';
import { RbError } from '../base/errors.ts';
import { Blake3 } from '../base/hash.ts';
import { LIMITS } from './limits.ts';

/*
 * A bundle is the container in which chunks are compressed, sent and kept: the same bytes on the wire and in
 * a pack. Little-endian; specified in docs/spec/repository.md:
 *    0  4  magic "RBB1"
 *    4  1  codec: 0 stored, 1 zstd
 *    5  1  kind of the chunks: 0 data, 1 list, 2 page, 3 snapshot
 *    6  2  number of chunks
 *    8  4  plain bytes: the sum of the chunks' lengths
 *   12  4  stored bytes: length of the body
 *   16 32  checksum: BLAKE3 of bytes 0..15, then of all from byte 48 to the end
 *   48 36n table: id (32) and length (4) of each chunk, in the order of the plain bytes
 *    …     body
 */

export const BUNDLE_HEAD_BYTES = 48;
const TABLE_ROW_BYTES = 36;
const MAGIC = 0x31424252;
const CHECKSUM_AT = 16;

export const CODECS = ['stored', 'zstd'] as const;
export type Codec = (typeof CODECS)[number];

export const CHUNK_KINDS = ['data', 'list', 'page', 'snapshot'] as const;
export type ChunkKind = (typeof CHUNK_KINDS)[number];

export type BundleHead = {
  readonly codec: Codec;
  readonly kind: ChunkKind;
  readonly chunkCount: number;
  readonly plainBytes: number;
  readonly storedBytes: number;
  readonly checksum: Uint8Array;
  /** Head, table and body together. */
  readonly recordBytes: number;
};

export type BundleChunk = {
  readonly id: Uint8Array;
  /** Where the chunk begins in the plain bytes. */
  readonly offset: number;
  readonly bytes: number;
};

export type Bundle = {
  readonly head: BundleHead;
  readonly chunks: readonly BundleChunk[];
  /** The stored bytes, a view on the record. */
  readonly body: Uint8Array;
};

/** Largest record there can be. */
export const BUNDLE_RECORD_BYTES: number =
  BUNDLE_HEAD_BYTES + LIMITS.bundleChunks * TABLE_ROW_BYTES + LIMITS.bundlePlainBytes;

/**
 * Reads and bounds-checks the first 48 bytes of a record: all that is needed to know its length.
 * @throws protocol; damaged-chunk if these are not a bundle's first bytes
 */
export function decodeBundleHead(bytes: Uint8Array): BundleHead {
  const input = new ByteReader(bytes.subarray(0, BUNDLE_HEAD_BYTES));
  if (bytes.length < BUNDLE_HEAD_BYTES || input.u32() !== MAGIC)
    throw damaged('does not begin as one');
  const codec = CODECS[input.u8()];
  const kind = CHUNK_KINDS[input.u8()];
  const chunkCount = input.u16();
  const plainBytes = input.u32();
  const storedBytes = input.u32();
  const checksum = input.bytes(32);
  if (codec === undefined || kind === undefined) throw damaged('has an unknown codec or kind');
  if (chunkCount === 0 || chunkCount > LIMITS.bundleChunks)
    throw damaged('has an impossible number of chunks');
  if (plainBytes === 0 || plainBytes > LIMITS.bundlePlainBytes)
    throw damaged('has an impossible length');
  const isStoredWhole = codec !== 'stored' || storedBytes === plainBytes;
  if (storedBytes === 0 || storedBytes > plainBytes || !isStoredWhole)
    throw damaged('has an impossible body');
  const recordBytes = BUNDLE_HEAD_BYTES + chunkCount * TABLE_ROW_BYTES + storedBytes;
  return { codec, kind, chunkCount, plainBytes, storedBytes, checksum, recordBytes };
}

/**
 * Reads a record's head and table. Views on `record`. Neither checksum nor ids are checked here.
 * @param record exactly one record, or at least its head and table if `isPartial`
 * @throws damaged-chunk
 */
export function decodeBundle(record: Uint8Array, isPartial: boolean = false): Bundle {
  const head = decodeBundleHead(record);
  if (!isPartial && record.length !== head.recordBytes)
    throw damaged('is longer or shorter than it says');
  const tableBytes = head.chunkCount * TABLE_ROW_BYTES;
  if (record.length < BUNDLE_HEAD_BYTES + tableBytes) throw damaged('is cut short');
  const table = new ByteReader(record.subarray(BUNDLE_HEAD_BYTES, BUNDLE_HEAD_BYTES + tableBytes));
  const chunks: BundleChunk[] = [];
  let offset = 0;
  for (let i = 0; i < head.chunkCount; i++) {
    const id = table.bytes(LIMITS.idBytes);
    const bytes = table.u32();
    if (bytes === 0 || bytes > LIMITS.chunkBytes)
      throw damaged('has a chunk of an impossible length');
    chunks.push({ id, offset, bytes });
    offset += bytes;
  }
  if (offset !== head.plainBytes) throw damaged("has chunks that don't add up to its length");
  return { head, chunks, body: record.subarray(BUNDLE_HEAD_BYTES + tableBytes, head.recordBytes) };
}

/** Bytes of a record in front of its body. */
export function bodyOffset(chunkCount: number): number {
  return BUNDLE_HEAD_BYTES + chunkCount * TABLE_ROW_BYTES;
}

/** A chunk as a record's table has it. */
export type BundleRow = { readonly id: Uint8Array; readonly bytes: number };

/**
 * Writes a record around a body. Chunks must lie one behind the other in the plain bytes, in this order.
 * @param body the plain bytes if `codec` is 'stored', else the compressed ones
 */
export function encodeBundle(
  kind: ChunkKind,
  codec: Codec,
  chunks: readonly BundleRow[],
  body: Uint8Array,
): Uint8Array {
  const bodyAt = bodyOffset(chunks.length);
  const record = new Uint8Array(bodyAt + body.length);
  record.set(body, bodyAt);
  completeBundle(record, kind, codec, chunks);
  return record;
}

/** Writes head and table of a record whose body is in its place already, behind {@link bodyOffset}. */
export function completeBundle(
  record: Uint8Array,
  kind: ChunkKind,
  codec: Codec,
  chunks: readonly BundleRow[],
): void {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  let plainBytes = 0;
  let at = BUNDLE_HEAD_BYTES;
  for (const { id, bytes } of chunks) {
    record.set(id, at);
    view.setUint32(at + LIMITS.idBytes, bytes, true);
    plainBytes += bytes;
    at += TABLE_ROW_BYTES;
  }
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, CODECS.indexOf(codec));
  view.setUint8(5, CHUNK_KINDS.indexOf(kind));
  view.setUint16(6, chunks.length, true);
  view.setUint32(8, plainBytes, true);
  view.setUint32(12, record.length - at, true);
  record.set(bundleChecksum(record), CHECKSUM_AT);
}

/** The checksum that a record should carry. */
export function bundleChecksum(record: Uint8Array): Uint8Array {
  const hash = new Blake3();
  hash.update(record.subarray(0, CHECKSUM_AT));
  hash.update(record.subarray(BUNDLE_HEAD_BYTES));
  return hash.digest();
}

/**
 * Checks the stored bytes of a whole record; needs no key and no decompression.
 * @throws damaged-chunk
 */
export function checkBundle(record: Uint8Array): void {
  const expected = record.subarray(CHECKSUM_AT, CHECKSUM_AT + 32);
  if (!equalBytes(expected, bundleChecksum(record))) throw damaged('does not match its checksum');
}

function damaged(why: string): RbError {
  return new RbError('damaged-chunk', `A bundle of chunks ${why}.`);
}
