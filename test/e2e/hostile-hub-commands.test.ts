import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';

import { RbError } from '../../src/base/errors.ts';
import { encodeSnapshot } from '../../src/model/snapshot.ts';
import {
  badLists,
  badNames,
  badOrders,
  evil,
  good,
  goodPage,
  treeOf,
} from './hostile/bad-trees.ts';
import { HubScene, filesIn } from './hostile/hub-scene.ts';
import { RawHub } from './hostile/raw-hub.ts';
import { Play, USER } from './hostile/scripted-hub.ts';
import { MACHINE, anyIdentity } from './hostile/visitor.ts';
import { bundleOf, bytesOf, chunkOf, forged, u32 } from './hostile/wild.ts';
import { PRINTABLE_LINES } from './printable.ts';
import { doneOf } from './program.ts';
import type { Say } from './hostile/raw-hub.ts';
import type { Line } from './program.ts';

let scene: HubScene;

before(async () => {
  scene = await HubScene.open();
});
after(async () => await scene[Symbol.asyncDispose]());
beforeEach(async () => await scene.renew());

test('a restore refuses what a destination refuses', async () => {
  const bad = [...badNames(), ...badOrders(scene.stage.path('outside')), ...badLists()].filter(
    (_, i) => i % 5 === 0,
  );
  const known = scene.outside();
  for (const { what, code, ...tree } of bad) {
    scene.hub.plays = [new Play('set', tree)];
    const folder = scene.newDir();
    const ended = await scene.start(['restore', 'latest', folder]).ended;
    const done = doneOf(ended);
    assert.deepEqual([ended.status, done['ok'], done['code']], [1, false, code], what);
    scene.assertNothingWrong(folder);
  }
  assert.deepEqual(scene.outside(), known);
});

test('a restore believes no record of a snapshot that is not what its id says', async () => {
  const make = (plain: Uint8Array): Play => {
    const play = new Play('set', treeOf(goodPage));
    const lie = chunkOf(plain);
    (play as { snapshot: typeof lie }).snapshot = lie;
    play.keep('snapshot', [lie]);
    return play;
  };
  const key = { user: USER, host: MACHINE, set: 'set' };
  const counts = {
    timeMs: 1,
    previous: null,
    sourcePath: bytesOf('/'),
    recursive: true,
    deleted: true,
    files: 1,
    dirs: 1,
    bytes: 1,
    skipped: 0,
  };
  const swapped = new Play('set', treeOf(goodPage));
  swapped.bundle = (kind, chunks) =>
    bundleOf(kind, kind === 'snapshot' ? [{ id: swapped.snapshot.id, plain: evil.plain }] : chunks);
  const plays: Record<string, [string, Play]> = {
    'other bytes': ['damaged-chunk', swapped],
    noise: ['unsupported', make(bytesOf('noise'))],
    'no pages': ['protocol', make(encodeSnapshot({ key, ...counts, pages: [] }))],
    'a set that leads out': [
      'name-refused',
      make(encodeSnapshot({ key: { ...key, set: '../..' }, ...counts, pages: [goodPage.id] })),
    ],
    'pages that are not there': [
      'missing-chunk',
      make(
        encodeSnapshot({
          key,
          ...counts,
          pages: [1, 2].map((byte) => new Uint8Array(32).fill(byte)),
        }),
      ),
    ],
  };
  for (const [what, [code, play]] of Object.entries(plays)) {
    scene.hub.plays = [play];
    const folder = scene.newDir();
    const ended = await scene.start(['restore', 'latest', folder]).ended;
    const done = doneOf(ended);
    assert.deepEqual(
      [ended.status, done['ok'], done['code']],
      [1, false, code],
      `${what}: ${JSON.stringify(done)}`,
    );
    assert.deepEqual(filesIn(folder), [], what);
  }
});

