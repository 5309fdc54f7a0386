import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { openFile } from '../../src/vault/directory/open-pack.ts';
import type { OpenFile } from '../../src/vault/directory/open-pack.ts';
import { openDirectoryVault } from '../../src/vault/directory/open-directory-vault.ts';
import type { Place, Vault } from '../../src/vault/vault.ts';
import { appendAll, firstId, noise, noiseRecord, recordOf } from './records.ts';
import { tempFolder } from './temp-folder.ts';
import { packsOf, readBack, threePacks } from './three-packs.ts';

/** Counts how many files are open. */
class CountedFiles {
  openNow = 0;
  mostOpen = 0;

  readonly open: OpenFile = async (path, flags, mode) => {
    const handle = await openFile(path, flags, mode);
    this.mostOpen = Math.max(this.mostOpen, ++this.openNow);
    const close = handle.close.bind(handle);
    handle.close = async () => {
      this.openNow--;
      await close();
    };
    return handle;
  };
}

async function kindsOf(vault: Vault): Promise<Record<string, number>> {
  const kinds: Record<string, number> = {};
  for (const kind of ['data', 'list', 'page', 'snapshot'] as const) {
    kinds[kind] = 0;
    for await (const record of vault.records(kind)) {
      assert.equal(record.kind, kind);
      kinds[kind]++;
    }
  }
  return kinds;
}

test('hundreds of records of all kinds in one pack are what they were when it is opened again', async () => {
  const directory = tempFolder();
  const kinds = ['data', 'list', 'page', 'snapshot'] as const;
  const records = Array.from({ length: 700 }, (_, i) =>
    recordOf([noise(i, 40 + (i % 9))], kinds[i % 7] ?? 'data'),
  );
  const first = await openDirectoryVault({ directory });
  await appendAll(first, records);
  const stats = first.stats();
  assert.equal(stats.records, 700);
  assert.deepEqual(await kindsOf(first), { data: 400, list: 100, page: 100, snapshot: 100 });
  await first.close();
  const again = await openDirectoryVault({ directory, cacheBytes: 0 });
  assert.deepEqual(again.stats(), stats);
  assert.deepEqual(await kindsOf(again), { data: 400, list: 100, page: 100, snapshot: 100 });
  for (const one of records) await readBack(again, one);
  await again.close();
});

test('of a chunk that two packs have the newer one is found', async () => {
  const directory = tempFolder();
  const shared = noise(1, 3000);
  const older = recordOf([shared, noise(2, 10)]);
  const newer = recordOf([noise(3, 20), shared]);
  for (const one of [older, newer, noiseRecord(9)]) {
    const vault = await openDirectoryVault({ directory, packBytes: 2000 });
    await appendAll(vault, [one]);
    await vault.close();
  }
  const ofNewer = (path: string): boolean => readFileSync(path).includes(Buffer.from(noise(3, 20)));
  for (const isNewer of [true, false]) {
    for (const path of packsOf(directory)) {
      const seconds = ofNewer(path) === isNewer ? 2_000_000 : 1_000_000;
      utimesSync(path, seconds, seconds);
    }
    const vault = await openDirectoryVault({ directory });
    const lease = await vault.read(vault.find(firstId(older)) as Place);
    assert.deepEqual(lease.bytes.slice(), (isNewer ? newer : older).record);
    lease.release();
    await vault.close();
  }
});

test('of a hundred packs at most 64 are kept open, and none when the vault is closed', async () => {
  const directory = tempFolder();
  const files = new CountedFiles();
  const records = Array.from({ length: 100 }, (_, i) => noiseRecord(i, 1, 300));
  const vault = await openDirectoryVault({
    directory,
    packBytes: 100,
    cacheBytes: 0,
    openFile: files.open,
  });
  await appendAll(vault, records);
  files.mostOpen = 0;
  for (const one of records) await readBack(vault, one);
  for (const one of records) await readBack(vault, one);
  // And the one that is written.
  assert.ok(files.mostOpen >= 64 && files.mostOpen <= 66, `${files.mostOpen} open`);
  await Promise.all(records.map((one) => readBack(vault, one)));
  await vault.close();
  assert.equal(files.openNow, 0);
});

test('a pack whose reading failed for one reader is closed when the last one has done with it', async () => {
  const { directory, records, bytes } = await threePacks();
  const [pack] = packsOf(directory) as [string];
  const files = new CountedFiles();
  const vault = await openDirectoryVault({ directory, cacheBytes: 0, openFile: files.open });
  truncateSync(pack, 8 + 2 * bytes + 100);
  for (let times = 0; times < 3; times++) {
    const readings = await Promise.allSettled(records.map((one) => readBack(vault, one)));
    const failed = readings.filter(({ status }) => status === 'rejected');
    assert.equal(failed.length, 1);
  }
  await vault.close();
  assert.equal(files.openNow, 0);
});

test('what is no pack is left where it is, and nothing is told of it', async () => {
  const { directory, records } = await threePacks();
  const packs = join(directory, 'packs');
  const names = [
    'open-1.pack',
    'open-0123456789abcdef.pack.old',
    'ab',
    `xy/${'0'.repeat(64)}.pack`,
  ];
  const stray = [...names, 'cd/short.pack', `ce/${'0'.repeat(64)}.pack.bak`, 'open-.index'];
  for (const name of stray) {
    mkdirSync(join(packs, name, '..'), { recursive: true });
    writeFileSync(join(packs, name), 'not a pack');
  }
  const told: string[] = [];
  const vault = await openDirectoryVault({ directory, onProblem: (one) => told.push(one) });
  assert.equal(vault.stats().records, records.length);
  await vault.close();
  assert.deepEqual(told, []);
  for (const name of stray) assert.ok(existsSync(join(packs, name)), name);
});

test('a record of many chunks is listed with all of them', async () => {
  const many = recordOf(Array.from({ length: 500 }, (_, i) => noise(i, 30)));
  const vault = await openDirectoryVault({ directory: tempFolder() });
  await appendAll(vault, [noiseRecord(9001), many]);
  const listed = [];
  for await (const { chunks, recordBytes } of vault.records())
    listed.push({ bytes: recordBytes, ids: chunks.map(({ id }) => id.slice()) });
  assert.deepEqual(listed[1], {
    bytes: many.record.length,
    ids: many.bundle.chunks.map(({ id }) => id),
  });
  assert.equal(listed.length, 2);
  await vault.close();
});
