import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { writeFiles, writeNoise } from './data.ts';
import type { Line } from './program.ts';
import { Stage } from './stage.ts';
import { assertSameTree, describeTree } from './trees.ts';

const IN_2001 = 1e9;
const IN_2100 = 4.1e9;

function problemPaths(lines: readonly Line[]): string[] {
  return lines
    .filter(({ event }) => event === 'problem')
    .map((line) => String(line['path']))
    .toSorted();
}

test('a restore brings back all, a folder, or a single file, each under its own name', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, {
    'a.txt': 'a',
    'sub/deep/c.txt': 'c',
    'sub/b.txt': 'b',
    'sub-like/x': 'x',
    'empty/': '',
  });
  writeNoise(join(source, 'sub', 'big.bin'), 'restore', 2_000_000);
  const hub = await stage.hub();
  const client = hub.client('ana');
  const snapshot = String((await client.backup(source))['snapshot']);
  const whole = await client.run(['restore', snapshot, stage.path('whole'), '--verbose']);
  assert.deepEqual(
    [whole.status, whole.done['ok'], whole.done['files'], whole.done['bytes']],
    [0, true, 5, 2_000_004],
  );
  assertSameTree(stage.path('whole'), source);
  assert(
    !readdirSync(stage.path('whole')).some((name) => name.startsWith('.rbbackup')),
    'it left something of its own behind',
  );

  assert.equal((await client.run(['restore', `${snapshot}:sub/`, stage.path('folder')])).status, 0);
  assert.deepEqual(readdirSync(stage.path('folder')), ['sub']);
  assertSameTree(stage.path('folder', 'sub'), join(source, 'sub'));
  assert.equal(
    (await client.run(['restore', 'src@latest:sub/deep/c.txt', stage.path('file')])).status,
    0,
  );
  assert.deepEqual(readdirSync(stage.path('file')), ['c.txt']);
  assert.equal(readFileSync(stage.path('file', 'c.txt'), 'utf8'), 'c');

  const nothing = await client.run(['restore', `${snapshot}:nowhere`, stage.path('nothing')]);
  assert.deepEqual([nothing.status, nothing.done['code']], [1, 'not-found']);
});

test('a restore never replaces what is newer, or of another kind, unless --overwrite is given', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, { newer: 'old', older: 'old', kind: 'file', fresh: 'f' });
  for (const name of ['newer', 'older', 'kind']) utimesSync(join(source, name), IN_2001, IN_2001);
  const hub = await stage.hub();
  const client = hub.client('ana');
  await client.backup(source);
  const into = stage.path('into');
  writeFiles(into, { newer: 'newer', older: 'even older', 'kind/in': 'x', mine: 'mine' });
  utimesSync(join(into, 'newer'), IN_2100, IN_2100);
  utimesSync(join(into, 'older'), 1, 1);
  const careful = await client.run(['restore', 'latest', into]);
  assert.deepEqual([careful.status, careful.done['ok']], [1, false]);
  assert.deepEqual(problemPaths(careful.lines), ['kind', 'newer']);
  const contents = (): string[] =>
    ['newer', 'older', 'fresh', 'mine'].map((name) => readFileSync(join(into, name), 'utf8'));
  assert.deepEqual(contents(), ['newer', 'old', 'f', 'mine']);
  assert.equal(readFileSync(join(into, 'kind', 'in'), 'utf8'), 'x');

  const bold = await client.run(['restore', 'latest', into, '--overwrite']);
  assert.deepEqual(
    [contents(), readFileSync(join(into, 'newer'), 'utf8')],
    [['old', 'old', 'f', 'mine'], 'old'],
  );
  // A folder that holds somebody's files is not deleted for a file, not even then.
  if (bold.status === 0) assert.equal(readFileSync(join(into, 'kind'), 'utf8'), 'file');
  else assert.equal(readFileSync(join(into, 'kind', 'in'), 'utf8'), 'x');
});

test('nothing is written through links that stand in DIR, whether --overwrite is given or not', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, { 'dir/file': 'restored', 'linked-file': 'restored', plain: 'restored' });
  const hub = await stage.hub();
  const client = hub.client('ana');
  await client.backup(source);
  const outside = stage.path('outside');
  writeFiles(outside, { file: 'outside', other: 'outside' });
  for (const name of ['file', 'other']) utimesSync(join(outside, name), 1, 1);
  const before = describeTree(outside);
  for (const extra of [[], ['--overwrite']]) {
    const into = stage.path(`into${extra.length}`);
    mkdirSync(into);
    symlinkSync(outside, join(into, 'dir'));
    symlinkSync(join(outside, 'other'), join(into, 'linked-file'));
    const { status } = await client.run(['restore', 'latest', into, ...extra]);
    assert.deepEqual(describeTree(outside), before, 'something outside was written');
    assert.equal(readFileSync(join(into, 'plain'), 'utf8'), 'restored');
    // A link is of another kind than what belongs there: without --overwrite it stays.
    assert.equal(status, extra.length === 0 ? 1 : 0);
    if (extra.length === 0) assert(existsSync(join(into, 'dir', 'other')));
    else
      for (const name of ['dir', 'linked-file'])
        assert.deepEqual(describeTree(join(into, name)), describeTree(join(source, name)));
  }
});

test('DIR may itself be a link or be missing; a file in its place is an error', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, { a: 'a' });
  const hub = await stage.hub();
  const client = hub.client('ana');
  await client.backup(source);
  mkdirSync(stage.path('real'));
  symlinkSync('real', stage.path('link'));
  assert.equal((await client.run(['restore', 'latest', stage.path('link')])).status, 0);
  assertSameTree(stage.path('real'), source);
  assert.equal((await client.run(['restore', 'latest', stage.path('x', 'y', 'z')])).status, 0);
  assertSameTree(stage.path('x', 'y', 'z'), source);
  writeFileSync(stage.path('file'), 'mine');
  const { status, done } = await client.run(['restore', 'latest', stage.path('file')]);
  assert.deepEqual([status, done['code']], [1, 'dir-unwritable']);
  assert.equal(readFileSync(stage.path('file'), 'utf8'), 'mine');
});