test('a command ends with a sentence when the hub breaks the rules', async () => {
  const source = await scene.stage.folder('source');
  await writeFile(join(source, 'a.txt'), 'a letter');
  const known = scene.outside();
  const started = { t: 'start', run: 'r', latest: null, memoryIsGood: false };
  const id = good.id;
  const committed = { t: 'committed', snapshot: id, timeMs: 1, unchanged: false };
  const inBackup: Record<string, (say: Say, stream: number) => void> = {
    'an answer to an offer that was not made': (say, stream) =>
      say.message(stream, { t: 'want', seq: 999, bits: new Uint8Array(1).fill(255) }),
    'a commit before the end': (say, stream) => say.message(stream, committed),
    'two starts': (say, stream) => say.message(stream, started),
    'something for others': (say, stream) =>
      say.message(stream, {
        t: 'offered',
        user: 'a',
        host: 'b',
        set: 'c',
        run: null,
        snapshot: id,
        files: 0,
        bytes: 0,
      }),
    'an unknown message': (say, stream) => say.message(stream, { t: 'run', command: 'rm' }),
    'a want of a wrong form': (say, stream) =>
      say.message(stream, { t: 'want', kind: 'data', ids: id }),
    'a bundle': (say, stream) => say.frame('bundle', stream, bundleOf('data', [good])),
    'a stream that nobody opened': (say) => say.message(77, { t: 'acked' }),
    'a stream of its own': (say) => say.message(2, { t: 'read' }),
    'a second welcome': (say) => say.message(0, { t: 'welcome' }),
    'no CBOR': (say, stream) => say.frame('message', stream, bytesOf('\xff\xff')),
    noise: (say) => say.bytes(bytesOf('\xee'.repeat(100_000))),
    'more copies than there can be': (say, stream) =>
      say.message(stream, { t: 'copies', copies: Array.from({ length: 2000 }, () => ({})) }),
  };
  await Promise.all(
    Object.entries(inBackup).map(async ([what, attack], number) => {
      await using raw = await RawHub.listen(await anyIdentity(), (message, stream, say) => {
        if (message.t !== 'backup') return;
        say.message(stream, started);
        attack(say, stream);
      });
      const ended = await scene.start(
        ['-rd', source, '--config', scene.stage.path('config', `raw-${number}`)],
        ['--json'],
        raw.address,
      ).ended;
      const done = doneOf(ended);
      assert.deepEqual(
        [ended.status, done['ok'], done['code']],
        [1, false, 'protocol'],
        `${what}: ${JSON.stringify(done)}`,
      );
      assert.match(String(done['message']), /^[\u0020-\u007e]+$/, what);
    }),
  );
  assert.deepEqual(scene.outside(), known);
});

test('a destination ends with a sentence when the hub breaks the rules', async () => {
  const offered = {
    t: 'offered',
    user: USER,
    host: MACHINE,
    set: 'set',
    run: null,
    snapshot: good.id,
    files: 1,
    bytes: 1,
  };
  const inFollow: Record<string, (say: Say, stream: number) => void> = {
    'a log that nobody asked for': (say, stream) => {
      for (let i = 0; i < 2; i++)
        say.message(stream, { t: 'log', from: 0, items: [{ k: 'page', id: goodPage.id }] });
    },
    'an acknowledgement of nothing': (say, stream) => say.message(stream, { t: 'acked' }),
    'a bundle that is cut': (say, stream) =>
      say.frame('bundle', stream, bundleOf('page', [goodPage]).subarray(0, 60)),
    'a bundle that is huge': (say, stream) =>
      say.frame('bundle', stream, forged(bundleOf('page', [goodPage]), 12, u32(0xffff_fff0))),
    'an item of no kind': (say, stream) =>
      say.message(stream, { t: 'log', from: 0, items: [{ k: 'own' }] }),
    'an id of 31 bytes': (say, stream) =>
      say.message(stream, { t: 'log', from: 0, items: [{ k: 'page', id: good.id.subarray(1) }] }),
  };
  await Promise.all(
    Object.entries(inFollow).map(async ([what, attack], number) => {
      await using raw = await RawHub.listen(await anyIdentity(), (message, stream, say) => {
        if (message.t === 'receive') say.message(stream, offered);
        else if (message.t === 'next') attack(say, stream);
      });
      const folder = scene.newDir();
      const program = scene.start(
        ['receive', folder, '--config', scene.stage.path('config', `follow-${number}`)],
        ['--json'],
        raw.address,
      );
      const end = await program.line((line) => line['code'] === 'protocol', 'a refusal');
      assert.match(String(end['message']), /^[\u0020-\u007e]+$/, what);
      await program.kill();
      scene.assertNothingWrong(folder);
    }),
  );
});

