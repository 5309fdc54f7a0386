import { open, rename, rm } from 'node:fs/promises';

import { equalBytes } from '../../base/bytes.ts';
import { escapeName } from '../../base/names.ts';
import { PACK_HEAD, PACK_HEAD_BYTES } from './pack-format.ts';
import type { IndexedRecord } from './pack-format.ts';
import { removeOffsets } from './record-offsets.ts';

/** Does away with an open pack of which nothing can be read: for good only if nothing is known to have been in it. */
export async function leaveAside(
  path: string,
  hadRecords: boolean,
  onProblem: (message: string) => void,
): Promise<void> {
  if (hadRecords) {
    const aside = `${path}.damaged`;
    await rename(path, aside);
    onProblem(
      `Nothing of the pack ${escapeName(path)} can be read any more; it is kept as ${escapeName(aside)}. The next backup sends again what is missing.`,
    );
  } else await rm(path);
  await removeOffsets(path);
}

/** Tells what of an open pack is no record, its end aside. */
export async function tellDamage(
  path: string,
  records: readonly IndexedRecord[],
  onProblem: (message: string) => void,
): Promise<void> {
  if (!(await beginsWell(path)))
    onProblem(`The first bytes of the pack ${escapeName(path)} were damaged; they are mended.`);
  let end = PACK_HEAD_BYTES;
  for (const { offset, head } of records) {
    if (offset > end) {
      const damaged = `${offset - end} bytes at ${end} of ${escapeName(path)} are damaged`;
      onProblem(`${damaged}; the next backup sends again what is missing.`);
    }
    end = offset + head.recordBytes;
  }
}

async function beginsWell(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(PACK_HEAD_BYTES), 0, PACK_HEAD_BYTES, 0);
    return equalBytes(buffer, PACK_HEAD);
  } finally {
    await file.close();
  }
}
