import assert from 'node:assert';

import { equalBytes } from '../base/bytes.ts';
import { RbError } from '../base/errors.ts';
import { blake3 } from '../base/hash.ts';
import { checkBundle, decodeBundle, encodeBundle } from '../model/bundle.ts';
import type { Bundle, ChunkKind } from '../model/bundle.ts';
import { LIMITS } from '../model/limits.ts';
import { compress, decompress } from './compress.ts';

/**
 * Length of a buffer that holds the plain bytes of the bundles that are many: those of small files, which are closed at
 * 1 MiB and end with a file of at most 256 KiB.
 */
export const ROOM_BYTES: number = 1280 * 1024;

/** Where chunks lie: number i has the id `ids[32 i .. 32 i + 32)` and `lengths[i]` bytes from `offsets[i]` on. */
export type ChunkTable = {
  readonly ids: Uint8Array;
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
};

/** A bundle that was checked, and where its chunks lie in its plain bytes. */
export type VerifiedBundle = {
  readonly kind: ChunkKind;
  readonly chunks: ChunkTable;
  readonly plain: Uint8Array;
};

/**
 * One bundle record, in an array buffer of its own, of chunks that lie anywhere in `arena`, in the table's
 * order. The ids are trusted: whoever cut the chunks has hashed them. The arena is only read.
 *
 * @param level of zstd; 0 stores the bytes as they are
 */
export function packChunks(
  kind: ChunkKind,
  arena: Uint8Array,
  table: ChunkTable,
  level?: number,
): Uint8Array {
  const chunks: { id: Uint8Array; bytes: number }[] = [];
  for (const [index, bytes] of table.lengths.entries()) {
    chunks.push({
      id: table.ids.subarray(index * LIMITS.idBytes, (index + 1) * LIMITS.idBytes),
      bytes,
    });
  }
  assert(chunks.length > 0 && chunks.length <= LIMITS.bundleChunks, 'number of chunks in a bundle');
  const plain = gather(arena, table);
  const packed = level === 0 ? null : compress(plain, level);
  return encodeBundle(kind, packed === null ? 'stored' : 'zstd', chunks, packed ?? plain);
}

/**
 * Checks a bundle record in full: the checksum of the stored bytes, that they decode to the length they say,
 * and the id of every chunk.
 *
 * @param room for the plain bytes, used if it is long enough
 * @returns `plain` is a view on the record if that is stored plain, else on `room` or an array buffer of its own
 * @throws RbError `damaged-chunk`
 */
export function openBundle(record: Uint8Array, room?: Uint8Array): VerifiedBundle {
  const bundle = decodeBundle(record);
  checkBundle(record);
  const { head, body } = bundle;
  const plain =
    head.codec === 'stored'
      ? body
      : decompress(
          body,
          head.plainBytes,
          (room?.length ?? 0) >= head.plainBytes ? room : undefined,
        );
  return { kind: head.kind, chunks: checkIds(bundle, plain), plain };
}

function checkIds(bundle: Bundle, plain: Uint8Array): ChunkTable {
  const count = bundle.chunks.length;
  const ids = new Uint8Array(count * LIMITS.idBytes);
  const offsets = new Uint32Array(count);
  const lengths = new Uint32Array(count);
  for (const [index, { id, offset, bytes }] of bundle.chunks.entries()) {
    if (!equalBytes(blake3(plain.subarray(offset, offset + bytes)), id)) {
      throw new RbError('damaged-chunk', 'A chunk in a bundle does not match its id.', {
        context: { offset, bytes },
      });
    }
    ids.set(id, index * LIMITS.idBytes);
    offsets[index] = offset;
    lengths[index] = bytes;
  }
  return { ids, offsets, lengths };
}

/** The chunks one behind the other: a view if they already lie so, as all chunks of an arena do. */
function gather(arena: Uint8Array, { offsets, lengths }: ChunkTable): Uint8Array {
  const first = offsets[0] as number;
  let total = 0;
  let isContiguous = true;
  for (const [index, bytes] of lengths.entries()) {
    const offset = offsets[index] as number;
    assert(offset + bytes <= arena.length, 'a chunk outside its arena');
    isContiguous &&= offset === first + total;
    total += bytes;
  }
  assert(total <= LIMITS.bundlePlainBytes, 'too many bytes for one bundle');
  if (isContiguous) return arena.subarray(first, first + total);
  const plain = Buffer.allocUnsafeSlow(total);
  let at = 0;
  for (const [index, bytes] of lengths.entries()) {
    const offset = offsets[index] as number;
    plain.set(arena.subarray(offset, offset + bytes), at);
    at += bytes;
  }
  return plain;
}