test('more wants than an offer has chunks bring nothing but its chunks', async () => {
  const source = await scene.stage.folder('source-of-one');
  await writeFile(join(source, 'a.txt'), 'a letter');
  const came: number[] = [];
  let offered = 0;
  scene.hub.onStream = async (stream, first) => {
    if (first.t !== 'backup') return false;
    await stream.send({ t: 'start', run: 'r', latest: null, memoryIsGood: false });
    for (let incoming = await stream.next(); incoming !== null; incoming = await stream.next()) {
      if (incoming.t === 'offer') {
        offered += incoming.lengths.length;
        await stream.send({ t: 'want', seq: incoming.seq, bits: new Uint8Array(128).fill(255) });
      } else if (incoming.t === '#bundle')
        came.push(
          (incoming.record.bytes[6] as number) | ((incoming.record.bytes[7] as number) << 8),
        );
      else if (incoming.t === 'finish')
        await stream.send({ t: 'committed', snapshot: good.id, timeMs: 1, unchanged: false });
    }
    stream.end();
    return true;
  };
  const ended = await scene.start(['-rd', source]).ended;
  assert.equal(ended.status, 0, ended.stderr);
  assert.equal(
    came.reduce((sum, count) => sum + count, 0),
    offered,
  );
});

test('a hub that hangs up at an odd moment is tried again, or the command ends with its reason', async () => {
  const busy = new RbError('busy', 'Come again.');
  const denied = new RbError('not-allowed', 'You may no longer be here.');
  const folder = scene.newDir();
  const ask = (reason: RbError): void => {
    const play = new Play('set', treeOf(goodPage));
    play.opened = () => {
      scene.hub.hangUp(reason);
    };
    scene.hub.plays = [play];
  };
  ask(busy);
  const program = scene.start(['receive', folder]);
  await program.line(
    (line) => line.event === 'disconnected' && line['code'] === 'busy',
    'a try again',
  );
  scene.hub.plays = [new Play('set', treeOf(goodPage))];
  await program.line((line) => line.event === 'done' && line['ok'] === true, 'a good end');
  scene.hub.hangUp(denied);
  assert.equal((await program.ended).status, 5);

  ask(denied);
  assert.equal((await scene.start(['receive', scene.newDir()]).ended).status, 5);
  scene.hub.greet = (connection) => connection.close(denied);
  assert.equal((await scene.start(['receive', scene.newDir()]).ended).status, 5);
  scene.hub.greet = (connection) => connection.close(new RbError('protocol', 'No.'));
  const ended = await scene.start(['-rd', scene.stage.path('outside')]).ended;
  assert.deepEqual([ended.status, doneOf(ended)['code']], [1, 'protocol']);
});

test('nothing that a hub says can own a terminal', async () => {
  const escapes = '\u001b]0;owned\u0007 \u009b31m \u202e';
  const folder = scene.newDir();
  scene.hub.welcome = { hub: escapes };
  const play = new Play('set', treeOf(goodPage));
  play.items = [{ k: 'abort', code: 'internal', message: escapes }];
  const failing = new Play('failing', treeOf(goodPage));
  failing.opened = (stream) => stream.fail(new RbError('internal', escapes));
  scene.hub.plays = [
    play,
    failing,
    new Play(escapes, treeOf(goodPage)),
    new Play('last', treeOf(goodPage)),
  ];
  const taking = await scene.start(['receive', folder, '--once', '-v'], []).ended;
  assertPrintable(taking.lines, taking.stderr);

  scene.hub.onStream = (stream, first) => {
    if (first.t === 'backup') stream.fail(new RbError('internal', escapes));
    return Promise.resolve(first.t === 'backup');
  };
  const sending = await scene.start(['-rd', scene.stage.path('outside')], []).ended;
  assert.equal(sending.status, 1);
  assertPrintable(sending.lines, sending.stderr);
  const listing = await scene.start(['snapshots'], []).ended;
  assertPrintable(listing.lines, listing.stderr);
  scene.hub.greet = (connection) => connection.close(new RbError('internal', escapes));
  const refused = await scene.start(['snapshots'], []).ended;
  assertPrintable(refused.lines, refused.stderr);
});

function assertPrintable(lines: readonly Line[], stderr: string): void {
  const text = `${lines.map((line) => String(line['text'])).join('\n')}\n${stderr}`;
  assert.match(text, /owned/);
  assert.match(text, PRINTABLE_LINES);
}
