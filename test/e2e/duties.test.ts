import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { Trust } from './closed-hub.ts';
import type { Device } from './closed-hub.ts';
import { received } from './stage.ts';
import { assertSameTree } from './trees.ts';

async function snapshotsOf(device: Device): Promise<string[]> {
  const { lines } = await device.run('snapshots');
  return lines.filter(({ event }) => event === 'snapshot').map(({ snapshot }) => String(snapshot));
}

test('a device adds snapshots and removes none, until it is told that it may', async () => {
  await using trust = await Trust.open();
  const { source, stage } = trust;
  const ana = await trust.invited('ana');
  const first = await ana.backup(source);
  await appendFile(join(source, 'a.txt'), ', and more');
  const second = await ana.backup(source);

  await ana.isRefused('not-allowed', 'forget', first);
  const [device] = (await trust.admin('users', 'devices', '--json')).filter(
    ({ event }) => event === 'device',
  );
  assert.equal(device?.['duty'], 'add');
  await trust.admin('users', 'duty', String(device['fingerprint']).slice(0, 12), 'all');
  const newest = await ana.run('forget', second);
  assert.deepEqual([newest.status, newest.done['code']], [2, 'usage']);
  const { status, lines } = await ana.run('forget', first.slice(0, 10));
  assert.equal(status, 0);
  assert.equal(lines[0]?.['snapshot'], first);
  assert.deepEqual(await snapshotsOf(ana), [second]);
  const gone = await ana.run('restore', first, stage.path('back'));
  assert.deepEqual([gone.status, gone.done['code']], [1, 'not-found']);
  assert.equal((await ana.run('restore', second, stage.path('back'))).status, 0);
  assertSameTree(stage.path('back'), source);
  const [checked] = await trust.admin('check', '--json');
  assert.equal(checked?.['ok'], true);
});

test('what was forgotten does not come back with a catalog that is made again from the vault', async () => {
  await using trust = await Trust.open();
  const { source, stage, hub } = trust;
  const ana = await trust.invited('ana', 'ana', '--may-remove');
  const first = await ana.backup(source);
  await appendFile(join(source, 'a.txt'), ', and more');
  const second = await ana.backup(source);
  assert.equal((await ana.run('forget', first)).status, 0);
  await hub.program.stop();
  const { rm } = await import('node:fs/promises');
  for (const name of ['catalog.db', 'catalog.db-wal', 'catalog.db-shm'])
    await rm(join(hub.dir, name), { force: true });
  await hub.restart();
  const again = trust.device('again');
  const code = await trust.invite('ana');
  assert.equal((await again.run('login', code)).status, 0);
  assert.deepEqual(await snapshotsOf(again), [second]);
  assert.equal((await again.run('restore', second, stage.path('back'))).status, 0);
});

test('a device that is a destination only receives, and does nothing else', async () => {
  await using trust = await Trust.open();
  const { source, stage } = trust;
  const ana = await trust.invited('ana');
  const nas = await trust.invited('ana', 'nas', '--destination');
  const snapshot = await ana.backup(source);
  const copy = nas.start('receive', stage.path('copy'), '--once');
  await received(copy, snapshot);
  assertSameTree(stage.path('copy', 'ana@host-ana', 'letters'), source);
  assert.equal((await nas.run('verify', stage.path('copy'))).status, 0);
  await nas.isRefused('not-allowed', '-rd', source);
  await nas.isRefused('not-allowed', 'forget', snapshot);
});

test('a user is held to what it may store, how many sets it may have, and how many connections', async () => {
  await using trust = await Trust.open();
  const { source, stage } = trust;
  const ana = await trust.invited('ana');
  await ana.backup(source);
  await trust.admin('users', 'limit', 'ana', '--sets', '1');
  const other = await stage.folder('other');
  await writeFile(join(other, 'b.bin'), randomBytes(300_000));
  const isOver = async (...args: string[]): Promise<void> => {
    const { status, done } = await ana.run(...args);
    assert.deepEqual([status, done['code']], [1, 'limit-reached'], JSON.stringify(done));
  };
  await isOver('-rd', other);
  await ana.backup(source);

  await trust.admin('users', 'limit', 'ana', '--sets', 'none', '--bytes', '200k');
  await isOver('-rd', other);
  await appendFile(join(source, 'a.txt'), ', and more');
  await ana.backup(source);
  await trust.admin('users', 'limit', 'ana', '--bytes', '1M');
  await ana.backup(other);
  const [limits] = await trust.admin('users', 'limit', 'ana', '--json');
  const stored = Number(limits?.['storedBytesNow']);
  assert(stored > 300_000 && stored < 400_000, `${stored} bytes`);

  await trust.admin('users', 'limit', 'ana', '--connections', '1');
  const standing = ana.start('receive', stage.path('copy'));
  await standing.event('connected');
  await isOver('snapshots');
  await standing.stop();
  assert.equal((await ana.run('snapshots')).status, 0);
});

test('all connections of a user share its rate', async () => {
  await using trust = await Trust.open();
  const { stage } = trust;
  const ana = await trust.invited('ana');
  await trust.admin('users', 'limit', 'ana', '--rate', '1M');
  const folders = await Promise.all(
    ['one', 'two'].map(async (name) => {
      const folder = await stage.folder(name);
      await writeFile(join(folder, 'b.bin'), randomBytes(1_000_000));
      return folder;
    }),
  );
  const startedMs = performance.now();
  await Promise.all(folders.map(async (folder) => await ana.backup(folder)));
  // 2 MB at 1 MB/s; whatever else it takes comes on top.
  assert(performance.now() - startedMs > 1_700, 'it was faster than its rate');
});
