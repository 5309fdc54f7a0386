import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SharedArena } from '../../src/base/shared-arena.ts';
import { openDirectoryVault } from '../../src/vault/directory/open-directory-vault.ts';
import type { Place } from '../../src/vault/vault.ts';
import { FaultyDisk } from './faulty-files.ts';
import { appendAll, firstId, noiseRecord } from './records.ts';
import { tempFolder } from './temp-folder.ts';

test('several readers of one record share the reading, and each holds it until it has let go', async () => {
  const arena = new SharedArena(64 * 1024);
  const vault = await openDirectoryVault({ directory: tempFolder(), cacheBytes: 0, arena });
  const one = noiseRecord(1, 3, 4000);
  await appendAll(vault, [one]);
  assert.equal(arena.usedBytes, 0);
  const place = vault.find(firstId(one)) as Place;
  const leases = await Promise.all(Array.from({ length: 4 }, () => vault.read(place)));
  const used = arena.usedBytes;
  assert.ok(used >= one.record.length && used < 2 * one.record.length, `${used} bytes`);
  for (const lease of leases) {
    // Whatever is taken now must not lie where somebody still reads.
    const other = arena.take(one.record.length);
    other.bytes.fill(0xaa);
    assert.deepEqual(lease.bytes.slice(), one.record);
    other.release();
    lease.release();
  }
  assert.equal(arena.usedBytes, 0);
  await vault.close();
});

test('a reading that fails fails for all who share it, holds nothing, and the next one is made anew', async () => {
  const arena = new SharedArena(64 * 1024);
  const disk = new FaultyDisk();
  const options = { directory: tempFolder(), cacheBytes: 0, arena, openFile: disk.openFile };
  const vault = await openDirectoryVault(options);
  const one = noiseRecord(1, 3, 4000);
  await appendAll(vault, [one]);
  const place = vault.find(firstId(one)) as Place;
  disk.readFails = 'EIO';
  const failed = await Promise.allSettled(Array.from({ length: 3 }, () => vault.read(place)));
  assert.ok(failed.every(({ status }) => status === 'rejected'));
  assert.equal(arena.usedBytes, 0);
  disk.readFails = null;
  const lease = await vault.read(place);
  assert.deepEqual(lease.bytes.slice(), one.record);
  lease.release();
  assert.equal(arena.usedBytes, 0);
  await vault.close();
});

test('what was written or read last is read from memory', async () => {
  const disk = new FaultyDisk();
  const one = noiseRecord(1, 3, 4000);
  const two = noiseRecord(2, 3, 4000);
  const cacheBytes = one.record.length;
  const options = { directory: tempFolder(), cacheBytes, openFile: disk.openFile };
  const vault = await openDirectoryVault(options);
  await vault.append(one.record, one.bundle);
  const read = async ({ record, bundle }: typeof one): Promise<void> => {
    const lease = await vault.read(vault.find(firstId({ record, bundle })) as Place);
    assert.deepEqual(lease.bytes.slice(), record);
    lease.release();
  };
  disk.readFails = 'EIO';
  await read(one);
  await vault.append(two.record, two.bundle);
  await read(two);
  await assert.rejects(read(one));
  disk.readFails = null;
  await read(one);
  disk.readFails = 'EIO';
  await read(one);
  await vault.close();
});
