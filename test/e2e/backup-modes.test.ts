import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';

import { writeFiles } from './data.ts';
import { Stage, received } from './stage.ts';
import type { Client } from './stage.ts';
import { assertSameTree } from './trees.ts';

const TREE = { 'a.txt': 'a', 'b.txt': 'b', 'sub/c.txt': 'c', 'sub/deep/d.txt': 'd', 'empty/': '' };

/** Paths of a snapshot, the root left out. */
async function pathsIn(client: Client, snapshot: unknown): Promise<string[]> {
  const { status, lines } = await client.run(['ls', String(snapshot)]);
  assert.equal(status, 0);
  return lines
    .filter(({ event }) => event === 'entry')
    .map((line) => String(line['path']))
    .filter((path) => path !== '')
    .toSorted();
}

async function takenBy(client: Client, ...args: string[]): Promise<string[]> {
  const { status, done, stderr } = await client.run(args);
  assert.equal(status, 0, `${JSON.stringify(done)} ${stderr}`);
  return await pathsIn(client, done['snapshot']);
}

test('-r takes everything; without it a folder means the files directly in it, and that is said', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, TREE);
  const hub = await stage.hub();
  const client = hub.client('ana');
  assert.deepEqual(await takenBy(client, '-r', source, '--set', 'r'), [
    'a.txt',
    'b.txt',
    'empty',
    'sub',
    'sub/c.txt',
    'sub/deep',
    'sub/deep/d.txt',
  ]);
  assert.deepEqual(await takenBy(client, source, '--set', 'flat'), ['a.txt', 'b.txt']);
  assert.deepEqual(await takenBy(client, '-d', source, '--set', 'd'), ['a.txt', 'b.txt']);
  const said = await client.say([source, '--set', 'flat']);
  assert.equal(said.status, 0);
  assert.match(said.stdout + said.stderr, /without -r/i);
  const recursive = await client.say(['-r', source, '--set', 'r']);
  assert.doesNotMatch(recursive.stdout + recursive.stderr, /without -r/i);
});

test('without -d nothing leaves the newest state, with it the newest is what the client has, and earlier snapshots keep all', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, TREE);
  const hub = await stage.hub();
  const client = hub.client('ana');
  const destination = await client.receive(stage.path('copy'));
  const first = await client.backup(source);
  rmSync(join(source, 'sub'), { recursive: true });
  rmSync(join(source, 'a.txt'));
  writeFileSync(join(source, 'b.txt'), 'changed');

  const kept = await client.run(['-r', source, '--copies', '1']);
  assert.equal(kept.status, 0);
  assert.equal(kept.done['deleted'], 0);
  await received(destination, kept.done['snapshot']);
  writeFiles(stage.path('expected'), { ...TREE, 'b.txt': 'changed' });
  const merged = await client.run(['restore', 'src@latest', stage.path('merged')]);
  assert.equal(merged.status, 0);
  for (const path of [stage.path('merged'), client.tree(stage.path('copy'), 'src')]) {
    assert.deepEqual(contentsOf(path), contentsOf(stage.path('expected')));
  }

  const deleting = await client.backup(source, '--copies', '1');
  // sub, sub/c.txt, sub/deep, sub/deep/d.txt and a.txt
  assert.equal(deleting['deleted'], 5);
  await received(destination, deleting['snapshot']);
  assertSameTree(client.tree(stage.path('copy'), 'src'), source);

  const before = await client.run(['restore', String(first['snapshot']), stage.path('before')]);
  assert.equal(before.status, 0);
  writeFiles(stage.path('asBefore'), TREE);
  assert.deepEqual(contentsOf(stage.path('before')), contentsOf(stage.path('asBefore')));
});

test('a single file may be the PATH, and its set is named after it', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, TREE);
  const hub = await stage.hub();
  const client = hub.client('ana');
  const file = join(source, 'a.txt');
  assert.deepEqual(await takenBy(client, file), ['a.txt']);
  assert.deepEqual(await takenBy(client, '-rd', file), ['a.txt']);
  const { status } = await client.run(['restore', 'a.txt@latest', stage.path('back')]);
  assert.equal(status, 0);
  assert.deepEqual(contentsOf(stage.path('back')), ['a.txt: a']);
});

test('a symlink as PATH is followed, and gives the set its own name', async () => {
  await using stage = await Stage.open();
  writeFiles(stage.path('real'), TREE);
  symlinkSync('real', stage.path('link'));
  symlinkSync('real/a.txt', stage.path('file-link'));
  const hub = await stage.hub();
  const client = hub.client('ana');
  await client.backup(stage.path('link'));
  const { status } = await client.run(['restore', 'link@latest', stage.path('back')]);
  assert.equal(status, 0);
  assertSameTree(stage.path('back'), stage.path('real'));
  assert.deepEqual(await takenBy(client, stage.path('file-link')), ['a.txt']);
});

test("relative paths, '.', and slashes behind a path all mean the folder", async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, TREE);
  const hub = await stage.hub();
  const client = hub.client('ana');
  const everything = await takenBy(client, '-rd', source);
  for (const [path, cwd] of [
    ['.', source],
    ['src', stage.dir],
    ['./src//', stage.dir],
    ['../src', source],
    ['..', join(source, 'sub')],
  ] as const) {
    const { status, done } = await client.run(['-rd', path], { cwd });
    assert.equal(status, 0, `${path}: ${JSON.stringify(done)}`);
    assert.deepEqual(await pathsIn(client, done['snapshot']), everything, path);
  }
  const { done } = await client.run(['snapshots']);
  assert.equal(done['ok'], true);
  const { lines } = await client.run(['snapshots']);
  const sets = new Set(
    lines.filter(({ event }) => event === 'snapshot').map((line) => line['set']),
  );
  assert.deepEqual([...sets], ['src']);
});

test('--set names the set, whatever the folder is called, and a PATH named like a command is backed up by `backup`', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('status');
  writeFiles(source, { 'a.txt': 'a' });
  const hub = await stage.hub();
  const client = hub.client('ana');
  assert.equal((await client.run(['backup', '-rd', 'status'], { cwd: stage.dir })).status, 0);
  assert.equal((await client.run(['-rd', source, '--set', 'my letters: 2026'])).status, 0);
  const { lines } = await client.run(['snapshots']);
  const sets = lines
    .filter(({ event }) => event === 'snapshot')
    .map((line) => String(line['set']))
    .toSorted();
  assert.deepEqual(sets, ['my letters: 2026', 'status']);
  for (const refused of ['..', 'a/b', '']) {
    const { status, done } = await client.run(['-rd', source, '--set', refused]);
    assert.notEqual(status, 0);
    assert.equal(done['ok'], false, `a set named '${refused}' was taken`);
  }
});

/** `path: content` of all files, sorted. */
function contentsOf(root: string): string[] {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files
    .map(
      ({ parentPath, name }) =>
        `${relative(root, join(parentPath, name))}: ${readFileSync(join(parentPath, name), 'utf8')}`,
    )
    .toSorted();
}
