import assert from 'node:assert/strict';
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { RbError } from '../../src/base/errors.ts';
import { encodeSnapshot } from '../../src/model/snapshot.ts';
import type { LogItem } from '../../src/wire/messages-follow.ts';
import {
  badLists,
  badNames,
  badOrders,
  badPages,
  evil,
  good,
  treeOf,
} from './hostile/bad-trees.ts';
import { Play, ScriptedHub, USER } from './hostile/scripted-hub.ts';
import { RawHub } from './hostile/raw-hub.ts';
import type { Say } from './hostile/raw-hub.ts';
import { anyIdentity, MACHINE } from './hostile/visitor.ts';
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
import type { Line, Program } from './program.ts';
import { doneOf } from './program.ts';
import { Stage } from './stage.ts';
import { describeTree } from './trees.ts';

let stage: Stage;
let hub: ScriptedHub;
let folders = 0;
/** What one page holds that every honest play serves. */
const goodPage = pageOf(dir(''), file('good', good));

before(async () => {
  stage = await Stage.open();
  await writeFile(join(await stage.folder('outside'), 'canary'), 'untouched');
});
after(async () => await stage[Symbol.asyncDispose]());
beforeEach(async () => {
  hub = await ScriptedHub.start();
});
afterEach(async () => await hub[Symbol.asyncDispose]());

function newDir(): string {
  return stage.path('copies', `${++folders}`);
}

/** Starts a command at the scripted hub. */
function start(
  args: readonly string[],
  more: readonly string[] = ['--json'],
  address: string = hub.address,
): Program {
  return stage.start('rbbackup', [
    ...args,
    '--server',
    address,
    '--name',
    USER,
    '--host',
    MACHINE,
    ...more,
  ]);
}

/** Everything of the stage but copies and configuration. */
function outside(): string[] {
  return describeTree(stage.dir, ['copies', 'config']).slice(1);
}

/** Paths of the files and links in a folder. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const all = readdirSync(folder, { recursive: true, encoding: 'latin1' }) as string[];
  return all
    .filter(
      (path) =>
        !path.split('/').includes('.rbbackup') && !lstatSync(join(folder, path)).isDirectory(),
    )
    .toSorted();
}

/** Under a final name there is nothing but what a good piece says. */
function assertNothingWrong(folder: string): void {
  for (const path of filesIn(folder)) {
    assert.match(path, /(?:^|\/)[a-z]+$/);
    assert.equal(readFileSync(join(folder, path), 'latin1'), 'good content', path);
  }
  assert.deepEqual(readdirSync(stage.path('outside')), ['canary']);
  assert(!existsSync('/tmp/rbbackup-evil'));
}

/** Lets a destination take all plays of the hub; answers how each of their transfers ended, by set. */
async function receiveAll(folder: string): Promise<{ program: Program; ends: Map<unknown, Line> }> {
  const program = start(['receive', folder]);
  const ends = new Map<unknown, Line>();
  for (const { offered } of hub.plays) {
    const end = await program.line(
      (line) => line.event === 'done' && line['set'] === offered.set,
      `an end of ${offered.set}`,
    );
    ends.set(offered.set, end);
  }
  return { program, ends };
}

