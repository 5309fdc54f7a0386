import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';

import { roomyFolder, writeFiles, writeNoise } from './data.ts';
import { makeEverything, sparse } from './everything.ts';
import { Stage } from './stage.ts';
import { assertSameTree } from './trees.ts';

const needsRoot = process.getuid?.() === 0 ? false : 'only root can make devices';

function blocksOf(path: string): number {
  return lstatSync(path).blocks;
}

test('everything that a folder can hold comes to a destination, and back by a restore, as it was', async () => {
  await using stage = await Stage.open();
  const source = stage.path('src');
  makeEverything(source);
  const hub = await stage.hub();
  const client = hub.client('ana');
  const copy = client.tree(stage.path('copy'), 'src');
  await client.receive(stage.path('copy'));
  const done = await client.backup(source, '--copies', '1');
  assert.deepEqual(done['skipped'], []);
  assertSameTree(copy, source);
  const { status } = await client.run(['restore', 'latest', stage.path('back')]);
  assert.equal(status, 0);
  assertSameTree(stage.path('back'), source);
  for (const name of readdirSync(join(source, 'holes'))) {
    for (const root of [copy, stage.path('back')]) {
      const [was, is] = [
        blocksOf(join(source, 'holes', name)),
        blocksOf(join(root, 'holes', name)),
      ];
      assert(is <= was + 64, `${name} has ${is} blocks in ${root}, ${was} at the origin`);
    }
  }
  const again = await client.backup(source, '--copies', '1');
  assert.equal(again['changed'], 0);
});

test('set-uid, set-gid and sticky bits are in the snapshot, and come back only where they are asked for', async () => {
  await using stage = await Stage.open();
  const source = stage.path('src');
  writeFiles(source, { suid: 'x', sgid: 'x', plain: 'x', 'sticky.d/in': 'x' });
  for (const [name, mode] of [
    ['suid', 0o4755],
    ['sgid', 0o2755],
    ['plain', 0o755],
    ['sticky.d', 0o1777],
  ] as const)
    chmodSync(join(source, name), mode);
  const hub = await stage.hub();
  const client = hub.client('ana');
  await client.receive(stage.path('safe'));
  await client.receive(stage.path('exact'), '--keep-set-id');
  await client.backup(source, '--copies', '2');
  const modesIn = (root: string): string[] =>
    ['suid', 'sgid', 'plain'].map((name) =>
      (lstatSync(join(root, name)).mode & 0o7777).toString(8),
    );
  assert.deepEqual(modesIn(client.tree(stage.path('safe'), 'src')), ['755', '755', '755']);
  assertSameTree(client.tree(stage.path('exact'), 'src'), source);
  assert.equal((await client.run(['restore', 'latest', stage.path('back')])).status, 0);
  assert.deepEqual(modesIn(stage.path('back')), ['755', '755', '755']);
  assert.equal(
    (await client.run(['restore', 'latest', stage.path('whole'), '--keep-set-id'])).status,
    0,
  );
  assertSameTree(stage.path('whole'), source);
});

test(
  'sockets and devices are left out and listed, and that is no failure',
  { skip: needsRoot },
  async () => {
    await using stage = await Stage.open();
    const source = await stage.folder('src');
    writeFiles(source, { 'a.txt': 'a' });
    const server = createServer().listen(join(source, 'socket'));
    stage.atEnd(() => new Promise((resolve) => server.close(resolve)));
    execFileSync('mknod', [join(source, 'null'), 'c', '1', '3']);
    execFileSync('mknod', [join(source, 'block'), 'b', '7', '200']);
    const hub = await stage.hub();
    const client = hub.client('ana');
    await client.receive(stage.path('copy'));
    const done = await client.backup(source, '--copies', '1');
    const skipped = (done['skipped'] as { path: string; why: string }[])
      .map(({ why }) => why.split(';', 1).join(''))
      .toSorted();
    assert.deepEqual(skipped, [
      "'block' is a device",
      "'null' is a device",
      "'socket' is a socket",
    ]);
    assert.deepEqual(readdirSync(client.tree(stage.path('copy'), 'src')), ['a.txt']);
  },
);

test('a file of 5 GiB, nearly all of it holes, stays that; one of 80 MB of noise is cut in several lists', async () => {
  await using stage = await Stage.open(roomyFolder(1 << 30));
  const source = await stage.folder('src');
  const huge = 5 * 1024 ** 3;
  sparse(join(source, 'huge'), huge, [
    [0, 100_000],
    [4_500_000_000, 3_000_000],
    [huge - 5_000, 5_000],
  ]);
  writeNoise(join(source, 'large.bin'), 'large', 80_000_001);
  const hub = await stage.hub();
  const client = hub.client('ana');
  await client.receive(stage.path('copy'));
  const done = await client.backup(source, '--copies', '1');
  assert.equal(done['bytes'], huge + 80_000_001);
  assert(Number(done['sentBytes']) < 86_000_000);
  assert.equal((await client.run(['restore', 'latest', stage.path('back')])).status, 0);
  for (const root of [client.tree(stage.path('copy'), 'src'), stage.path('back')]) {
    const [was, is] = [blocksOf(join(source, 'huge')), blocksOf(join(root, 'huge'))];
    assert(is <= was + 64, `${is} blocks in ${root}, ${was} at the origin`);
    assert.equal(statSync(join(root, 'huge')).size, huge);
    execFileSync('cmp', [join(source, 'large.bin'), join(root, 'large.bin')]);
    for (const [at, bytes] of [
      [0, 200_000],
      [4_499_990_000, 3_100_000],
      [huge - 8_000, 8_000],
    ]) {
      execFileSync('cmp', [
        `--ignore-initial=${at}`,
        `--bytes=${bytes}`,
        join(source, 'huge'),
        join(root, 'huge'),
      ]);
    }
  }
});

test('100,000 files in one folder', async () => {
  await using stage = await Stage.open(roomyFolder(1 << 30));
  const source = await stage.folder('src');
  const files = 100_000;
  for (let i = 0; i < files; i++) writeFileSync(join(source, `${i}`), `file ${i}`);
  const hub = await stage.hub();
  const client = hub.client('ana');
  const copy = client.tree(stage.path('copy'), 'src');
  await client.receive(stage.path('copy'));
  const done = await client.backup(source, '--copies', '1');
  assert.equal(done['files'], files);
  assertSameTree(copy, source);
  assert.equal(readdirSync(copy).length, files);
  writeFileSync(join(source, '54321'), 'changed');
  const next = await client.backup(source, '--copies', '1');
  assert.deepEqual([next['changed'], next['deleted']], [1, 0]);
  assert(
    Number(next['sentBytes']) < 400_000,
    `${String(next['sentBytes'])} bytes for one file of 100,000`,
  );
  assertSameTree(copy, source);
  assert(!existsSync(join(copy, '.rbbackup')));
});
