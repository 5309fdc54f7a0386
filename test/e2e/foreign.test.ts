import assert from 'node:assert/strict';
import { existsSync, lstatSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { noise, writeFiles, writeNoise } from './data.ts';
import { doneOf } from './program.ts';
import type { Line, Program } from './program.ts';
import { Stage, received } from './stage.ts';
import { assertSameTree, describeTree } from './trees.ts';

function problemsOf(program: Program): string[] {
  return program.lines
    .filter(({ event }) => event === 'problem')
    .map((line) => `${String(line['path'])} ${String(line['code'])}`)
    .toSorted();
}

async function failedFor(program: Program, snapshot: unknown): Promise<Line> {
  const done = await received(program, snapshot);
  assert.equal(done['ok'], false);
  return done;
}

test('a file of somebody else in the way is neither overwritten nor deleted; the copy is not verified until it is gone', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, {
    'a.txt': 'of the origin',
    'b.txt': 'b',
    'dir/x': 'x',
    'link-here': 'l',
    'sub/deep/y': 'y',
  });
  const hub = await stage.hub();
  const client = hub.client('ana');
  const copy = client.tree(stage.path('copy'), 'src');
  writeFiles(copy, {
    'a.txt': 'of somebody else',
    dir: 'a file where a folder belongs',
    'mine/alone.txt': 'mine',
  });
  writeFiles(stage.path('outside'), { y: 'outside' });
  symlinkSync(stage.path('outside', 'y'), join(copy, 'link-here'));
  writeFiles(join(copy, 'sub'), { 'also-mine': 'mine' });
  symlinkSync(stage.path('outside'), join(copy, 'sub', 'deep'));
  const inTheWay = ['a.txt', 'dir', 'mine/alone.txt', 'link-here', 'sub/also-mine', 'sub/deep'];
  const before = inTheWay.map((name) => describeTree(join(copy, name)));
  const destination = await client.receive(stage.path('copy'));

  const { status, done } = await client.run(['-rd', source, '--copies', '1', '--wait', '1s']);
  assert.deepEqual([status, done['code']], [4, 'too-few-copies']);
  const failed = await failedFor(destination, done['snapshot']);
  assert.equal(failed['code'], 'in-the-way');
  const named = problemsOf(destination);
  for (const name of ['a.txt', 'dir', 'link-here', 'sub/deep'])
    assert(named.includes(`${name} in-the-way`), `${name} was not reported: ${named.join(', ')}`);
  assert(!named.some((line) => line.includes('mine')), "what is in nobody's way was reported");
  assert.deepEqual(
    inTheWay.map((name) => describeTree(join(copy, name))),
    before,
  );
  assert.deepEqual(describeTree(stage.path('outside')).length, 2);
  assert.equal(readFileSync(join(copy, 'b.txt'), 'utf8'), 'b', 'the rest was not put in place');

  for (const name of ['a.txt', 'dir', 'link-here', 'sub/deep']) rmSync(join(copy, name));
  const next = await client.backup(source, '--copies', '1');
  assert.equal((await received(destination, next['snapshot']))['ok'], true);
  for (const [name, text] of [
    ['a.txt', 'of the origin'],
    ['dir/x', 'x'],
    ['link-here', 'l'],
    ['sub/deep/y', 'y'],
    ['mine/alone.txt', 'mine'],
    ['sub/also-mine', 'mine'],
  ]) {
    assert.equal(readFileSync(join(copy, name as string), 'utf8'), text);
  }
  rmSync(join(copy, 'mine'), { recursive: true });
  rmSync(join(copy, 'sub', 'also-mine'));
  await client.backup(source, '--copies', '1');
});

