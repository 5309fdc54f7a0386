import assert from 'node:assert/strict';
import { open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { Trust } from './closed-hub.ts';
import type { Device } from './closed-hub.ts';
import { writeFiles } from './data.ts';
import { noise } from './kill/changing-tree.ts';
import type { Ended, Line, Program } from './program.ts';
import { packsOf, spoilRecords } from './spoil-records.ts';
import { received } from './stage.ts';
import { assertSameTree } from './trees.ts';

const KINDS = ['data', 'list', 'page', 'snapshot'] as const;

type Scene = {
  readonly trust: Trust;
  readonly ana: Device;
  readonly root: Device;
  readonly source: string;
  readonly snapshot: string;
};

/** A backup with small files, and one of so many pieces, with holes between them, that they are in lists. */
async function scene(trust: Trust): Promise<Scene> {
  const source = await trust.stage.folder('source');
  writeFiles(source, { 'a.txt': 'a', 'sub/b.txt': 'b', 'sub/deep/c.txt': 'c', 'empty/': '' });
  await writeFile(join(source, 'noise.bin'), noise(300_000, 1));
  const long = await open(join(source, 'long.bin'), 'w');
  for (let i = 0; i < 90; i++) await long.write(noise(4096, 100 + i), 0, 4096, i * 1_048_576);
  await long.close();
  const ana = await trust.invited('ana');
  const root = await trust.invited('root', 'root', '--admin');
  const snapshot = await ana.backup(source);
  return { trust, ana, root, source, snapshot };
}

/** A destination of ana's that holds the snapshot. */
async function holder({ trust, snapshot }: Scene, name: string): Promise<Program> {
  const device = await trust.invited('ana', name);
  const program = device.start('receive', trust.stage.path(name));
  await received(program, snapshot);
  return program;
}

async function check(trust: Trust, ...args: string[]): Promise<Ended> {
  return await trust.stage.start('rbbackupd', ['check', trust.hub.dir, ...args, '--json']).ended;
}

async function assertRestores(
  { trust, ana, source, snapshot }: Scene,
  name: string,
): Promise<void> {
  const { status, done } = await ana.run('restore', snapshot, trust.stage.path(name));
  assert.equal(status, 0, JSON.stringify(done));
  assertSameTree(trust.stage.path(name), source);
}

test('damaged records of every kind are fetched again from destinations, by each command', async () => {
  await using trust = await Trust.open();
  const all = await scene(trust);
  const programs = [await holder(all, 'attic'), await holder(all, 'cellar')];
  assert.equal((await check(trust, '--read-data')).status, 0);

  const spoilt = await spoilRecords(trust.hub.dir, KINDS);
  assert.deepEqual(Object.keys(spoilt).toSorted(), KINDS.toSorted());
  const { status, done, lines } = await all.root.run('check', '--read-data', '--heal');
  assert.equal(status, 0, JSON.stringify(lines));
  assert.equal(done['damagedRecords'], KINDS.length);
  assert.equal(done['lackingChunks'], 0);
  assert(Number(done['healedChunks']) >= KINDS.length);
  assert.equal((await check(trust, '--read-data')).status, 0);
  await assertRestores(all, 'healed by the client');

  // The same beside the running hub, from one destination alone.
  await programs.pop()?.stop();
  await spoilRecords(trust.hub.dir, KINDS);
  const words = await trust.stage.start('rbbackupd', [
    'check',
    trust.hub.dir,
    '--read-data',
    '--heal',
  ]).ended;
  const said = words.lines.map((line) => String(line['text'])).join('\n');
  assert.equal(words.status, 0, `${said}\n${words.stderr}`);
  assert.match(
    said,
    /^\d+ chunks were fetched again from host-attic-attic; everything is whole\.$/m,
  );
  assert.equal((await check(trust, '--read-data')).status, 0);
  await assertRestores(all, 'healed by the hub');
  // Healed for good: also for who opens the vault anew.
  await trust.hub.program.stop();
  assert.equal((await check(trust, '--read-data')).status, 0);
});

test('a hub whose packs are all gone gets everything back from a destination by itself', async () => {
  await using trust = await Trust.open();
  const all = await scene(trust);
  await holder(all, 'attic');
  await trust.hub.program.stop();
  for (const pack of packsOf(trust.hub.dir)) await rm(pack);
  await trust.hub.restart();
  let last: Ended | undefined;
  for (let tries = 0; tries < 60; tries++) {
    last = await check(trust, '--read-data');
    if (last.status === 0) break;
    await pause(1000);
  }
  assert.equal(last?.status, 0, JSON.stringify(last?.lines));
  await assertRestores(all, 'back');
});

test('what nobody has is named by snapshot and path, once; the rest restores, and the next backup mends it', async () => {
  await using trust = await Trust.open();
  const all = await scene(trust);
  const { ana, root, source, snapshot } = all;
  await spoilRecords(trust.hub.dir, ['data']);
  const { status, done, lines } = await root.run('check', '--read-data', '--heal');
  assert.equal(status, 1);
  assert.equal(done['code'], 'damaged-chunk');
  assert.match(String(done['message']), /back up ana@host-ana:source again, or connect/);
  const lost = lines.filter(({ event }) => event === 'damage');
  assert(lost.length > 0);
  assert(lost.every((line: Line) => line['snapshot'] === snapshot));
  const paths = new Set(lost.map((line) => String(line['path'])));
  assert.equal(paths.size, lost.length);
  // The log tells the same, and after a restart it does not tell it again.
  const isLost = (line: Line): boolean => line.event === 'lost';
  await trust.hub.program.stop();
  const told = trust.hub.program.lines.filter(isLost);
  for (const path of paths) assert(told.some((line) => String(line['message']).includes(path)));
  await trust.hub.restart();
  for (const path of ['a.txt', 'sub/b.txt', 'noise.bin', 'long.bin'].filter(
    (one) => !paths.has(one),
  )) {
    const to = trust.stage.path('parts', path);
    const { status: restored } = await ana.run('restore', `${snapshot}:${path}`, to);
    assert.equal(restored, 0, path);
  }
  await ana.backup(source);
  let last: Ended | undefined;
  for (let tries = 0; tries < 30; tries++) {
    last = await check(trust, '--read-data');
    if (last.status === 0) break;
    await pause(1000);
  }
  assert.equal(last?.status, 0, JSON.stringify(last?.lines));
  await assertRestores(all, 'mended');
  assert.equal(trust.hub.program.lines.filter(isLost).length, 0);
});
