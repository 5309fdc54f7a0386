import assert from 'node:assert/strict';
import { lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';

import type { LogItem } from '../../src/wire/messages-follow.ts';
import {
  badLists,
  badNames,
  badOrders,
  badPages,
  evil,
  good,
  goodPage,
  treeOf,
} from './hostile/bad-trees.ts';
import { HubScene } from './hostile/hub-scene.ts';
import { Play, USER } from './hostile/scripted-hub.ts';
import { MACHINE } from './hostile/visitor.ts';
import {
  bombOf,
  bundleOf,
  bytesOf,
  chunkOf,
  contentOf,
  dir,
  file,
  forged,
  pageOf,
  symlink,
  u32,
} from './hostile/wild.ts';
import type { Line } from './program.ts';

let scene: HubScene;

before(async () => {
  scene = await HubScene.open();
});
after(async () => await scene[Symbol.asyncDispose]());
beforeEach(async () => await scene.renew());

test('a destination refuses every tree that could lead out of its folder, and goes on', async () => {
  const bad = [
    ...badNames(),
    ...badOrders(scene.stage.path('outside')),
    ...badPages(),
    ...badLists(),
  ];
  const known = scene.outside();
  const folder = scene.newDir();
  scene.hub.plays = [
    ...bad.map((tree) => new Play(tree.what, tree)),
    new Play('honest', treeOf(goodPage)),
  ];
  const { program, ends } = await scene.receiveAll(folder);
  for (const { what, code } of bad) {
    const end = ends.get(what);
    assert.deepEqual([end?.['ok'], end?.['code']], [false, code], what);
    assert.match(String(end?.['message']), /^[\u0020-\u007e]+$/, what);
  }
  assert.equal(ends.get('honest')?.['ok'], true);
  assert.equal(
    scene.hub.plays.flatMap(({ acks }) => acks).filter(({ verified }) => verified).length,
    1,
  );
  assert.equal(program.child.exitCode, null);
  assert.equal((await program.stop()).status, 130);
  scene.assertNothingWrong(folder);
  assert.deepEqual(scene.outside(), known);
});

test('a destination believes no bytes that are not what was asked for', async () => {
  const wrong = (id: Uint8Array) => ({ id, plain: bytesOf('x'.repeat(12)) });
  const page = pageOf(dir(''), file('good', good), file('wrong', evil));
  const make = (set: string, bend: (play: Play) => void): Play => {
    const play = new Play(set, treeOf(page));
    bend(play);
    return play;
  };
  const bad: Record<string, (play: Play) => void> = {
    'wrong bytes under an id': (play) => {
      play.bundle = (kind, [chunk = evil]) =>
        bundleOf(kind, [chunk.id === evil.id ? wrong(evil.id) : chunk]);
    },
    'another page under its id': (play) => {
      play.bundle = (kind, chunks) =>
        bundleOf(kind, kind === 'page' ? [{ id: page.id, plain: goodPage.plain }] : chunks);
    },
    'a wrong checksum': (play) => {
      play.bundle = (kind, chunks) => {
        const record = bundleOf(kind, chunks);
        record[20] = (record[20] as number) ^ 1;
        return record;
      };
    },
    'a page that decodes to 10 GB': (play) => {
      play.bundle = (kind, chunks) =>
        kind === 'page' ? bombOf('page', page.id, 400_000) : bundleOf(kind, chunks);
    },
    'a piece that decodes to 10 GB': (play) => {
      play.bundle = (kind, chunks) =>
        kind === 'data' ? bombOf('data', evil.id, 4_194_304) : bundleOf(kind, chunks);
    },
    'a table that does not add up': (play) => {
      play.bundle = (kind, chunks) => forged(bundleOf(kind, chunks), 48 + 32, u32(1));
    },
  };
  scene.hub.plays = Object.entries(bad).map(([set, bend]) => make(set, bend));
  const folder = scene.newDir();
  const { program, ends } = await scene.receiveAll(folder);
  for (const [set, end] of ends)
    assert.deepEqual([end['ok'], end['code']], [false, 'damaged-chunk'], String(set));
  assert.equal(program.child.exitCode, null);
  await program.kill();
  scene.assertNothingWrong(folder);
});

test('what the hub lacks or gives another length is missing at the destination, not wrong', async () => {
  const lacksData = new Play(
    'lacks data',
    treeOf(pageOf(dir(''), file('good', good), file('missing', evil))),
  );
  lacksData.kept.delete(Buffer.from(evil.id).toString('hex'));
  const lacksPages = new Play('lacks pages', treeOf(goodPage));
  lacksPages.kept.clear();
  const lies = [11, 13, 4_194_304].map(
    (bytes) =>
      new Play(`lies ${bytes}`, treeOf(pageOf(dir(''), file('wrong', contentOf(evil, bytes))))),
  );
  scene.hub.plays = [lacksData, lacksPages, ...lies];
  const folder = scene.newDir();
  const { program, ends } = await scene.receiveAll(folder);
  for (const [set, end] of ends) {
    assert.deepEqual(
      [end['ok'], end['code']],
      [false, String(set).startsWith('lies') ? 'protocol' : 'missing-chunk'],
      String(set),
    );
  }
  await program.kill();
  scene.assertNothingWrong(folder);
  assert.equal(
    readFileSync(join(folder, `${USER}@${MACHINE}`, 'lacks data', 'good'), 'latin1'),
    'good content',
  );
  assert.deepEqual(
    lacksData.acks.map(({ verified, problems }) => [verified, problems]),
    [[false, 1]],
  );
});

test('a log that lies is refused', async () => {
  const commit: LogItem = { k: 'commit', snapshot: good.id };
  const page: LogItem = { k: 'page', id: goodPage.id };
  const logs: Record<string, LogItem[]> = {
    'goes on behind its end': [page, commit, page],
    'ends twice': [page, commit, commit],
    'has no page': [commit],
    'says what leads out in a hint': [
      { k: 'part', path: bytesOf('../evil'), offset: 0, id: good.id, bytes: 1, depth: 0 },
      page,
      commit,
    ],
  };
  scene.hub.plays = Object.entries(logs).map(([set, items]) => {
    const play = new Play(set, treeOf(goodPage));
    play.items = items;
    return play;
  });
  const folder = scene.newDir();
  const { program, ends } = await scene.receiveAll(folder);
  for (const [set, end] of ends) {
    assert.deepEqual(
      [end['ok'], end['code']],
      [false, set === 'says what leads out in a hint' ? 'name-refused' : 'protocol'],
      String(set),
    );
  }
  await program.kill();
  scene.assertNothingWrong(folder);
});

test('an endless log and bundles that nobody asked for take no memory', async () => {
  const endless = new Play('endless', treeOf(goodPage));
  endless.items = Array.from({ length: 100_000 }, (_, i): LogItem => ({
    k: 'page',
    id: chunkOf(u32(i)).id,
  }));
  // Pages that never come: the destination stops asking for more of the log.
  for (const item of endless.items)
    if (item.k === 'page') endless.keep('page', [{ id: item.id, plain: good.plain }]);
  endless.bundle = () => null;
  const hints = new Play('hints', treeOf(goodPage));
  hints.items = [
    ...Array.from({ length: 20_000 }, (_, i): LogItem => ({
      k: 'part',
      path: bytesOf(`p${i}`),
      offset: i,
      id: good.id,
      bytes: 1,
      depth: 0,
    })),
    ...hints.items,
  ];
  const ride = chunkOf(new Uint8Array(4_000_000));
  const generous = new Play('generous', treeOf(goodPage));
  // The record of a snapshot lies in no bundle with others.
  generous.bundle = (kind, chunks) =>
    bundleOf(kind, kind === 'snapshot' ? chunks : [...chunks, ride]);
  const flooding = new Play('flooding', treeOf(goodPage));
  flooding.opened = async (stream) => {
    for (let i = 0; i < 200; i++) await stream.sendBundle(bundleOf('data', [ride]));
  };
  scene.hub.plays = [endless, hints, generous, flooding];
  const folder = scene.newDir();
  const program = scene.start(['receive', folder]);
  for (const set of ['hints', 'generous', 'flooding']) {
    const end = await program.line(
      (line) => line.event === 'done' && line['set'] === set,
      `an end of ${set}`,
    );
    const code = set === 'flooding' ? 'protocol' : undefined;
    assert.equal(end['code'], code, JSON.stringify(end));
  }
  assert(endless.givenItems <= 2048, `${endless.givenItems} items of an endless log were fetched`);
  const peakKib = Number(
    /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${program.pid}/status`, 'latin1'))?.[1],
  );
  assert(peakKib < 350 * 1024, `the destination has taken ${peakKib} KiB`);
  await program.kill();
  scene.assertNothingWrong(folder);
});

test('sets whose names lead elsewhere are not received', async () => {
  const names = [
    { set: '../..' },
    { set: '..' },
    { set: 'a/b' },
    { user: '..' },
    { user: '../../x' },
    { host: '/' },
    { set: '.rbbackup' },
    { set: '\u001b[31m' },
    { host: '\u009b31m' },
    { user: '\u202egpj' },
  ];
  scene.hub.plays = names.map(
    ({ set = 'set', user = USER, host = MACHINE }) => new Play(set, treeOf(goodPage), user, host),
  );
  const known = scene.outside();
  const folder = scene.newDir();
  const program = scene.start(['receive', folder]);
  const isRefusal = (line: Line): boolean =>
    line.event === 'done' && line['code'] === 'name-refused';
  await program.line(() => program.lines.filter(isRefusal).length === names.length, 'all refusals');
  for (const { message } of program.lines.filter(isRefusal) as (Line & { message: string })[])
    assert.match(message, /^[\u0020-\u007e]+$/);
  await program.kill();
  assert.deepEqual(readdirSync(folder), ['.rbbackup']);
  assert.deepEqual(readdirSync(join(folder, '.rbbackup', 'sets')), []);
  assert.deepEqual(scene.outside(), known);
});

test('a link in one run and files through it in the next stay in the folder', async () => {
  const folder = scene.newDir();
  const copy = join(folder, `${USER}@${MACHINE}`, 'set');
  const asFolder = treeOf(pageOf(dir(''), dir('d'), file('d/good', good)));
  const asLink = treeOf(pageOf(dir(''), symlink('d', scene.stage.path('outside'))));
  const through = treeOf(
    pageOf(dir(''), symlink('d', scene.stage.path('outside')), file('d/evil', evil)),
  );
  for (const tree of [asFolder, asLink, through, asFolder]) {
    scene.hub.plays = [new Play('set', tree)];
    const { program, ends } = await scene.receiveAll(folder);
    assert.equal(ends.get('set')?.['ok'], tree !== through);
    await program.kill();
    assert.deepEqual(readdirSync(scene.stage.path('outside')), ['canary']);
    assert.equal(lstatSync(join(copy, 'd')).isSymbolicLink(), tree !== asFolder);
  }
  assert.equal(readFileSync(join(copy, 'd', 'good'), 'latin1'), 'good content');
});
