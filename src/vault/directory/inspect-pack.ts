import { stat } from 'node:fs/promises';

import { equalBytes, hex } from '../../base/bytes.ts';
import { RbError, toRbError } from '../../base/errors.ts';
import { Blake3 } from '../../base/hash.ts';
import { escapeName } from '../../base/names.ts';
import { checkBundle, decodeBundle } from '../../model/bundle.ts';
import { placeOf } from '../chunk-index.ts';
import type { Inspection, Place } from '../vault.ts';
import { PACK_HEAD, PACK_HEAD_BYTES } from './pack-format.ts';
import type { PackReader } from './pack-reader.ts';
import type { Pack } from './pack.ts';

/** Reads one pack from front to back, as it was when that began. */
export async function* inspectPack(
  pack: Pack,
  reader: PackReader,
  doneBytesBefore: number,
): AsyncGenerator<Inspection, void, void> {
  let doneBytes = doneBytesBefore;
  const { count, path } = pack;
  // The name of one that is being written means nothing yet, and it may grow.
  const isOpen = pack.name.startsWith('open-');
  const ofPack = (why: string, place: Place | null = null): Inspection => {
    const problem = new RbError('damaged-chunk', `The pack ${escapeName(path)} ${why}.`);
    return { where: escapeName(path), record: null, place, problem, doneBytes };
  };
  const head = await reader.read(pack, 0, PACK_HEAD_BYTES).catch(() => null);
  if (head === null || !equalBytes(head, PACK_HEAD)) yield ofPack('does not begin as one');
  const names = new Blake3();
  let end = PACK_HEAD_BYTES;
  let hasGap = false;
  for (let i = 0; i < count; i++) {
    const offset = pack.offsetAt(i);
    const length = pack.lengthAt(i);
    if (offset !== end) {
      hasGap = true;
      const why = `holds ${offset - end} bytes at ${end} that are no record`;
      if (!pack.isForgotten(end)) yield ofPack(why, placeOf(pack.number, end));
    }
    end = offset + length;
    if (pack.isForgotten(offset)) {
      hasGap = true;
      continue;
    }
    doneBytes += length;
    const { record, problem } = await readRecord(pack, reader, offset, length);
    if (record === null) hasGap = true;
    else names.update(decodeBundle(record).head.checksum);
    const where = `${escapeName(path)} at ${offset}`;
    yield { where, record, place: placeOf(pack.number, offset), problem, doneBytes };
  }
  if (isOpen) return;
  const fileBytes = await stat(pack.path).then(
    ({ size }) => size,
    () => end,
  );
  if (fileBytes > end) yield ofPack(`holds ${fileBytes - end} bytes at its end that are no record`);
  // With records left out the name can't be recomputed, and what is wrong was said already.
  if (!hasGap && fileBytes === end && hex(names.digest()) !== pack.name)
    yield ofPack('has a name that is not its own');
}

async function readRecord(
  pack: Pack,
  reader: PackReader,
  offset: number,
  length: number,
): Promise<{ record: Uint8Array | null; problem: RbError | null }> {
  try {
    const record = await reader.read(pack, offset, length);
    checkBundle(record);
    decodeBundle(record);
    return { record, problem: null };
  } catch (error) {
    return { record: null, problem: toRbError(error, 'damaged-chunk') };
  }
}
