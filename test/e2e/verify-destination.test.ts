import assert from 'node:assert/strict';
import {
  chmodSync,
  closeSync,
  fstatSync,
  futimesSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { writeFiles, writeNoise } from './data.ts';
import type { Line } from './program.ts';
import { Stage } from './stage.ts';
import type { Client, HubProgram } from './stage.ts';
import { assertSameTree, describeTree } from './trees.ts';

type Scene = {
  readonly client: Client;
  readonly hub: HubProgram;
  readonly source: string;
  readonly dir: string;
  readonly copy: string;
};

/** A destination that holds a verified copy, and receives no more. */
async function scene(stage: Stage): Promise<Scene> {
  const source = await stage.folder('src');
  for (const name of ['flipped', 'shortened', 'gone', 'large/flipped'])
    writeNoise(join(source, name), name, name.startsWith('large') ? 70_000_000 : 300_000);
  writeFiles(source, {
    mode: 'm',
    time: 't',
    'sub/whole': 'w',
    'empty/': '',
    'gone-folder/in': 'g',
    'replaced-by-folder': 'r',
    grown: 'g',
  });
  symlinkSync('mode', join(source, 'link'));
  symlinkSync('sub', join(source, 'gone-link'));
  const hub = await stage.hub();
  const client = hub.client('ana');
  const destination = await client.receive(stage.path('copy'));
  await client.backup(source, '--copies', '1');
  await destination.stop();
  return {
    client,
    hub,
    source,
    dir: stage.path('copy'),
    copy: client.tree(stage.path('copy'), 'src'),
  };
}

/** Changes one byte so that neither size nor mtime tell. */
function flip(path: string, at: number): void {
  const file = openSync(path, 'r+');
  try {
    const { atime, mtime } = fstatSync(file);
    writeSync(file, '\u0000', at);
    writeSync(file, '!', at + 1);
    futimesSync(file, atime, mtime);
  } finally {
    closeSync(file);
  }
}

/** @returns what was damaged */
function damage(copy: string): string[] {
  flip(join(copy, 'flipped'), 1234);
  flip(join(copy, 'large', 'flipped'), 66_000_000);
  const { atime, mtime } = lstatSync(join(copy, 'shortened'));
  truncateSync(join(copy, 'shortened'), 299_999);
  utimesSync(join(copy, 'shortened'), atime, mtime);
  writeFileSync(join(copy, 'grown'), 'gg');
  rmSync(join(copy, 'gone'));
  rmSync(join(copy, 'gone-link'));
  rmSync(join(copy, 'gone-folder'), { recursive: true });
  chmodSync(join(copy, 'mode'), 0o600);
  utimesSync(join(copy, 'time'), 1, 1);
  rmSync(join(copy, 'link'));
  symlinkSync('time', join(copy, 'link'));
  return [
    'flipped',
    'large/flipped',
    'shortened',
    'grown',
    'gone',
    'gone-link',
    'gone-folder',
    'gone-folder/in',
    'mode',
    'time',
    'link',
  ];
}

function problemPaths(lines: readonly Line[]): string[] {
  return lines.filter(({ event }) => event === 'problem').map((line) => String(line['path']));
}

test('verify finds nothing in a clean copy, and mends whatever was damaged: bits, lengths, modes, links, losses', async () => {
  await using stage = await Stage.open();
  const { client, source, dir, copy } = await scene(stage);
  const clean = await client.run(['verify', dir]);
  assert.equal(clean.status, 0, JSON.stringify(clean.done));
  assert.deepEqual([clean.done['ok'], clean.done['mended']], [true, 0]);
  const damaged = damage(copy);
  const mending = await client.run(['verify', dir]);
  assert.equal(mending.status, 0, JSON.stringify(mending.done));
  assert(
    Number(mending.done['mended']) >= damaged.length,
    `${String(mending.done['mended'])} of ${damaged.length} were mended`,
  );
  assertSameTree(copy, source);
  const after = await client.run(['verify', dir]);
  assert.deepEqual([after.status, after.done['mended']], [0, 0]);

  chmodSync(join(copy, 'mode'), 0o600);
  const said = await client.say(['verify', dir]);
  assert.equal(said.status, 0);
  assert.match(said.stdout, /ana@host-ana:src: whole; \d+ files.*1 of them mended/);
});

test('without a hub verify reports every damage, changes nothing, and fails; the next with a hub mends it', async () => {
  await using stage = await Stage.open();
  const { client, hub, source, dir, copy } = await scene(stage);
  await hub.program.stop();
  const clean = await client.run(['verify', dir]);
  assert.equal(clean.status, 0, JSON.stringify(clean.done));
  const damaged = damage(copy);
  const before = describeTree(copy);
  const { status, done, lines } = await client.run(['verify', dir]);
  assert.deepEqual([status, done['ok']], [1, false]);
  assert.match(String(done['message']), /hub is out of reach/);
  const found = new Set(problemPaths(lines));
  // A folder that is gone is named once, for all that was in it.
  for (const path of damaged.filter((name) => name !== 'gone-folder/in'))
    assert(found.has(path), `${path} was not found; only ${[...found].join(', ')}`);
  assert(!found.has('sub/whole'));
  assert.deepEqual(describeTree(copy), before);
  await hub.restart();
  assert.equal((await client.run(['verify', dir])).status, 0);
  assertSameTree(copy, source);
});

test('verify of what is no destination says so', async () => {
  await using stage = await Stage.open();
  const { client, dir } = await scene(stage);
  const nowhere = await client.run(['verify', stage.path('src')]);
  assert.deepEqual([nowhere.status, nowhere.done['code']], [1, 'not-found']);
  renameSync(dir, stage.path('moved'));
  assert.equal((await client.run(['verify', stage.path('moved')])).status, 0);
});
