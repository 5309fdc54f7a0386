import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { PackSeal } from '../../src/vault/directory/pack-seal.ts';
import {
  decodePackIndex,
  encodePackIndex,
  PACK_HEAD,
  packName,
  tableOf,
} from '../../src/vault/directory/pack-format.ts';
import type { IndexedRecord } from '../../src/vault/directory/pack-format.ts';
import { Pack } from '../../src/vault/directory/pack.ts';
import { recordOf } from './records.ts';
import { tempFolder } from './temp-folder.ts';

type Sealed = {
  readonly path: string;
  readonly pack: Pack;
  readonly seal: PackSeal;
  readonly records: readonly IndexedRecord[];
  readonly writeIndex: () => Promise<Uint8Array>;
};

/** A pack of these numbers of chunks a record, as its file and as its seal. */
function sealed(counts: readonly number[]): Sealed {
  const folder = tempFolder();
  const path = join(folder, 'a.pack');
  const pack = new Pack(0, path);
  const seal = new PackSeal();
  const parts: Uint8Array[] = [PACK_HEAD];
  const records: IndexedRecord[] = [];
  let offset = PACK_HEAD.length;
  for (const [seed, count] of counts.entries()) {
    const { record, bundle } = recordOf(
      Array.from({ length: count }, (_, at) => Buffer.from(`chunk ${at} of ${seed}`)),
    );
    seal.add(record, bundle.head);
    pack.add(offset, bundle.head);
    records.push({ offset, table: tableOf(record, bundle), head: bundle.head });
    parts.push(record);
    offset += record.length;
  }
  writeFileSync(path, Buffer.concat(parts));
  const writeIndex = async (): Promise<Uint8Array> => {
    const handle = await open(path, 'r');
    const index = join(folder, 'a.index');
    try {
      await seal.writeIndex(handle, pack, index);
    } finally {
      await handle.close();
    }
    return new Uint8Array(readFileSync(index));
  };
  return { path, pack, seal, records, writeIndex };
}

test('the index of a pack that is read again is that of the records that were written', async () => {
  // Tables shorter and longer than a first read, and more of them together than one piece.
  for (const counts of [
    [1],
    [3, 500, 1, 2, 8192, 8192, 7, 120],
    Array.from({ length: 60 }, () => 200),
  ]) {
    const { seal, records, path, writeIndex } = sealed(counts);
    const index = await writeIndex();
    assert.deepEqual(index, encodePackIndex(records));
    assert.equal(seal.name, packName(records));
    const decoded = decodePackIndex(index, seal.name, statSync(path).size);
    assert.equal(decoded.length, counts.length);
  }
});

test('a pack that no longer holds a table as it was written gets no index to be believed', async () => {
  const { path, records, seal, writeIndex } = sealed([3, 40, 5]);
  const whole = readFileSync(path);
  const second = records[1]?.offset ?? 0;
  // Its magic, its number of chunks, an id and the length of a chunk.
  for (const at of [second, second + 6, second + 50, second + 48 + 33]) {
    const hurt = Uint8Array.from(whole);
    hurt[at] = (hurt[at] as number) ^ 1;
    writeFileSync(path, hurt);
    await assert.rejects(writeIndex(), { code: 'damaged-chunk' });
    const left = path.replace('.pack', '.index');
    const bytes = existsSync(left) ? new Uint8Array(readFileSync(left)) : new Uint8Array(0);
    assert.throws(() => decodePackIndex(bytes, seal.name, whole.length));
  }
  writeFileSync(path, whole);
  truncateSync(path, (records[2]?.offset ?? 0) + 20);
  await assert.rejects(writeIndex(), { code: 'damaged-chunk' });
});
