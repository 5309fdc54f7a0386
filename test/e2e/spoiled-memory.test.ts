import assert from 'node:assert/strict';
import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { noise, writeFiles, writeNoise } from './data.ts';
import { Stage } from './stage.ts';
import { assertSameTree } from './trees.ts';

const SPOILER = new URL('spoil-released.ts', import.meta.url).href;

/** Small files, text, folders of many entries, and a file of many chunks with lists of them. */
function writeTree(root: string): void {
  const files: Record<string, string> = {};
  for (let folder = 0; folder < 20; folder++) {
    for (let file = 0; file < 150; file++) {
      const text = noise(`${folder} ${file}`, 10 + ((file * 97) % 3000)).toString('hex');
      files[`folder ${folder}/file ${file}.txt`] = text;
    }
  }
  writeFiles(root, files);
  writeNoise(join(root, 'middle'), 'middle', 9_000_000);
  writeNoise(join(root, 'long'), 'long', 70_000_000);
}

test('nobody reads memory that was given back: with it overwritten at once all copies are right', async () => {
  process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --import ${SPOILER}`;
  await using stage = await Stage.open();
  const source = await stage.folder('work');
  writeTree(source);
  const hub = await stage.hub();
  const origin = hub.client('ana', 'laptop');
  const dirs = ['d1', 'd2'].map((name) => stage.path(name));
  for (const dir of dirs) await origin.receive(dir);

  const first = await origin.backup(source, '--copies', '2');
  assert.equal(first['ok'], true);
  for (const dir of dirs) assertSameTree(origin.tree(dir, 'work'), source);

  for (let folder = 0; folder < 20; folder += 3)
    await appendFile(join(source, `folder ${folder}`, 'file 7.txt'), 'more');
  await appendFile(join(source, 'long'), 'more');
  await rm(join(source, 'folder 4'), { recursive: true });
  await mkdir(join(source, 'new'));
  writeNoise(join(source, 'new', 'noise'), 'new', 5_000_000);
  await origin.backup(source, '--copies', '2');
  for (const dir of dirs) assertSameTree(origin.tree(dir, 'work'), source);

  const late = stage.path('d3');
  await origin.receive(late, '--once').then(async (program) => await program.ended);
  assertSameTree(origin.tree(late, 'work'), source);
  const restored = stage.path('restored');
  await origin.run(['restore', 'work@latest', restored]);
  assertSameTree(restored, source);
});
