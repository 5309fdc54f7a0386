import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { writeFiles, writeNoise } from './data.ts';
import { Stage, received } from './stage.ts';
import { assertSameTree } from './trees.ts';

const MIB = 1024 * 1024;
const DAY_MS = 24 * 3600 * 1000;
const SET = 'f'.repeat(32);

function trashOf(dir: string): string[] {
  const trash = join(dir, '.rbbackup', 'trash');
  return existsSync(trash) ? readdirSync(trash).toSorted() : [];
}

/** Something that was deleted so many days ago. */
function oldTrash(dir: string, days: number): string {
  const then = new Date(Date.now() - days * DAY_MS);
  const [stamp = ''] = then.toISOString().replaceAll(/[-:]/g, '').split('.');
  const folder = join(dir, '.rbbackup', 'trash', `${stamp}Z-${SET}`);
  mkdirSync(join(folder, 'below'), { recursive: true });
  writeFileSync(join(folder, 'below', 'file'), 'old');
  utimesSync(folder, then, then);
  return folder;
}

test('what a destination deletes is in its trash, and is no part of what it verifies', async () => {
  await using stage = await Stage.open();
  const hub = await stage.hub();
  const client = hub.client('ana', 'laptop');
  const source = stage.path('docs');
  const [kept, gone] = [stage.path('kept'), stage.path('gone')];
  writeFiles(source, { 'letters/to-ana.txt': 'Dear Ana', 'stays.txt': 'here', 'empty/': '' });
  const keeps = await client.receive(kept);
  await client.receive(gone, '--trash-days', '0');
  await client.backup(source, '--copies', '2');
  assert.deepEqual(trashOf(kept), []);
  rmSync(join(source, 'letters'), { recursive: true });
  rmSync(join(source, 'empty'), { recursive: true });
  const { snapshot } = await client.backup(source, '--copies', '2');
  await received(keeps, snapshot);
  for (const dir of [kept, gone]) assertSameTree(client.tree(dir, 'docs'), source);
  const [folder = '', ...more] = trashOf(kept);
  assert.match(folder, /^\d{8}T\d{6}Z-[0-9a-f]{32}$/);
  assert.deepEqual([more, trashOf(gone)], [[], []]);
  const found = join(kept, '.rbbackup', 'trash', folder);
  assert.equal(readFileSync(join(found, 'letters/to-ana.txt'), 'utf8'), 'Dear Ana');
  assert.deepEqual(readdirSync(found).toSorted(), ['empty', 'letters']);
  await keeps.stop();
  assert.equal((await client.run(['verify', kept])).status, 0);

  // What is over goes when it comes back; what isn't, and what is somebody else's, stays.
  const [over, young] = [oldTrash(kept, 8), oldTrash(kept, 6)];
  const others = join(kept, '.rbbackup', 'trash', 'mine');
  mkdirSync(others);
  const again = await client.receive(kept);
  for (let tries = 0; existsSync(over) && tries < 400; tries++)
    await new Promise((resolve) => setTimeout(resolve, 25));
  assert.deepEqual(
    [over, young, others, found].map((path) => existsSync(path)),
    [false, true, true, true],
  );
  await again.stop();
  const last = await client.receive(kept, '--trash-days', '0');
  for (let tries = 0; existsSync(found) && tries < 400; tries++)
    await new Promise((resolve) => setTimeout(resolve, 25));
  assert.deepEqual(trashOf(kept), ['mine']);
  await last.stop();
});

/** Whether a small disk can be mounted here; tried, as root in a container may not be allowed to. */
function noSmallDisk(): string | false {
  const tried = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  return tried.status === 0 ? false : 'a small disk can only be mounted by root';
}

test(
  'a destination whose disk is full takes the room from its trash, and the transfer goes through',
  { skip: noSmallDisk() },
  async () => {
    await using stage = await Stage.open();
    const disk = await stage.folder('disk');
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]);
    assert.equal(mounted.status, 0, String(mounted.stderr));
    stage.atEnd(async () => void spawnSync('umount', ['--lazy', disk]));
    const hub = await stage.hub();
    const client = hub.client('ana', 'laptop');
    const source = stage.path('docs');
    const dir = join(disk, 'copy');
    writeNoise(join(source, 'first'), 'first', 12 * MIB);
    const program = await client.receive(dir);
    await client.backup(source, '--copies', '1');
    rmSync(join(source, 'first'));
    writeFiles(source, { small: 'small' });
    const second = await client.backup(source, '--copies', '1');
    await received(program, second['snapshot']);
    assert.equal(trashOf(dir).length, 1, 'twelve of twenty-four');
    writeNoise(join(source, 'next'), 'next', 14 * MIB);
    const third = await client.backup(source, '--copies', '1');
    const got = await received(program, third['snapshot']);
    assert.equal(got['ok'], true);
    assertSameTree(client.tree(dir, 'docs'), source);
    assert.deepEqual(trashOf(dir), []);
    assert.ok(!program.lines.some((line) => line['code'] === 'disk-full'), 'nobody was told of it');
  },
);
