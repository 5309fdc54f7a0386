import { RbError } from '../../base/errors.ts';
import { BUNDLE_HEAD_BYTES, decodeBundle, decodeBundleHead } from '../../model/bundle.ts';
import type { Bundle, ChunkKind } from '../../model/bundle.ts';
import { placeOf } from '../chunk-index.ts';
import type { VaultRecord } from '../vault.ts';
import type { PackReader } from './pack-reader.ts';
import type { Pack } from './pack.ts';

const TABLE_ROW_BYTES = 36;
/** Covers the head and the table of most records at once. */
const FIRST_READ_BYTES = 4096;

/** The records of a pack, or those of one kind, read one by one; unreadable ones are left out. */
export async function* recordsOf(
  pack: Pack,
  reader: PackReader,
  kind?: ChunkKind,
): AsyncGenerator<VaultRecord, void, void> {
  const { count } = pack;
  for (let i = 0; i < count; i++) {
    const offset = pack.offsetAt(i);
    if (pack.isForgotten(offset) || (kind !== undefined && pack.kindAt(i) !== kind)) continue;
    const bundle = await readTable(pack, reader, i);
    if (bundle === null) continue;
    const { head, chunks } = bundle;
    yield {
      place: placeOf(pack.number, offset),
      kind: head.kind,
      recordBytes: pack.lengthAt(i),
      chunks,
    };
  }
}

async function readTable(pack: Pack, reader: PackReader, index: number): Promise<Bundle | null> {
  const offset = pack.offsetAt(index);
  const length = pack.lengthAt(index);
  try {
    let bytes = await reader.read(pack, offset, Math.min(length, FIRST_READ_BYTES));
    const needed = BUNDLE_HEAD_BYTES + decodeBundleHead(bytes).chunkCount * TABLE_ROW_BYTES;
    if (needed > bytes.length) bytes = await reader.read(pack, offset, Math.min(length, needed));
    return decodeBundle(bytes, true);
  } catch (error) {
    if (error instanceof RbError && error.code !== 'unreadable') return null;
    throw error;
  }
}
