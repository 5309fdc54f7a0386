import assert from 'node:assert/strict';
import { openSync, readSync, writeSync, closeSync, readdirSync } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { lastCheck } from '../../src/catalog/last-check.ts';
import { openSqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import { noise } from './kill/changing-tree.ts';
import { folderBytes } from './kill/tree-moment.ts';
import type { Ended, Program } from './program.ts';
import { doneOf } from './program.ts';
import { Stage, received } from './stage.ts';
import { assertSameTree } from './trees.ts';

const MIB = 1024 * 1024;
const A_SENTENCE = /^[A-Z].{20,}\.$/s;

function hubArgs(dir: string, port: number): string[] {
  return [dir, '--listen', `127.0.0.1:${port}`, '--console', 'off', '--open', '--json'];
}

function assertRefused(ended: Ended, code: string): void {
  const done = doneOf(ended);
  assert.equal(ended.status, 1);
  assert.equal(done['code'], code);
  assert.match(String(done['message']), A_SENTENCE);
}

async function check(stage: Stage, dir: string): Promise<Ended> {
  return await stage.start('rbbackupd', ['check', dir, '--read-data', '--json']).ended;
}

/** A folder of some files that don't compress. */
async function work(stage: Stage, sizeMib: number): Promise<string> {
  const source = await stage.folder('work');
  await mkdir(join(source, 'deep'));
  for (let i = 0; i < sizeMib; i++)
    await writeFile(join(source, i % 2 ? 'deep' : '', `${i}.bin`), noise(MIB, 100 + i));
  return source;
}

test('a second hub on the same folder is refused, and the first goes on', async () => {
  await using stage = await Stage.open();
  const hub = await stage.hub();
  assertRefused(await stage.start('rbbackupd', hubArgs(hub.dir, 0)).ended, 'hub-in-use');
  // By another way to the same folder, too.
  await hub.client('ana').backup(await work(stage, 1));
  const words = await stage.start('rbbackupd', [
    join(hub.dir, '..', 'hub'),
    '--listen',
    '127.0.0.1:0',
    '--open',
  ]).ended;
  assert.equal(words.status, 1);
  assert.match(words.stderr, /^rbbackupd: Another hub/);
  await hub.program.kill();
  await hub.restart();
});

test('a port that is taken and a folder that can not be written are said in a sentence', async () => {
  await using stage = await Stage.open();
  const taken = createServer().listen(0, '127.0.0.1');
  stage.atEnd(async () => void taken.close());
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  assertRefused(
    await stage.start('rbbackupd', hubArgs(stage.path('hub'), port)).ended,
    'port-taken',
  );
  await writeFile(stage.path('file'), 'in the way');
  for (const dir of [stage.path('file'), stage.path('file', 'below'), '/proc/rbbackup-test']) {
    assertRefused(await stage.start('rbbackupd', hubArgs(dir, 0)).ended, 'dir-unwritable');
  }
  // Nothing of that stands in the way of a good start.
  await stage.hub();
});

test('a hub ends within 10 s of SIGTERM with 0, also in the middle of a run, which goes on when it is back', async () => {
  await using stage = await Stage.open();
  const hub = await stage.hub();
  const client = hub.client('ana');
  const source = await work(stage, 60);
  const destination = await client.receive(stage.path('d1'));
  const origin = client.start(['-rd', source, '--copies', '1', '--limit', '20M']);
  const begun = (line: { readonly [field: string]: unknown }): boolean => Number(line['bytes']) > 0;
  await origin.line(begun, 'progress');
  const beganMs = performance.now();
  const { status, lines } = await hub.program.stop();
  assert.equal(status, 0);
  assert(performance.now() - beganMs < 10_000);
  assert.equal(lines.at(-1)?.event, 'closed');
  const broken = await origin.ended;
  assert.equal(broken.status, 1);
  assert.equal(doneOf(broken)['code'], 'connection-lost');

  await destination.event('disconnected');
  await hub.restart();
  const done = await client.backup(source, '--copies', '1');
  await received(destination, done['snapshot']);
  assertSameTree(client.tree(stage.path('d1'), 'work'), source);
  const idle = await hub.program.stop();
  assert.equal(idle.status, 0);
});

test('destinations come back by themselves when a hub was killed, and catch up; the vault is whole', async () => {
  await using stage = await Stage.open();
  const hub = await stage.hub();
  const client = hub.client('ana');
  const source = await work(stage, 12);
  const destinations = [
    await client.receive(stage.path('d1')),
    await client.receive(stage.path('d2')),
  ];
  await client.backup(source, '--copies', '2');
  await hub.program.kill();
  for (const destination of destinations) await destination.event('disconnected');
  const whole = await check(stage, hub.dir);
  assert.equal(whole.status, 0, JSON.stringify(whole.lines));
  await hub.restart();
  await writeFile(join(source, 'more.bin'), noise(MIB, 1));
  const { snapshot } = await client.backup(source);
  for (const destination of destinations) await received(destination, snapshot);
  for (const dir of ['d1', 'd2']) assertSameTree(client.tree(stage.path(dir), 'work'), source);
  assert.equal((await check(stage, hub.dir)).status, 0, 'checked while the hub runs');
});

test('a lost catalog is made again from the vault: the snapshots are back', async () => {
  await using stage = await Stage.open();
  const hub = await stage.hub();
  const client = hub.client('ana');
  const source = await work(stage, 3);
  const first = await client.backup(source);
  await writeFile(join(source, '0.bin'), 'changed');
  const second = await client.backup(source);
  const listed = (await client.run(['snapshots'])).lines.filter(
    (line) => line.event === 'snapshot',
  );
  await hub.program.stop();
  for (const name of await readdir(hub.dir))
    if (name.startsWith('catalog.db')) await rm(join(hub.dir, name));
  await hub.restart();
  const again = (await client.run(['snapshots'])).lines.filter((line) => line.event === 'snapshot');
  assert.equal(again.length, 2);
  assert.deepEqual(again, listed);
  assert.equal((await client.run(['restore', 'work@latest', stage.path('now')])).status, 0);
  assertSameTree(stage.path('now'), source);
  assert.equal(
    (await client.run(['restore', String(first['snapshot']), stage.path('then')])).status,
    0,
  );
  assert.equal((await stat(stage.path('then', '0.bin'))).size, MIB);
  assert.notEqual(first['snapshot'], second['snapshot']);
});

test('a byte that was changed in the vault is found, with the files that it costs, and mended by another backup', async () => {
  await using stage = await Stage.open();
  const hub = await stage.hub();
  const client = hub.client('ana');
  const source = await work(stage, 6);
  const { snapshot } = await client.backup(source);
  await hub.program.stop();
  assert.equal((await check(stage, hub.dir)).status, 0);
  const whole = { ok: true, readData: true, damagedSnapshots: 0, damagedRecords: 0 };
  assert.deepEqual(await notedCheck(hub.dir), whole);
  flipByte(hub.dir, noise(MIB, 103));
  const found = await check(stage, hub.dir);
  const damaged = { ...whole, ok: false, damagedSnapshots: 1, damagedRecords: 1 };
  assert.deepEqual(await notedCheck(hub.dir), damaged);
  assert.equal(found.status, 1);
  assert.equal(doneOf(found)['code'], 'damaged-chunk');
  const damages = found.lines
    .filter(({ event }) => event === 'damage')
    .map((line) => [line['snapshot'], line['path']]);
  assert.deepEqual(damages, [[snapshot, 'deep/3.bin']]);
  const words = await stage.start('rbbackupd', ['check', hub.dir]).ended;
  assert.equal(words.status, 1);
  assert.match(
    words.lines.map((line) => String(line['text'])).join('\n'),
    /ana@host-ana:work [0-9a-f]{12}: deep\/3\.bin: /,
  );

  await hub.restart();
  const mended = await client.backup(source);
  assert(Number(mended['sentBytes']) < 3 * MIB);
  await hub.program.stop();
  assert.equal((await check(stage, hub.dir)).status, 0);
});

/** What the last check has noted for the console, but for when. */
async function notedCheck(dir: string): Promise<unknown> {
  const catalog = await openSqliteCatalog(join(dir, 'catalog.db'));
  const { timeMs, ...noted } = lastCheck(catalog) ?? assert.fail('Nothing was noted.');
  catalog.close();
  assert.ok(timeMs <= Date.now());
  return noted;
}

/** Finds a content, which doesn't compress, in the packs of a hub, and damages it in the middle. */
function flipByte(hubDir: string, content: Buffer): void {
  const packs = readdirSync(join(hubDir, 'packs'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.pack'),
  );
  for (const name of packs) {
    const file = openSync(join(hubDir, 'packs', name), 'r+');
    const bytes = Buffer.alloc(64 * MIB);
    const at = bytes
      .subarray(0, readSync(file, bytes))
      .indexOf(content.subarray(MIB / 2, MIB / 2 + 64));
    if (at >= 0) writeSync(file, Buffer.of((bytes[at] as number) ^ 1), 0, 1, at);
    closeSync(file);
    if (at >= 0) return;
  }
  assert.fail('The content is in none of the packs.');
}

test('Ctrl-C at the origin ends it with 130, and running it again goes on', async () => {
  await using stage = await Stage.open();
  const hub = await stage.hub();
  const client = hub.client('ana');
  const source = await work(stage, 60);
  const stopped = client.start(['-rd', source, '--limit', '20M']);
  while (stopped.child.exitCode === null && folderBytes(join(hub.dir, 'packs')) < 20 * MIB)
    await pause(5);
  stopped.signal('SIGINT');
  const ended: Ended = await stopped.ended;
  assert.equal(ended.status, 130);
  assert.equal(doneOf(ended)['code'], 'interrupted');
  const done = await client.backup(source);
  assert(Number(done['sentBytes']) < 42 * MIB, `${String(done['sentBytes'])} bytes were sent`);
  assert.equal(
    (await client.run(['snapshots'])).lines.filter(({ event }) => event === 'snapshot').length,
    1,
  );
  assert.equal((await client.run(['restore', 'work@latest', stage.path('back')])).status, 0);
  assertSameTree(stage.path('back'), source);
});

test('Ctrl-C while it waits ends an origin with 130, and a destination too', async () => {
  await using stage = await Stage.open();
  const hub = await stage.hub();
  const client = hub.client('ana');
  const origin = client.start(['-rd', await work(stage, 1), '--copies', '2']);
  await origin.event('waiting');
  const destination: Program = await client.receive(stage.path('d1'));
  for (const program of [origin, destination]) {
    program.signal('SIGINT');
    assert.equal((await program.ended).status, 130);
  }
});
