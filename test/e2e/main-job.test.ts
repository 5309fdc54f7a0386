import assert from 'node:assert/strict';
import { appendFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { Stage, received } from './stage.ts';
import { assertSameTree } from './trees.ts';

/** A real tree that is there wherever the tests run: thousands of small files, deep folders, links. */
const REAL_TREE = new URL('../../node_modules', import.meta.url).pathname;
/** Its largest members are single programs of 50 to 130 MB, which would only make the test slow. */
const PROGRAMS = /node_modules\/(?:node-linux|@typescript\/typescript-|@oxlint|@oxfmt|\.cache)/;

test('a folder goes once to a hub and from there to three destinations, all of them equal', async () => {
  await using stage = await Stage.open();
  const source = stage.path('modules');
  await cp(REAL_TREE, source, {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
    filter: (path) => !PROGRAMS.test(path),
  });
  const hub = await stage.hub();
  const origin = hub.client('ana', 'laptop');
  const dirs = ['d1', 'd2', 'd3'].map((name) => stage.path(name));
  const destinations = [];
  for (const dir of dirs) destinations.push(await origin.receive(dir));

  const first = await origin.backup(source, '--copies', '3');
  assert.equal(first['ok'], true);
  const states = (first['copies'] as { state: string }[]).map((copy) => copy.state);
  assert.deepEqual(states, ['verified', 'verified', 'verified']);
  for (const dir of dirs) assertSameTree(origin.tree(dir, 'modules'), source);

  await appendFile(join(source, 'typescript', 'package.json'), '\n');
  await rm(join(source, 'valibot'), { recursive: true });
  const next = await origin.backup(source, '--copies', '3');
  assert.equal(next['changed'], 1);
  assert(Number(next['deleted']) > 0);
  assert(
    Number(next['sentBytes']) < 200_000,
    `${String(next['sentBytes'])} bytes were sent for one small change`,
  );
  for (const dir of dirs) assertSameTree(origin.tree(dir, 'modules'), source);
  for (const destination of destinations) {
    const done = await received(destination, next['snapshot']);
    assert(
      Number(done['receivedBytes']) < 200_000,
      `${String(done['receivedBytes'])} bytes were received`,
    );
  }
});

test('a restore of a snapshot from before a deletion brings the file back', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('work');
  await mkdir(join(source, 'letters'));
  await writeFile(join(source, 'letters', 'a.txt'), 'first\n');
  await writeFile(join(source, 'b.txt'), 'second\n');
  const hub = await stage.hub();
  const client = hub.client('ana');
  const before = await client.backup(source);
  await rm(join(source, 'letters', 'a.txt'));
  await writeFile(join(source, 'b.txt'), 'changed\n');
  const after = await client.backup(source);

  const whole = await client.run(['restore', String(before['snapshot']), stage.path('back')]);
  assert.equal(whole.status, 0);
  assert.equal(await readFile(stage.path('back', 'letters', 'a.txt'), 'utf8'), 'first\n');
  assert.equal(await readFile(stage.path('back', 'b.txt'), 'utf8'), 'second\n');
  const newest = await client.run(['restore', 'work@latest', stage.path('now')]);
  assert.equal(newest.status, 0);
  assertSameTree(stage.path('now'), source);
  const one = await client.run([
    'restore',
    `${String(before['snapshot'])}:letters/a.txt`,
    stage.path('one'),
  ]);
  assert.equal(one.status, 0);
  assert.equal(await readFile(stage.path('one', 'a.txt'), 'utf8'), 'first\n');
  assert.notEqual(before['snapshot'], after['snapshot']);
});
