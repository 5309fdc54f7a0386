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

/**
 * Reads one pack from front to back, as it was when that began, by its path: one that is only still open is gone.
 *
 * @param from records that begin before it are left out
 */
export async function* inspectPack(
  pack: Pack,
  reader: PackReader,
  doneBytesBefore: number,
  from: number = 0,
): AsyncGenerator<Inspection, void, void> {
  let doneBytes = doneBytesBefore;
  const { count, path } = pack;
  // The name of one that is being written means nothing yet, and it may grow.
  const isOpen = pack.name.startsWith('open-');
  let end = PACK_HEAD_BYTES;
  const ofPack = (why: string, place: Place | null = null): Inspection => {
    const problem = new RbError('damaged-chunk', `The pack ${escapeName(path)} ${why}.`);
    const at = { pack: pack.name, offset: end };
    return { where: escapeName(path), record: null, place, at, problem, doneBytes };
  };
  await reader.letGo(pack);
  const head = await reader.read(pack, 0, PACK_HEAD_BYTES).catch(() => null);
  // Of the pack as a whole: no record is at its beginning.
  const whole = placeOf(pack.number, 0);
  const isKnown = pack.isForgotten(0);
  if (from === 0 && !isKnown && (head === null || !equalBytes(head, PACK_HEAD)))
    yield ofPack('does not begin as one', whole);
  const names = new Blake3();
  let hasGap = from > 0;
  for (let i = 0; i < count; i++) {
    const offset = pack.offsetAt(i);
    const length = pack.lengthAt(i);
    if (offset < from) {
      end = offset + length;
      if (!pack.isForgotten(offset)) doneBytes += length;
      continue;
    }
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
    const at = { pack: pack.name, offset };
    yield { where, record, place: placeOf(pack.number, offset), at, problem, doneBytes };
  }
  if (isOpen) return;
  const fileBytes = await stat(pack.path).then(
    ({ size }) => size,
    () => end,
  );
  if (fileBytes > end && !pack.isForgotten(end))
    yield ofPack(
      `holds ${fileBytes - end} bytes at its end that are no record`,
      placeOf(pack.number, end),
    );
  // With records left out the name can't be recomputed, and what is wrong was said already.
  if (!isKnown && !hasGap && fileBytes === end && hex(names.digest()) !== pack.name)
    yield ofPack('has a name that is not its own', whole);
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
