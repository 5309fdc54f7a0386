import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { writeFiles, writeNoise } from './data.ts';
import type { Line, Program } from './program.ts';
import { Stage, received } from './stage.ts';
import type { Client } from './stage.ts';
import { assertSameTree } from './trees.ts';

const isRoot = process.getuid?.() === 0;

type Scene = {
  readonly stage: Stage;
  readonly client: Client;
  readonly source: string;
  readonly at: (...parts: string[]) => string;
  readonly destination: Program;
};

async function scene(stage: Stage): Promise<Scene> {
  const source = await stage.folder('src');
  const hub = await stage.hub();
  const client = hub.client('ana');
  const destination = await client.receive(stage.path('copy'));
  return { stage, client, source, destination, at: (...parts) => join(source, ...parts) };
}

/** Backs up, and fails unless the destination, and a restore, are as the source. */
async function backUpAndCompare({
  stage,
  client,
  source,
  destination,
}: Scene): Promise<{ readonly done: Line; readonly copied: Line }> {
  const done = await client.backup(source, '--copies', '1');
  assertSameTree(client.tree(stage.path('copy'), 'src'), source);
  const back = stage.path(`back-${String(done['snapshot']).slice(0, 12)}`);
  assert.equal((await client.run(['restore', String(done['snapshot']), back])).status, 0);
  assertSameTree(back, source);
  return { done, copied: await received(destination, done['snapshot']) };
}

test('changes of mode, owner, time and attributes alone arrive without the contents travelling again', async () => {
  await using stage = await Stage.open();
  const on = await scene(stage);
  const { at } = on;
  for (const name of ['mode', 'owner', 'time', 'attribute', 'folder/acl', 'linked'])
    writeNoise(at(name), name, 400_000);
  linkSync(at('linked'), at('folder', 'linked too'));
  symlinkSync('mode', at('symlink'));
  await backUpAndCompare(on);
  chmodSync(at('mode'), 0o640);
  chmodSync(at('folder'), 0o700);
  utimesSync(at('time'), 1e9, 1e9 + 0.5);
  utimesSync(at('linked'), 1e9, 1e9);
  if (isRoot) for (const name of ['owner', 'folder', 'linked']) chownSync(at(name), 1234, 4321);
  if (isRoot) execFileSync('chown', ['-h', '77:88', at('symlink')]);
  spawnSync('setfattr', ['-n', 'user.note', '-v', 'new', at('attribute')]);
  spawnSync('setfacl', ['-m', 'u:1234:r', at('folder', 'acl')]);
  const { done, copied } = await backUpAndCompare(on);
  assert(Number(done['sentBytes']) < 30_000, `${String(done['sentBytes'])} bytes were sent`);
  assert(
    Number(copied['receivedBytes']) < 30_000,
    `${String(copied['receivedBytes'])} bytes were received`,
  );
  assert.equal(done['deleted'], 0);

  spawnSync('setfattr', ['-x', 'user.note', at('attribute')]);
  spawnSync('setfacl', ['-b', at('folder', 'acl')]);
  await backUpAndCompare(on);
});

test('hard links that are made and broken are so at the copies as well', async () => {
  await using stage = await Stage.open();
  const on = await scene(stage);
  const { at } = on;
  writeFiles(on.source, {
    a: 'one content',
    b: 'other content',
    'sub/c': 'third',
    apart: 'one content',
  });
  linkSync(at('a'), at('sub', 'a again'));
  await backUpAndCompare(on);
  unlinkSync(at('sub', 'a again'));
  writeFileSync(at('sub', 'a again'), 'one content');
  linkSync(at('b'), at('sub', 'b again'));
  unlinkSync(at('sub', 'c'));
  linkSync(at('b'), at('sub', 'c'));
  await backUpAndCompare(on);
  // Written through one of its names, it changes under all.
  writeFileSync(at('sub', 'c'), 'written through a link');
  unlinkSync(at('a'));
  linkSync(at('apart'), at('a'));
  await backUpAndCompare(on);
});

test('files, folders and symlinks that take the place of each other do so at the copies', async () => {
  await using stage = await Stage.open();
  const on = await scene(stage);
  const { at } = on;
  writeFiles(on.source, {
    'file-to-dir': 'f',
    'file-to-link': 'f',
    'dir-to-file/x/y': 'd',
    'dir-to-link/x': 'd',
    'real/x': 'r',
    'fifo-to-file': 'p',
  });
  symlinkSync('real', at('link-to-dir'));
  symlinkSync('real/x', at('link-to-file'));
  unlinkSync(at('fifo-to-file'));
  execFileSync('mkfifo', [at('fifo-to-file')]);
  await backUpAndCompare(on);
  for (const name of [
    'file-to-dir',
    'file-to-link',
    'dir-to-file',
    'dir-to-link',
    'link-to-dir',
    'link-to-file',
    'fifo-to-file',
  ])
    rmSync(at(name), { recursive: true });
  writeFiles(on.source, {
    'file-to-dir/in/side': 'n',
    'dir-to-file': 'n',
    'link-to-dir/x': 'n',
    'link-to-file': 'n',
    'fifo-to-file': 'n',
  });
  symlinkSync('real', at('file-to-link'));
  symlinkSync('real', at('dir-to-link'));
  await backUpAndCompare(on);
});

test('folders that are renamed, swapped and moved into each other arrive with hardly a byte', async () => {
  await using stage = await Stage.open();
  const on = await scene(stage);
  const { at } = on;
  for (const dir of ['one', 'two', 'three/four'])
    for (let i = 0; i < 8; i++) writeNoise(at(dir, `${i}.bin`), `${dir} ${i}`, 200_000);
  await backUpAndCompare(on);
  renameSync(at('one'), at('swap'));
  renameSync(at('two'), at('one'));
  renameSync(at('swap'), at('two'));
  mkdirSync(at('a', 'b'), { recursive: true });
  renameSync(at('three', 'four'), at('a', 'b', 'five'));
  renameSync(at('two', '0.bin'), at('three', 'moved.bin'));
  const { done, copied } = await backUpAndCompare(on);
  assert(Number(done['sentBytes']) < 50_000, `${String(done['sentBytes'])} bytes were sent`);
  assert(
    Number(copied['receivedBytes']) < 50_000,
    `${String(copied['receivedBytes'])} bytes were received`,
  );
});
