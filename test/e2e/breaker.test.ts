import assert from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { noise, writeFiles } from './data.ts';
import type { Line, Program } from './program.ts';
import { Stage, received } from './stage.ts';
import type { Client, HubProgram } from './stage.ts';
import { assertSameTree, describeTree } from './trees.ts';

const FILES = 300;

/** So many small files in three folders; other contents for another `round`. */
function manyFiles(round: number, files: number = FILES): Record<string, string> {
  const contents: Record<string, string> = {};
  for (let i = 0; i < files; i++)
    contents[`folder-${i % 3}/file-${String(i).padStart(4, '0')}`] =
      `${noise(String(i), 40).toString('hex')} of round ${round}`;
  return contents;
}

/** Everybody who receives has begun, or taken, what the hub offers: the tree stands as it did, byte by byte. */
async function stands(program: Program, dir: string, expected: readonly string[]): Promise<void> {
  for (let tries = 0; ; tries++) {
    const now = describeTree(dir);
    if (JSON.stringify(now) === JSON.stringify(expected)) return;
    if (tries > 200) assert.deepEqual(now.slice(0, 5), expected.slice(0, 5), program.stderr);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function release(stage: Stage, hub: HubProgram, snapshot: unknown): Promise<string> {
  const ended = await stage.start('rbbackupd', ['release', hub.dir, String(snapshot)]).ended;
  assert.equal(ended.status, 0, ended.stderr);
  return ended.lines.map((line) => String(line['text'])).join('\n');
}

async function heldSnapshot(client: Client, path: string, ...args: string[]): Promise<Line> {
  const { status, done } = await client.run(['-rd', path, ...args]);
  assert.equal(status, 0);
  assert.ok(done['held'], 'it is held back');
  return done;
}

test('when every file is rewritten the copies stay as they were, until somebody says that it is right', async () => {
  await using stage = await Stage.open();
  const hub = await stage.hub();
  const client = hub.client('ana', 'laptop');
  const source = stage.path('docs');
  const copies = [stage.path('nas'), stage.path('cellar')];
  writeFiles(source, manyFiles(1));
  const programs = [
    await client.receive(copies[0] as string),
    await client.receive(copies[1] as string, '--limit', '60k'),
  ];
  const first = await client.backup(source, '--copies', '2');
  assert.equal(first['held'], undefined, 'the first one never is');
  const before = describeTree(client.tree(copies[0] as string, 'docs'));

  writeFiles(source, manyFiles(2));
  const { status, done, stderr } = await client.run(['-rd', source, '--copies', '2']);
  assert.equal(status, 4, stderr);
  assert.deepEqual([done['ok'], done['code']], [false, 'held-back']);
  assert.deepEqual(done['held'], { changed: FILES, deleted: 0, of: FILES });
  assert.equal((await hub.program.event('held-back'))['level'], 'warn');
  for (const [i, program] of programs.entries()) {
    await program.line((line) => line['code'] === 'held-back', 'that it is held back');
    await stands(program, client.tree(copies[i] as string, 'docs'), before);
  }

  // People see it, and what to do.
  const said = await client.say(['-rd', source]);
  assert.equal(said.status, 0);
  assert.match(
    said.stderr,
    /held back from destinations: of 300 files 300 would change and 0 be deleted\. If that is right: rbbackup release [0-9a-f]{12}/,
  );
  const listed = (await client.run(['snapshots'])).lines.filter(
    ({ event }) => event === 'snapshot',
  );
  assert.deepEqual(
    listed.map((line) => line['held'] !== undefined),
    [true, true, false],
  );
  assert.match((await client.say(['snapshots'])).stdout, /held back/);

  // An open hub's devices may add, and no more: an administrator of the hub decides.
  const newest = listed[0]?.['snapshot'];
  assert.equal((await client.run(['release', String(newest)])).status, 5);
  assert.match(await release(stage, hub, newest), /is released, and destinations get it/);
  assert.match(await release(stage, hub, newest), /was not held back/);
  for (const [i, program] of programs.entries()) {
    const got = await received(program, newest);
    assert.equal(got['ok'], true);
    assertSameTree(client.tree(copies[i] as string, 'docs'), source);
  }
});

test('a wrong folder is held back, a renamed one is not; back to normal the next run goes through', async () => {
  await using stage = await Stage.open();
  const hub = await stage.hub();
  const client = hub.client('ana', 'laptop');
  const source = stage.path('docs');
  writeFiles(source, manyFiles(1));
  const program = await client.receive(stage.path('nas'));
  const copy = client.tree(stage.path('nas'), 'docs');
  await client.backup(source, '--copies', '1');
  const before = describeTree(copy);

  const empty = await stage.folder('elsewhere');
  const wrong = await heldSnapshot(client, empty, '--set', 'docs');
  assert.deepEqual(wrong['held'], { changed: 0, deleted: FILES, of: FILES });
  renameSync(join(source, 'folder-0'), join(source, 'a-folder'));
  renameSync(join(source, 'folder-1'), join(source, 'another'));
  await stands(program, copy, before);

  // Near the state that the copies have: it passes, and what was held back is passed over.
  rmSync(join(source, 'folder-2'), { recursive: true });
  const normal = await client.backup(source, '--copies', '1');
  assert.equal(normal['held'], undefined);
  assertSameTree(copy, source);
});

test('a destination that was away while a snapshot was held back gets the newest released one', async () => {
  await using stage = await Stage.open();
  const hub = await stage.hub();
  const client = hub.client('ana', 'laptop');
  const source = stage.path('docs');
  writeFiles(source, manyFiles(1));
  const first = await client.backup(source);
  writeFiles(source, manyFiles(2));
  const second = await heldSnapshot(client, source);
  const program = await client.receive(stage.path('nas'));
  await received(program, first['snapshot']);
  await hub.program.kill();
  const text = await release(stage, hub, second['snapshot']);
  assert.match(text, /is released/);
  await hub.restart();
  await received(program, second['snapshot']);
  assertSameTree(client.tree(stage.path('nas'), 'docs'), source);
});

test('small sets are never held back, and with --hold-share 1 none is', async () => {
  await using stage = await Stage.open();
  const small = await stage.hub();
  const client = small.client('ana', 'laptop');
  const source = stage.path('docs');
  writeFiles(source, manyFiles(1, 100));
  await client.backup(source);
  writeFiles(source, manyFiles(2, 100));
  assert.equal((await client.backup(source))['held'], undefined);
  const never = await stage.hub({ dir: stage.path('never'), args: ['--hold-share', '1'] });
  const other = never.client('eva', 'laptop');
  const larger = stage.path('larger');
  writeFiles(larger, manyFiles(1));
  await other.backup(larger);
  writeFiles(larger, manyFiles(2));
  assert.equal((await other.backup(larger))['held'], undefined);
  const strict = await stage.hub({
    dir: stage.path('strict'),
    args: ['--hold-share', '.1', '--hold-files', '9'],
  });
  const third = strict.client('zoe', 'laptop');
  await third.backup(larger);
  writeFiles(larger, Object.fromEntries(Object.entries(manyFiles(3)).slice(0, 31)));
  assert.deepEqual((await heldSnapshot(third, larger))['held'], {
    changed: 31,
    deleted: 0,
    of: FILES,
  });
});