test('a destination refuses every tree that could lead out of its folder, and goes on', async () => {
  const bad = [...badNames(), ...badOrders(stage.path('outside')), ...badPages(), ...badLists()];
  const known = outside();
  const folder = newDir();
  hub.plays = [
    ...bad.map((tree) => new Play(tree.what, tree)),
    new Play('honest', treeOf(goodPage)),
  ];
  const { program, ends } = await receiveAll(folder);
  for (const { what, code } of bad) {
    const end = ends.get(what);
    assert.deepEqual([end?.['ok'], end?.['code']], [false, code], what);
    assert.match(String(end?.['message']), /^[\u0020-\u007e]+$/, what);
  }
  assert.equal(ends.get('honest')?.['ok'], true);
  assert.equal(hub.plays.flatMap(({ acks }) => acks).filter(({ verified }) => verified).length, 1);
  assert.equal(program.child.exitCode, null);
  assert.equal((await program.stop()).status, 130);
  assertNothingWrong(folder);
  assert.deepEqual(outside(), known);
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
  hub.plays = Object.entries(bad).map(([set, bend]) => make(set, bend));
  const folder = newDir();
  const { program, ends } = await receiveAll(folder);
  for (const [set, end] of ends)
    assert.deepEqual([end['ok'], end['code']], [false, 'damaged-chunk'], String(set));
  assert.equal(program.child.exitCode, null);
  await program.kill();
  assertNothingWrong(folder);
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
  hub.plays = [lacksData, lacksPages, ...lies];
  const folder = newDir();
  const { program, ends } = await receiveAll(folder);
  for (const [set, end] of ends) {
    assert.deepEqual(
      [end['ok'], end['code']],
      [false, String(set).startsWith('lies') ? 'protocol' : 'missing-chunk'],
      String(set),
    );
  }
  await program.kill();
  assertNothingWrong(folder);
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
  hub.plays = Object.entries(logs).map(([set, items]) => {
    const play = new Play(set, treeOf(goodPage));
    play.items = items;
    return play;
  });
  const folder = newDir();
  const { program, ends } = await receiveAll(folder);
  for (const [set, end] of ends) {
    assert.deepEqual(
      [end['ok'], end['code']],
      [false, set === 'says what leads out in a hint' ? 'name-refused' : 'protocol'],
      String(set),
    );
  }
  await program.kill();
  assertNothingWrong(folder);
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
  const generous = new Play('generous', treeOf(goodPage));
  const ride = chunkOf(new Uint8Array(4_000_000));
  generous.opened = async (stream) => {
    for (let i = 0; i < 200; i++) await stream.sendBundle(bundleOf('data', [ride]));
  };
  hub.plays = [endless, hints, generous];
  const folder = newDir();
  const program = start(['receive', folder]);
  for (const set of ['hints', 'generous']) {
    const end = await program.line(
      (line) => line.event === 'done' && line['set'] === set,
      `an end of ${set}`,
    );
    assert.equal(end['ok'], true, JSON.stringify(end));
  }
  assert(endless.givenItems <= 2048, `${endless.givenItems} items of an endless log were fetched`);
  const peakKib = Number(
    /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${program.pid}/status`, 'latin1'))?.[1],
  );
  assert(peakKib < 500 * 1024, `the destination has taken ${peakKib} KiB`);
  await program.kill();
  assertNothingWrong(folder);
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
  hub.plays = names.map(
    ({ set = 'set', user = USER, host = MACHINE }) => new Play(set, treeOf(goodPage), user, host),
  );
  const known = outside();
  const folder = newDir();
  const program = start(['receive', folder]);
  const isRefusal = (line: Line): boolean =>
    line.event === 'done' && line['code'] === 'name-refused';
  await program.line(() => program.lines.filter(isRefusal).length === names.length, 'all refusals');
  for (const { message } of program.lines.filter(isRefusal) as (Line & { message: string })[])
    assert.match(message, /^[\u0020-\u007e]+$/);
  await program.kill();
  assert.deepEqual(readdirSync(folder), ['.rbbackup']);
  assert.deepEqual(readdirSync(join(folder, '.rbbackup', 'sets')), []);
  assert.deepEqual(outside(), known);
});

test('a link in one run and files through it in the next stay in the folder', async () => {
  const folder = newDir();
  const copy = join(folder, `${USER}@${MACHINE}`, 'set');
  const asFolder = treeOf(pageOf(dir(''), dir('d'), file('d/good', good)));
  const asLink = treeOf(pageOf(dir(''), symlink('d', stage.path('outside'))));
  const through = treeOf(
    pageOf(dir(''), symlink('d', stage.path('outside')), file('d/evil', evil)),
  );
  for (const tree of [asFolder, asLink, through, asFolder]) {
    hub.plays = [new Play('set', tree)];
    const { program, ends } = await receiveAll(folder);
    assert.equal(ends.get('set')?.['ok'], tree !== through);
    await program.kill();
    assert.deepEqual(readdirSync(stage.path('outside')), ['canary']);
    assert.equal(lstatSync(join(copy, 'd')).isSymbolicLink(), tree !== asFolder);
  }
  assert.equal(readFileSync(join(copy, 'd', 'good'), 'latin1'), 'good content');
});

test('a restore refuses what a destination refuses', async () => {
  const bad = [...badNames(), ...badOrders(stage.path('outside')), ...badLists()].filter(
    (_, i) => i % 3 === 0,
  );
  const known = outside();
  for (const { what, code, ...tree } of bad) {
    hub.plays = [new Play('set', tree)];
    const folder = newDir();
    const ended = await start(['restore', 'latest', folder]).ended;
    const done = doneOf(ended);
    assert.deepEqual([ended.status, done['ok'], done['code']], [1, false, code], what);
    assertNothingWrong(folder);
  }
  assert.deepEqual(outside(), known);
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
    hub.plays = [play];
    const folder = newDir();
    const ended = await start(['restore', 'latest', folder]).ended;
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
  const source = await stage.folder('source');
  await writeFile(join(source, 'a.txt'), 'a letter');
  const known = outside();
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
      const ended = await start(
        ['-rd', source, '--config', stage.path('config', `raw-${number}`)],
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
  assert.deepEqual(outside(), known);
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
      const folder = newDir();
      const program = start(
        ['receive', folder, '--config', stage.path('config', `follow-${number}`)],
        ['--json'],
        raw.address,
      );
      const end = await program.line((line) => line['code'] === 'protocol', 'a refusal');
      assert.match(String(end['message']), /^[\u0020-\u007e]+$/, what);
      await program.kill();
      assertNothingWrong(folder);
    }),
  );
});

test('more wants than an offer has chunks bring nothing but its chunks', async () => {
  const source = await stage.folder('source-of-one');
  await writeFile(join(source, 'a.txt'), 'a letter');
  const came: number[] = [];
  let offered = 0;
  hub.onStream = async (stream, first) => {
    if (first.t !== 'backup') return false;
    await stream.send({ t: 'start', run: 'r', latest: null, memoryIsGood: false });
    for (let incoming = await stream.next(); incoming !== null; incoming = await stream.next()) {
      if (incoming.t === 'offer') {
        offered += incoming.lengths.length;
        await stream.send({ t: 'want', seq: incoming.seq, bits: new Uint8Array(128).fill(255) });
      } else if (incoming.t === '#bundle')
        came.push((incoming.record[6] as number) | ((incoming.record[7] as number) << 8));
      else if (incoming.t === 'finish')
        await stream.send({ t: 'committed', snapshot: good.id, timeMs: 1, unchanged: false });
    }
    stream.end();
    return true;
  };
  const ended = await start(['-rd', source]).ended;
  assert.equal(ended.status, 0, ended.stderr);
  assert.equal(
    came.reduce((sum, count) => sum + count, 0),
    offered,
  );
});

test('a hub that hangs up at an odd moment is tried again, or the command ends with its reason', async () => {
  const busy = new RbError('busy', 'Come again.');
  const denied = new RbError('not-allowed', 'You may no longer be here.');
  const folder = newDir();
  const ask = (reason: RbError): void => {
    const play = new Play('set', treeOf(goodPage));
    play.opened = () => {
      hub.hangUp(reason);
    };
    hub.plays = [play];
  };
  ask(busy);
  const program = start(['receive', folder]);
  await program.line(
    (line) => line.event === 'disconnected' && line['code'] === 'busy',
    'a try again',
  );
  hub.plays = [new Play('set', treeOf(goodPage))];
  await program.line((line) => line.event === 'done' && line['ok'] === true, 'a good end');
  hub.hangUp(denied);
  assert.equal((await program.ended).status, 5);

  ask(denied);
  assert.equal((await start(['receive', newDir()]).ended).status, 5);
  hub.greet = (connection) => connection.close(denied);
  assert.equal((await start(['receive', newDir()]).ended).status, 5);
  hub.greet = (connection) => connection.close(new RbError('protocol', 'No.'));
  const ended = await start(['-rd', stage.path('outside')]).ended;
  assert.deepEqual([ended.status, doneOf(ended)['code']], [1, 'protocol']);
});

test('nothing that a hub says can own a terminal', async () => {
  const escapes = '\u001b]0;owned\u0007 \u009b31m \u202e';
  const folder = newDir();
  hub.welcome = { hub: escapes };
  const play = new Play('set', treeOf(goodPage));
  play.items = [{ k: 'abort', code: 'internal', message: escapes }];
  const failing = new Play('failing', treeOf(goodPage));
  failing.opened = (stream) => stream.fail(new RbError('internal', escapes));
  hub.plays = [
    play,
    failing,
    new Play(escapes, treeOf(goodPage)),
    new Play('last', treeOf(goodPage)),
  ];
  const taking = await start(['receive', folder, '--once', '-v'], []).ended;
  assertPrintable(taking.lines, taking.stderr);

  hub.onStream = (stream, first) => {
    if (first.t === 'backup') stream.fail(new RbError('internal', escapes));
    return Promise.resolve(first.t === 'backup');
  };
  const sending = await start(['-rd', stage.path('outside')], []).ended;
  assert.equal(sending.status, 1);
  assertPrintable(sending.lines, sending.stderr);
  const listing = await start(['snapshots'], []).ended;
  assertPrintable(listing.lines, listing.stderr);
  hub.greet = (connection) => connection.close(new RbError('internal', escapes));
  const refused = await start(['snapshots'], []).ended;
  assertPrintable(refused.lines, refused.stderr);
});

function assertPrintable(lines: readonly Line[], stderr: string): void {
  const text = `${lines.map((line) => String(line['text'])).join('\n')}\n${stderr}`;
  assert.match(text, /owned/);
  assert.match(text, /^[\n\u0020-\u007e\u00a0-\u200d\u2010-\u2027\u202f-\uffff]*$/);
}
