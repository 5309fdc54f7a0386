import { equalBytes } from '../base/bytes.ts';
import { RbError } from '../base/errors.ts';
import { blake3 } from '../base/hash.ts';
import { checkBundle, decodeBundle } from '../model/bundle.ts';
import type { Bundle, ChunkKind } from '../model/bundle.ts';
import { LIMITS } from '../model/limits.ts';
import { decompress } from './compress.ts';

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
