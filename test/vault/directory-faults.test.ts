import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
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

test('after a sync that failed the unsynced is gone, what was synced stays, and the vault goes on by itself', async () => {
  const directory = tempFolder();
  const disk = new FaultyDisk();
  const vault = await openDirectoryVault({ directory, openFile: disk.openFile });
  const [one, two, three] = [noiseRecord(1), noiseRecord(2), noiseRecord(3)];
  await appendAll(vault, [one]);
  await vault.sync();
  const before = vault.stats();
  await appendAll(vault, [two]);
  disk.syncFails = 'EIO';
  await assert.rejects(
    vault.sync(),
    (error) => isRbError(error, 'dir-unwritable') && error.retry && /EIO/.test(error.message),
  );
  assert.equal(vault.losses, 1);
  assert.equal(vault.has(firstId(two)), false);
  assert.deepEqual(vault.stats(), before);
  assert.deepEqual((await vault.read(vault.find(firstId(one)) as Place)).bytes.slice(), one.record);
  await appendAll(vault, [two]);
  await assert.rejects(vault.sync(), (error) => isRbError(error, 'dir-unwritable'));
  assert.equal(vault.losses, 2);

  disk.syncFails = null;
  await appendAll(vault, [two, three]);
  await vault.sync();
  assert.equal(vault.losses, 2);
  for await (const { problem } of vault.inspect()) assert.equal(problem, null);
  await vault.close();
  const again = await openDirectoryVault({ directory });
  for (const each of [one, two, three]) {
    const found = await again.read(again.find(firstId(each)) as Place);
    assert.deepEqual(found.bytes.slice(), each.record);
  }
  for await (const { problem } of again.inspect()) assert.equal(problem, null);
  await again.close();
});

test('what is written while a sync fails is gone as well, and its callers learn of it', async () => {
  const disk = new FaultyDisk();
  const vault = await openDirectoryVault({ directory: tempFolder(), openFile: disk.openFile });
  const [one, two, three] = [noiseRecord(1), noiseRecord(2), noiseRecord(3)];
  await appendAll(vault, [one]);
  disk.syncFails = 'EIO';
  const letSync = disk.holdSyncs();
  const failing = vault.sync();
  await disk.syncBegan;
  await appendAll(vault, [two]);
  const next = vault.sync();
  letSync();
  await assert.rejects(failing);
  disk.syncFails = null;
  await assert.rejects(next, (error) => isRbError(error, 'dir-unwritable'));
  assert.deepEqual(
    [one, two].map((each) => vault.has(firstId(each))),
    [false, false],
  );
  await appendAll(vault, [three]);
  await vault.sync();
  assert.equal(vault.stats().records, 1);
  await vault.close();
});

test('a sync waits for the packs that were filled before it was asked for, also while the one before is closed', async () => {
  const directory = tempFolder();
  const disk = new FaultyDisk();
  const records = Array.from({ length: 6 }, (_, i) => noiseRecord(i));
  const recordBytes = records[0]?.record.length ?? 0;
  const vault = await openDirectoryVault({
    directory,
    openFile: disk.openFile,
    packBytes: recordBytes * 2.5,
  });
  const letSync = disk.holdSyncs();
  // Two fill a pack, the next two another, and the fifth waits for the first one's closing.
  await appendAll(vault, records.slice(0, 4));
  await disk.syncBegan;
  const fifth = appendAll(vault, records.slice(4, 5));
  const before = [...disk.dirty];
  assert.equal(before.length, 2);
  const left = vault.sync().then(() => before.filter((path) => disk.dirty.has(path)));
  letSync();
  await fifth;
  assert.deepEqual(await left, []);
  await vault.close();
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

test('a read-only disk is refused with a sentence', async () => {
  const directory = tempFolder();
  if (process.getuid?.() === 0) {
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', directory]);
    assert.equal(status, 0, String(stderr));
  } else {
    chmodSync(directory, 0o500);
  }
  try {
    await assert.rejects(openDirectoryVault({ directory }), (error) =>
      isRbError(error, 'dir-unwritable'),
    );
  } finally {
    if (process.getuid?.() === 0) spawnSync('umount', [directory]);
  }
});

test('an open pack that the disk cannot read is left as it is, and whole when it can be read again', async () => {
  const directory = tempFolder();
  const disk = new FaultyDisk();
  const first = await openDirectoryVault({ directory });
  const records = [noiseRecord(1), noiseRecord(2)];
  await appendAll(first, records);
  await first.close();
  disk.readFails = 'EIO';
  const told: string[] = [];
  const onProblem = (message: string): void => void told.push(message);
  const second = await openDirectoryVault({ directory, openFile: disk.openFile, onProblem });
  assert.match(told.join(), /can't read all of/);
  assert.equal(second.stats().records, 0);
  await second.close();
  const third = await openDirectoryVault({ directory });
  for (const each of records) assert.equal(third.has(firstId(each)), true);
  await third.close();
});

test('a directory whose place is taken by a file is refused with a sentence', async () => {
  const directory = join(tempFolder(), 'file');
  writeFileSync(directory, '');
  await assert.rejects(openDirectoryVault({ directory }), (error) =>
    isRbError(error, 'dir-unwritable'),
  );
});
