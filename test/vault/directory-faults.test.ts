import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { isRbError } from '../../src/base/errors.ts';
import { openDirectoryVault } from '../../src/vault/directory/open-directory-vault.ts';
import type { Place } from '../../src/vault/vault.ts';
import { FaultyDisk } from './faulty-files.ts';
import { appendAll, firstId, noiseRecord } from './records.ts';
import { tempFolder } from './temp-folder.ts';

const run = promisify(execFile);

test('a full disk refuses the record, keeps the others, and takes it once there is space', async () => {
  const directory = tempFolder();
  const disk = new FaultyDisk();
  const vault = await openDirectoryVault({ directory, openFile: disk.openFile });
  const [one, two, three] = [noiseRecord(1), noiseRecord(2), noiseRecord(3)];
  await appendAll(vault, [one]);
  disk.freeBytes = two.record.length - 1;
  await assert.rejects(
    vault.append(two.record, two.bundle),
    (error) => isRbError(error, 'disk-full') && error.retry,
  );
  assert.equal(vault.has(firstId(two)), false);
  assert.deepEqual((await vault.read(vault.find(firstId(one)) as Place)).bytes.slice(), one.record);
  disk.freeBytes = Number.POSITIVE_INFINITY;
  await appendAll(vault, [two, three]);
  await vault.sync();
  await vault.close();
  const again = await openDirectoryVault({ directory });
  for (const each of [one, two, three]) {
    assert.deepEqual(
      (await again.read(again.find(firstId(each)) as Place)).bytes.slice(),
      each.record,
    );
  }
  await again.close();
});

test('a disk that is full from the start leaves nothing behind', async () => {
  const directory = tempFolder();
  const disk = new FaultyDisk();
  disk.freeBytes = 0;
  const vault = await openDirectoryVault({ directory, openFile: disk.openFile });
  const one = noiseRecord(1);
  await assert.rejects(vault.append(one.record, one.bundle), (error) =>
    isRbError(error, 'disk-full'),
  );
  await vault.sync();
  await vault.close();
  assert.deepEqual(readdirSync(join(directory, 'packs')), []);
});

test('after a sync that failed nothing is written any more, and what was unsynced is gone at the next start', async () => {
  const directory = tempFolder();
  const disk = new FaultyDisk();
  const vault = await openDirectoryVault({ directory, openFile: disk.openFile });
  const [one, two] = [noiseRecord(1), noiseRecord(2)];
  await appendAll(vault, [one]);
  await vault.sync();
  await appendAll(vault, [two]);
  disk.syncFails = 'EIO';
  const isFinal = (error: unknown): boolean => isRbError(error, 'dir-unwritable') && !error.retry;
  await assert.rejects(vault.sync(), isFinal);
  disk.syncFails = null;
  await assert.rejects(vault.sync(), isFinal);
  await assert.rejects(vault.append(two.record, noiseRecord(3).bundle), isFinal);
  assert.deepEqual((await vault.read(vault.find(firstId(one)) as Place)).bytes.slice(), one.record);
  await assert.rejects(vault.close(), isFinal);
  const again = await openDirectoryVault({ directory });
  assert.equal(again.has(firstId(one)), true);
  assert.equal(again.has(firstId(two)), false);
  await again.close();
});

test('many callers of sync share a few rounds, and none is needed when nothing is new', async () => {
  const disk = new FaultyDisk();
  const vault = await openDirectoryVault({ directory: tempFolder(), openFile: disk.openFile });
  await appendAll(vault, [noiseRecord(1)]);
  await Promise.all(Array.from({ length: 50 }, () => vault.sync()));
  assert.ok(disk.syncs <= 2, `${disk.syncs} rounds`);
  const before = disk.syncs;
  await vault.sync();
  assert.equal(disk.syncs, before);
  await vault.close();
});

test('a read that fails for want of descriptors is not taken for damage', async () => {
  const disk = new FaultyDisk();
  const vault = await openDirectoryVault({
    directory: tempFolder(),
    openFile: disk.openFile,
    cacheBytes: 0,
  });
  const one = noiseRecord(1);
  await appendAll(vault, [one]);
  const place = vault.find(firstId(one)) as Place;
  disk.readFails = 'EMFILE';
  await assert.rejects(vault.read(place), (error) => isRbError(error, 'unreadable') && error.retry);
  disk.readFails = 'EIO';
  await assert.rejects(vault.read(place), (error) => isRbError(error, 'damaged-chunk'));
  disk.readFails = null;
  assert.deepEqual((await vault.read(place)).bytes.slice(), one.record);
  await vault.close();
});

test('a second hub on the same directory is refused, in this process and from another', async () => {
  const directory = tempFolder();
  const vault = await openDirectoryVault({ directory });
  await assert.rejects(openDirectoryVault({ directory }), (error) =>
    isRbError(error, 'hub-in-use'),
  );
  const script = join(directory, 'second.ts');
  const target = new URL('../../src/vault/directory/open-directory-vault.ts', import.meta.url).href;
  writeFileSync(
    script,
    `const { openDirectoryVault } = await import(${JSON.stringify(target)});
    await openDirectoryVault({ directory: process.argv[2] }).then(
      async (vault) => { await vault.close(); console.log('opened'); },
      (error) => console.log(error.code),
    );`,
  );
  const second = async (): Promise<string> =>
    (await run(process.execPath, [script, directory])).stdout.trim();
  assert.equal(await second(), 'hub-in-use');
  await vault.close();
  assert.equal(await second(), 'opened');
  const again = await openDirectoryVault({ directory });
  await again.close();
});

test('a directory that may not be written is refused with a sentence', async (t) => {
  if (process.getuid?.() === 0) {
    t.skip('root may write everywhere');
    return;
  }
  const directory = tempFolder();
  chmodSync(directory, 0o500);
  await assert.rejects(openDirectoryVault({ directory }), (error) =>
    isRbError(error, 'dir-unwritable'),
  );
});

test('a directory whose place is taken by a file is refused with a sentence', async () => {
  const directory = join(tempFolder(), 'file');
  writeFileSync(directory, '');
  await assert.rejects(openDirectoryVault({ directory }), (error) =>
    isRbError(error, 'dir-unwritable'),
  );
});
