import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { noise, writeFiles } from './data.ts';
import type { Line } from './program.ts';
import { Stage } from './stage.ts';
import type { Client } from './stage.ts';
import { describeTree } from './trees.ts';

const TREE = {
  'keep.log': '1',
  'drop.log': '2',
  'tasks.txt': '3',
  'sub/tasks.txt': '4',
  'sub/other.log': '5',
  'build/out.o': '6',
  'sub/build/out.o': '7',
  'docs/build': 'a file of that name',
  'a/b/c/cache/x': '8',
  'cache/y': '9',
  'sub/cache': 'a file of that name',
  '#odd': '10',
  'end ': '11',
};

function listed(lines: readonly Line[], event: string): string[] {
  return lines
    .filter((line) => line.event === event)
    .map((line) => String(line['path']))
    .filter((path) => path !== '')
    .toSorted();
}

async function newest(client: Client): Promise<string[]> {
  return listed((await client.run(['ls', 'src@latest'])).lines, 'entry');
}

test("--exclude and --exclude-from follow .gitignore's rules, the last pattern that fits counting", async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, TREE);
  const patterns = [
    '# everything built',
    '',
    '*.log',
    '!keep.log',
    '/tasks.txt',
    'build/',
    '**/c/cache',
    '\\#odd',
  ];
  writeFileSync(stage.path('patterns'), `${patterns.join('\r\n')}\r\n`);
  const hub = await stage.hub();
  const client = hub.client('ana');
  await client.backup(source, '--exclude-from', stage.path('patterns'));
  const kept = [
    'a',
    'a/b',
    'a/b/c',
    'cache',
    'cache/y',
    'docs',
    'docs/build',
    'end ',
    'keep.log',
    'sub',
    'sub/cache',
    'sub/tasks.txt',
  ];
  assert.deepEqual(await newest(client), kept.toSorted());

  // Behind the file, patterns of the command line undo what it says; before it, it undoes them.
  await client.backup(
    source,
    '--exclude',
    '!drop.log',
    '--exclude-from',
    stage.path('patterns'),
    '--exclude',
    '!/tasks.txt',
    '--exclude',
    'cache/',
  );
  const now = [
    'a',
    'a/b',
    'a/b/c',
    'docs',
    'docs/build',
    'end ',
    'keep.log',
    'sub',
    'sub/cache',
    'sub/tasks.txt',
    'tasks.txt',
  ];
  assert.deepEqual(await newest(client), now.toSorted());

  await client.backup(source);
  assert.equal((await newest(client)).filter((path) => path.endsWith('.log')).length, 3);
  const missing = await client.run(['-rd', source, '--exclude-from', stage.path('nowhere')]);
  assert.equal(missing.status, 1);
  assert.match(String(missing.done['message']), /patterns/);
});

test('--dry-run says what would be sent and deleted, and changes nothing', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, { 'same.txt': 'same', 'gone/x': 'x', 'gone/y': 'y', 'old.txt': 'old' });
  const hub = await stage.hub();
  const client = hub.client('ana');
  const destination = await client.receive(stage.path('copy'));
  const first = await client.backup(source, '--copies', '1');
  rmSync(join(source, 'gone'), { recursive: true });
  writeFileSync(join(source, 'old.txt'), 'new text');
  writeFileSync(join(source, 'big.bin'), noise('dry', 3_000_000));

  // Folders have scratch files come and go; the catalogue's log holds when a device was seen last.
  const isFile = (line: string): boolean => line.includes('| 100000 |');
  const untouched = (): string[] =>
    [hub.dir, client.configDir, stage.path('copy')].flatMap((path) =>
      describeTree(path, ['catalog.db-wal', 'catalog.db-shm', 'lock.db']).filter(isFile),
    );
  const before = untouched();
  const lines = destination.lines.length;
  const dry = await client.run(['-rd', source, '--dry-run']);
  assert.equal(dry.status, 0);
  assert.equal(dry.done['snapshot'], null);
  assert.equal(dry.done['changed'], 2);
  assert.equal(dry.done['deleted'], 3);
  assert.equal(dry.done['sentChunks'], 0);
  assert(Number(dry.done['plannedBytes']) >= 3_000_000);
  assert(Number(dry.done['sentBytes']) < 20_000, 'contents were sent');
  assert.deepEqual(listed(dry.lines, 'file'), ['big.bin', 'old.txt']);
  assert.deepEqual(listed(dry.lines, 'deleted'), ['gone', 'gone/x', 'gone/y']);
  assert.deepEqual(untouched(), before);
  assert.equal(destination.lines.length, lines);

  const said = await client.say(['-rd', source, '--dry-run']);
  assert.equal(said.status, 0);
  assert.match(said.stdout, /would send +big\.bin/);
  assert.match(said.stdout, /would delete +gone\/x/);
  assert.match(said.stdout, /Nothing was changed/);

  const kept = await client.run(['-r', source, '--dry-run']);
  assert.deepEqual(listed(kept.lines, 'deleted'), []);
  const real = await client.backup(source);
  assert.notEqual(real['snapshot'], first['snapshot']);
  assert.deepEqual([real['changed'], real['deleted']], [dry.done['changed'], dry.done['deleted']]);
});

test('a dry run of a set that the hub never saw leaves no trace of it', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, { a: 'a' });
  const hub = await stage.hub();
  const client = hub.client('ana');
  const dry = await client.run(['-rd', source, '--dry-run', '--copies', '3']);
  assert.equal(dry.status, 0);
  assert.deepEqual(listed(dry.lines, 'file'), ['a']);
  const { done } = await client.run(['snapshots']);
  assert.equal(done['snapshots'], 0);
});
