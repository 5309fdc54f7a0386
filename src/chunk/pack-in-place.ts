import assert from 'node:assert';

import { copyBytes } from '../base/bytes.ts';
import { bodyOffset, completeBundle } from '../model/bundle.ts';
import type { BundleRow, ChunkKind } from '../model/bundle.ts';
import { LIMITS } from '../model/limits.ts';
import type { ChunkTable } from './bundle-jobs.ts';
import { compress } from './compress.ts';

/**
 * Makes one bundle record of chunks that lie in `room`, and puts it there too: compressed at the beginning, or stored,
 * without a copy, where the chunks are. All of `room` is overwritten. The ids are trusted: whoever cut the chunks
 * has hashed them.
 *
 * @param table offsets are those in `room`, rising, the first one at least `bodyOffset` of their number
 * @param level of zstd; 0 stores the bytes as they are
 * @returns the record, a view on `room`
 */
export function packInPlace(
  kind: ChunkKind,
  room: Uint8Array,
  table: ChunkTable,
  level?: number,
): Uint8Array {
  const rows = rowsOf(table);
  const headBytes = bodyOffset(rows.length);
  const plainAt = table.offsets[0] as number;
  assert(plainAt >= headBytes, 'room for the head of a record');
  const plain = gather(room, table);
  const packed = level === 0 ? null : compress(plain, level);
  if (packed !== null) copyBytes(packed, room, headBytes);
  const record =
    packed === null
      ? room.subarray(plainAt - headBytes, plainAt + plain.length)
      : room.subarray(0, headBytes + packed.length);
  completeBundle(record, kind, packed === null ? 'stored' : 'zstd', rows);
  return record;
}

function rowsOf({ ids, lengths }: ChunkTable): readonly BundleRow[] {
  assert(lengths.length > 0 && lengths.length <= LIMITS.bundleChunks, 'number of chunks');
  const rows: BundleRow[] = [];
  for (const [index, bytes] of lengths.entries()) {
    rows.push({ id: ids.subarray(index * LIMITS.idBytes, (index + 1) * LIMITS.idBytes), bytes });
  }
  return rows;
}

/** Moves the chunks up to the first one where there are gaps between them. @returns all of them */
function gather(room: Uint8Array, { offsets, lengths }: ChunkTable): Uint8Array {
  const first = offsets[0] as number;
  let end = first;
  for (const [index, bytes] of lengths.entries()) {
    const offset = offsets[index] as number;
    assert(offset >= end && offset + bytes <= room.length, 'chunks in order, inside their room');
    if (offset > end) copyBytes(room.subarray(offset, offset + bytes), room, end);
    end += bytes;
  }
  assert(end - first <= LIMITS.bundlePlainBytes, 'too many bytes for one bundle');
  return room.subarray(first, end);
}
