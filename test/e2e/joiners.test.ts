import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { Stage, received } from './stage.ts';
import type { Client } from './stage.ts';
import { assertSameTree } from './trees.ts';

const MEBIBYTE = 1024 * 1024;

/** Bytes that don't compress, the same for the same seed. */
function noise(bytes: number, seed: number): Buffer {
  const out = Buffer.alloc(bytes);
  let state = Math.imul(seed, 2654435761) + 1;
  for (let i = 0; i < bytes; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[i] = state >>> 24;
  }
  return out;
}

/** A folder with some large and many small files in it. */
async function makeTree(
  stage: Stage,
  name: string,
  mebibytes: number,
  seed: number,
): Promise<string> {
  const source = await stage.folder(name);
  await mkdir(join(source, 'small'));
  for (let i = 0; i < 50; i++)
    await writeFile(join(source, 'small', `${i}.txt`), `file ${i} of ${name}\n`.repeat(i));
  for (let i = 0; i < mebibytes; i++)
    await writeFile(join(source, `large-${i}`), noise(MEBIBYTE, seed + i));
  return source;
}

test('who joins during a run and who joins after it get the same as who was there', async () => {
  await using stage = await Stage.open();
  const source = await makeTree(stage, 'films', 6, 1);
  const hub = await stage.hub();
  const ana = hub.client('ana');
  const [early, during, late] = ['early', 'during', 'late'].map((name) => stage.path(name)) as [
    string,
    string,
    string,
  ];
  const first = await ana.receive(early);
  const origin = ana.start(['-rd', source, '--copies', '1', '--limit', '2M']);
  await origin.line((line) => line.event === 'progress' && Number(line['bytes']) > 0, 'progress');
  // Held still, so that the run is under way for as long as the second takes to join it.
  origin.signal('SIGSTOP');
  const second = await ana.receive(during);
  await second.event('begin');
  assert(!origin.lines.some(({ event }) => event === 'done' || event === 'committed'));
  assert(!first.lines.some(({ event }) => event === 'done'));
  origin.signal('SIGCONT');
  const ended = await origin.ended;
  assert.equal(ended.status, 0, ended.stderr);
  const snapshot = ended.lines.at(-1)?.['snapshot'];
  const third = await ana.receive(late);
  const ends = [];
  for (const program of [first, second, third]) ends.push(await received(program, snapshot));
  for (const end of ends) {
    assert.equal(end['ok'], true);
    assert.equal(end['files'], ends[0]?.['files']);
    assert.equal(end['bytes'], ends[0]?.['bytes']);
    assert(
      Number(end['receivedBytes']) < 7 * MEBIBYTE,
      `${String(end['receivedBytes'])} bytes for 6 MiB`,
    );
  }
  for (const dir of [early, during, late]) assertSameTree(ana.tree(dir, 'films'), source);
});

test('who joins while an origin waits is counted, and the run begins with the last that is needed', async () => {
  await using stage = await Stage.open();
  const source = await makeTree(stage, 'notes', 0, 1);
  const hub = await stage.hub();
  const ana = hub.client('ana');
  const origin = ana.start(['-rd', source, '--copies', '2']);
  const isWaiting = (connected: number) => (line: { event: string; [field: string]: unknown }) =>
    line.event === 'waiting' && line['connected'] === connected && line['needed'] === 2;
  await origin.line(isWaiting(0), 'nobody there');
  await ana.receive(stage.path('one'));
  await origin.line(isWaiting(1), 'one there');
  const leaving = await ana.receive(stage.path('leaving'), '--from', 'ana@host-ana:another');
  await leaving.stop();
  await ana.receive(stage.path('two'));
  const { status, lines } = await origin.ended;
  assert.equal(status, 0);
  const copies = lines.at(-1)?.['copies'] as { state: string }[] | undefined;
  const states = copies?.map(({ state }) => state);
  assert.deepEqual(states, ['verified', 'verified']);
  for (const dir of ['one', 'two']) assertSameTree(ana.tree(stage.path(dir), 'notes'), source);
});

test('with --once a destination ends after one verified transfer, before or after the run', async () => {
  await using stage = await Stage.open();
  const source = await makeTree(stage, 'notes', 1, 7);
  const hub = await stage.hub();
  const ana = hub.client('ana');
  const waiting = await ana.receive(stage.path('before'), '--once');
  const { snapshot } = await ana.backup(source);
  const after = await ana.run(['receive', stage.path('after'), '--once']);
  for (const { status, lines } of [await waiting.ended, after]) {
    assert.equal(status, 0);
    assert.deepEqual([lines.at(-1)?.event, lines.at(-1)?.['snapshot']], ['done', snapshot]);
  }
  for (const dir of ['before', 'after']) assertSameTree(ana.tree(stage.path(dir), 'notes'), source);
});

