import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { noise } from './kill/changing-tree.ts';
import { doneOf } from './program.ts';
import type { Line } from './program.ts';
import { Stage, received } from './stage.ts';
import { assertSameTree } from './trees.ts';

const MIB = 1024 * 1024;
const DISK_MIB = 40;

/** Whether a small disk can be mounted here; tried, as root in a container may not be allowed to. */
function noSmallDisk(): string | false {
  const tried = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  return tried.status === 0 ? false : 'a small disk can only be mounted by root';
}

const asRoot = { skip: noSmallDisk() };

/** A file system of its own, of little space. */
async function smallDisk(stage: Stage, name: string): Promise<string> {
  const dir = await stage.folder(name);
  const { status, stderr } = spawnSync('mount', [
    '-t',
    'tmpfs',
    '-o',
    `size=${DISK_MIB}m`,
    'tmpfs',
    dir,
  ]);
  assert.equal(status, 0, String(stderr));
  stage.atEnd(async () => void spawnSync('umount', ['--lazy', dir]));
  return dir;
}

async function files(stage: Stage, set: string, sizeMib: number, seed: number): Promise<string> {
  const dir = stage.path(set);
  await mkdir(dir);
  for (let i = 0; i < sizeMib; i++) await writeFile(join(dir, `${i}.bin`), noise(MIB, seed + i));
  return dir;
}

test(
  'a full disk at the hub is called that; the hub lives on, and with more room the same command succeeds',
  asRoot,
  async () => {
    await using stage = await Stage.open();
    const disk = await smallDisk(stage, 'disk');
    const ballast = join(disk, 'ballast');
    await writeFile(ballast, Buffer.alloc((DISK_MIB - 12) * MIB));
    const hub = await stage.hub({ dir: join(disk, 'hub') });
    const client = hub.client('ana');
    const small = await files(stage, 'small', 1, 1);
    await client.backup(small);
    const source = await files(stage, 'work', 20, 100);
    const destination = await client.receive(stage.path('d1'));

    for (const again of [[], ['--copies', '1']]) {
      const failed = await client.start(['-rd', source, ...again]).ended;
      assert.equal(failed.status, 1);
      const done = doneOf(failed);
      assert.equal(done['code'], 'disk-full');
      assert.match(String(done['message']), /hub/);
      assert(!failed.lines.some((line) => line.event === 'skipped'), 'it was taken for a bad read');
    }
    assert.equal((await client.run(['status'])).status, 0);
    assert.equal((await client.run(['restore', 'small@latest', stage.path('back')])).status, 0);
    assertSameTree(stage.path('back'), small);

    await rm(ballast);
    const done = await client.backup(source, '--copies', '1');
    await received(destination, done['snapshot']);
    assertSameTree(client.tree(stage.path('d1'), 'work'), source);
    await hub.program.stop();
    const check = await stage.start('rbbackupd', ['check', hub.dir, '--read-data', '--json']).ended;
    assert.equal(check.status, 0, JSON.stringify(check.lines));
  },
);

test(
  'a full disk at a destination is said there and at the origin; others have their copy, and with more room it goes on by itself',
  asRoot,
  async () => {
    await using stage = await Stage.open();
    const disk = await smallDisk(stage, 'disk');
    const ballast = join(disk, 'ballast');
    await writeFile(ballast, Buffer.alloc((DISK_MIB - 8) * MIB));
    const hub = await stage.hub();
    const client = hub.client('ana');
    const source = await files(stage, 'work', 20, 1);
    const roomy = await client.receive(stage.path('d1'), '--as', 'd1');
    const full = await client.receive(join(disk, 'd2'), '--as', 'd2');

    const short = await client.run(['-rd', source, '--copies', '2', '--wait', '1s']);
    assert.equal(short.status, 4);
    const { snapshot, copies } = short.done;
    const states = (copies as Line[]).map(({ name, state }) => [name, state]);
    assert.deepEqual(Object.fromEntries(states), { d1: 'verified', d2: 'failed' });
    const told = short.lines.findLast(({ event }) => event === 'copies')?.['copies'] as Line[];
    assert.match(String(told.find(({ name }) => name === 'd2')?.['message']), /no space left/);
    await received(roomy, snapshot);
    assertSameTree(client.tree(stage.path('d1'), 'work'), source);
    const failed = await full.line((line) => line.event === 'done', 'a done');
    assert.equal(failed['ok'], false);
    assert.equal(failed['code'], 'disk-full');

    await rm(ballast);
    await received(full, snapshot);
    assertSameTree(client.tree(join(disk, 'd2'), 'work'), source);
  },
);