test('a file that is there already with the right content is adopted, and does not travel', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  const hub = await stage.hub();
  const client = hub.client('ana');
  const copy = client.tree(stage.path('copy'), 'src');
  for (const dir of [source, copy]) {
    writeNoise(join(dir, 'big.bin'), 'adopted', 10_000_000);
    for (let i = 0; i < 20; i++) writeNoise(join(dir, 'sub', `${i}.bin`), `adopted ${i}`, 100_000);
  }
  // Times of a copy that somebody made by hand are others.
  utimesSync(join(copy, 'big.bin'), 1e9, 1e9);
  const inodes = (): number[] =>
    ['big.bin', 'sub/0.bin', 'sub/19.bin'].map((name) => lstatSync(join(copy, name)).ino);
  const before = inodes();
  const destination = await client.receive(stage.path('copy'));
  const done = await client.backup(source, '--copies', '1');
  const copied = await received(destination, done['snapshot']);
  assert(
    Number(copied['receivedBytes']) < 20_000,
    `${String(copied['receivedBytes'])} bytes were received`,
  );
  assert.deepEqual(inodes(), before, 'what was there was written anew');
  assertSameTree(copy, source);
});

test('in a folder that a run deletes, files of others stay, and so does what was changed there by hand', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, {
    'gone/a': 'a',
    'gone/b': 'b',
    'gone/deep/c': 'c',
    'also-gone/d': 'd',
    keep: 'k',
  });
  const hub = await stage.hub();
  const client = hub.client('ana');
  const destination = await client.receive(stage.path('copy'));
  const copy = client.tree(stage.path('copy'), 'src');
  await client.backup(source, '--copies', '1');
  writeFiles(copy, { 'gone/mine.txt': 'mine', 'gone/a': 'changed by hand' });
  for (const name of ['gone', 'also-gone']) rmSync(join(source, name), { recursive: true });
  const done = await client.backup(source);
  await received(destination, done['snapshot']);
  assert.equal(readFileSync(join(copy, 'gone', 'mine.txt'), 'utf8'), 'mine');
  assert.equal(readFileSync(join(copy, 'gone', 'a'), 'utf8'), 'changed by hand');
  for (const name of ['gone/b', 'gone/deep', 'also-gone'])
    assert(!existsSync(join(copy, name)), `${name} is still there`);
  assert(
    problemsOf(destination).some((line) => line.startsWith('gone ')),
    'nobody was told',
  );
  assert.equal(readFileSync(join(copy, 'keep'), 'utf8'), 'k');
});

test('with --from DIR itself is the tree of one set; layouts are not mixed', async () => {
  await using stage = await Stage.open();
  writeFiles(stage.path('src'), { 'a.txt': 'a', 'sub/b.txt': 'b' });
  writeFiles(stage.path('other'), { 'c.txt': 'c' });
  const hub = await stage.hub();
  const client = hub.client('ana', 'laptop');
  await client.backup(stage.path('other'));
  const dir = stage.path('mirror');
  const single = await client.receive(dir, '--from', 'ana@laptop:src');
  await client.backup(stage.path('src'), '--copies', '1');
  assertSameTree(dir, stage.path('src'));
  assert(lstatSync(join(dir, '.rbbackup')).isDirectory());

  const refuse = async (args: string[], code: string, status: number): Promise<void> => {
    const ended = await client.start(['receive', ...args]).ended;
    assert.deepEqual([doneOf(ended)['code'], ended.status], [code, status], args.join(' '));
    assert.match(String(doneOf(ended)['message']), /another|other|choose/i);
  };
  await refuse([dir, '--from', 'ana@laptop:src'], 'busy', 1);
  await single.stop();
  await refuse([dir], 'usage', 2);
  await refuse([dir, '--from', 'ana@laptop:other'], 'usage', 2);
  const every = await client.receive(stage.path('every'));
  await client.backup(stage.path('src'), '--copies', '1');
  await every.stop();
  await refuse([stage.path('every'), '--from', 'ana@laptop:src'], 'usage', 2);
  assertSameTree(dir, stage.path('src'));

  // It is the same destination when it is started again.
  writeFiles(stage.path('src'), { 'sub/new.bin': noise('from', 50_000).toString('hex') });
  const done = await client.backup(stage.path('src'));
  const again = await client.receive(dir, '--from', 'ana@laptop:src', '--once');
  assert.equal((await received(again, done['snapshot']))['ok'], true);
  assert.equal((await again.ended).status, 0);
  assertSameTree(dir, stage.path('src'));
});