test('one destination takes all sets of its user, and with --from one alone, as the folder itself', async () => {
  await using stage = await Stage.open();
  const hub = await stage.hub();
  const laptop = hub.client('ana', 'laptop');
  const tower = hub.client('ana', 'tower');
  const eva = hub.client('eva', 'laptop');
  const sources = await Promise.all(
    ['letters', 'films'].map(async (name, i) => await makeTree(stage, name, 1, 100 * i)),
  );
  const [letters, films] = sources as [string, string];
  // Two are there before the destination, two come while it waits.
  const snapshots = [await laptop.backup(letters), await tower.backup(letters)];
  const all = await laptop.receive(stage.path('all'));
  const single = await laptop.receive(stage.path('single'), '--from', 'ana@tower:films');
  await eva.backup(letters);
  snapshots.push(...(await Promise.all([laptop.backup(films), tower.backup(films)])));
  for (const { snapshot } of snapshots) await received(all, snapshot);
  await received(single, snapshots[3]?.['snapshot']);
  const trees: [Client, string, string][] = [
    [laptop, 'letters', letters],
    [tower, 'letters', letters],
    [laptop, 'films', films],
    [tower, 'films', films],
  ];
  for (const [client, set, source] of trees)
    assertSameTree(client.tree(stage.path('all'), set), source);
  assertSameTree(stage.path('single'), films);
  assert.deepEqual((await readdir(stage.path('all'))).toSorted(), [
    '.rbbackup',
    'ana@laptop',
    'ana@tower',
  ]);
  assert.equal(single.lines.filter(({ event }) => event === 'done').length, 1);
  // It stays what it was made as.
  await single.stop();
  const other = await laptop.run(['receive', stage.path('single')]);
  assert.deepEqual([other.status, other.done['code']], [2, 'usage']);
});

test('a destination that was away catches up with the newest at once, and asks only for what is new', async () => {
  await using stage = await Stage.open();
  const source = await makeTree(stage, 'films', 4, 50);
  const hub = await stage.hub();
  const ana = hub.client('ana');
  const dir = stage.path('copy');
  const before = await ana.receive(dir);
  await received(before, (await ana.backup(source))['snapshot']);
  await before.stop();

  const missed = [];
  await writeFile(join(source, 'new.txt'), 'seen by nobody');
  missed.push(await ana.backup(source));
  await mkdir(join(source, 'moved'));
  for (const name of ['large-0', 'large-1'])
    await rename(join(source, name), join(source, 'moved', name));
  await rm(join(source, 'new.txt'));
  await rm(join(source, 'small', '3.txt'));
  missed.push(await ana.backup(source));
  await appendFile(join(source, 'large-2'), 'and a little more');
  missed.push(await ana.backup(source));

  const back = await ana.receive(dir);
  const done = await received(back, missed[2]?.['snapshot']);
  assert.equal(done['ok'], true);
  // Of the large file that has grown a piece at most, of the moved ones nothing.
  assert(
    Number(done['receivedBytes']) < 1.5 * MEBIBYTE,
    `${String(done['receivedBytes'])} bytes were received`,
  );
  assertSameTree(ana.tree(dir, 'films'), source);
  assert.equal(
    back.lines.filter(({ event }) => event === 'done').length,
    1,
    'the others were not taken one by one',
  );

  const again = await (async () => {
    await back.stop();
    return await ana.receive(dir);
  })();
  await appendFile(join(source, 'small', '4.txt'), 'x');
  await received(again, (await ana.backup(source, '--copies', '1'))['snapshot']);
  assert.equal(
    again.lines.filter(({ event }) => event === 'done').length,
    1,
    'what it had was not sent again',
  );
});

test('a destination outlives its hub, and takes what was backed up before it came back', async () => {
  await using stage = await Stage.open();
  const source = await makeTree(stage, 'notes', 1, 9);
  const hub = await stage.hub();
  const ana = hub.client('ana');
  const waiting = await ana.receive(stage.path('copy'));
  await hub.program.stop();
  await waiting.event('disconnected');
  await hub.restart();
  const { snapshot } = await ana.backup(source);
  assert.equal((await received(waiting, snapshot))['ok'], true);
  assertSameTree(ana.tree(stage.path('copy'), 'notes'), source);
});
