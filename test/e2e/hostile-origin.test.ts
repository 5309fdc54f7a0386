import assert from 'node:assert/strict';
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { concatBytes } from '../../src/base/bytes.ts';
import { isRbError } from '../../src/base/errors.ts';
import type { ErrorCode } from '../../src/base/errors.ts';
import { encodeList } from '../../src/model/content.ts';
import { Scene } from './hostile/scene.ts';
import { received } from './stage.ts';
import {
  badLists,
  badNames,
  badOrders,
  badPages,
  evil,
  good,
  treeOf,
} from './hostile/bad-trees.ts';
import type { BadTree } from './hostile/bad-trees.ts';
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
import {
  commitTree,
  helloOf,
  logIn,
  MACHINE,
  nextOf,
  RawVisitor,
  ScriptedOrigin,
  visit,
} from './hostile/visitor.ts';

let scene: Scene;
let sets = 0;

/** No control characters but the ends of lines, none that change the direction of text. */
const PRINTABLE_LINES = /^[\n\u0020-\u007e\u00a0-\u200d\u2010-\u2027\u202f-\uffff]*$/;

before(async () => {
  scene = await Scene.open();
});
after(async () => await scene[Symbol.asyncDispose]());

function newSet(): string {
  return `set-${++sets}`;
}

/** Starts a run and expects the hub to refuse what `attack` does in it, with a line in its log. */
async function refuses(
  code: ErrorCode,
  what: string,
  attack: (origin: ScriptedOrigin) => Promise<void>,
): Promise<string> {
  const from = scene.logLength;
  const set = newSet();
  const origin = new ScriptedOrigin(await logIn(scene.hub.port, 'mal'), set);
  await origin.start();
  const said = await attack(origin)
    .then(async () => await origin.committed())
    .then(
      () => null,
      (error: unknown) => error,
    );
  assert(
    isRbError(said),
    `${what}: it was not refused but ${said === null ? 'committed' : String(said)}`,
  );
  assert.equal(said.code, code, `${what}: ${said.message}`);
  const { message } = await scene.logged(code, from);
  origin.connection.close();
  assert(!existsSync(join(scene.malDir, `mal@${MACHINE}`, set, 'evil')), what);
  return String(message);
}

async function refusesTree({ code, what, ...tree }: BadTree): Promise<string> {
  return await refuses(code, what, async (origin) => {
    await origin.giveTree(tree);
    await origin.finish();
  });
}

test('no name leads out of the tree or fools a terminal', async () => {
  await scene.during(async () => {
    for (const tree of badNames()) await refusesTree(tree);
    const escapes = treeOf(pageOf(dir(''), file('../\x1b]0;owned\x07', evil)));
    const message = await refusesTree({ what: 'escapes', code: 'name-refused', ...escapes });
    assert.match(message, /\.\.\/\\x1b\]0;owned\\x07/);
    assert(!existsSync('/tmp/rbbackup-evil'));
  });
});

test('nothing can stand below a link or a file, out of order, twice, or in no folder', async () => {
  await scene.during(async () => {
    for (const tree of badOrders(scene.stage.path('outside'))) await refusesTree(tree);
  });
});

test('a folder that becomes a link out of the tree takes nothing with it', async () => {
  const outside = scene.stage.path('outside');
  const link = pageOf(dir(''), symlink('d', outside));
  const below = pageOf(file('d/evil', evil), file('d/z', good));
  const set = newSet();
  await scene.during(async () => {
    const connection = await logIn(scene.hub.port, 'mal');
    const asFolder = treeOf(pageOf(dir(''), dir('d')), below);
    const copy = join(scene.malDir, `mal@${MACHINE}`, set);
    await received(scene.malDestination, hexOf(await commitTree(connection, set, asFolder)));
    assert.equal(readFileSync(join(copy, 'd', 'evil'), 'latin1'), 'evil content');
    // The page below was checked in the run before, as part of another tree.
    await assert.rejects(commitTree(connection, set, treeOf(link, below)), { code: 'protocol' });
    await received(scene.malDestination, hexOf(await commitTree(connection, set, treeOf(link))));
    assert(lstatSync(join(copy, 'd')).isSymbolicLink());
    await received(scene.malDestination, hexOf(await commitTree(connection, set, asFolder)));
    assert(lstatSync(join(copy, 'd')).isDirectory());
    assert.deepEqual(readdirSync(outside), ['canary']);
    connection.close();
  });
});

test('pages and lists that are none are refused', async () => {
  await scene.during(async () => {
    for (const tree of [...badPages(), ...badLists()]) await refusesTree(tree);
  });
});

test('lengths that lie are refused', async () => {
  await scene.during(async () => {
    const chunk = chunkOf(bytesOf(`a chunk of ${newSet()}`));
    const length = chunk.plain.length;
    const record = bundleOf('data', [chunk]);
    await refuses('protocol', 'an offer of another length', async (origin) => {
      await origin.offerIds('data', chunk.id, [length - 1]);
      await origin.stream.sendBundle(record);
    });
    await refuses('damaged-chunk', 'a table that does not add up', async (origin) => {
      await origin.offer('data', [chunk]);
      await origin.stream.sendBundle(forged(record, 48 + 32, u32(length - 1)));
    });
    await refuses('damaged-chunk', 'a sum that overflows', async (origin) => {
      const two = bundleOf('data', [chunk, evil]);
      await origin.offer('data', [chunk]);
      await origin.stream.sendBundle(
        forged(
          forged(two, 48 + 32, u32(0xffff_ffff)),
          48 + 36 + 32,
          u32(length + evil.plain.length + 1),
        ),
      );
    });
  });
});

test('a page that decodes to 10 GB costs the hub nothing', async () => {
  await scene.during(async () => {
    for (const plainBytes of [400_000, 4_194_304]) {
      for (const kind of ['page', 'data'] as const) {
        const chunk = chunkOf(bytesOf(`${kind} ${plainBytes}`));
        await refuses('damaged-chunk', `a bomb of ${plainBytes}`, async (origin) => {
          await origin.offerIds(kind, chunk.id, [plainBytes]);
          await origin.stream.sendBundle(bombOf(kind, chunk.id, plainBytes));
        });
      }
    }
    // What says that it is huge is refused by its first 48 bytes.
    for (const at of [8, 12]) {
      const record = forged(bundleOf('page', [evil]), at, u32(0xffff_fff0));
      assert.equal(await goAwayAfter('bundle', record), 'protocol');
    }
  });
});

/** Sends a frame of a raw origin; answers the code with which the hub hangs up. */
async function goAwayAfter(type: 'bundle' | 'message', payload: Uint8Array): Promise<unknown> {
  const visitor = await RawVisitor.origin(scene.hub.port, 'mal', newSet());
  visitor.frame(type, 1, payload);
  await visitor.closed;
  return visitor.goAway()?.code;
}

test('only chunks that were asked for come in, with the bytes that their ids say', async () => {
  await scene.during(async () => {
    const chunk = chunkOf(bytesOf(`a chunk of ${newSet()}`));
    const wrong = { id: chunk.id, plain: bytesOf('x'.repeat(chunk.plain.length)) };
    await refuses('damaged-chunk', 'wrong bytes under an id', async (origin) => {
      await origin.offer('data', [chunk]);
      await origin.stream.sendBundle(bundleOf('data', [wrong]));
    });
    await refuses('damaged-chunk', 'a wrong checksum', async (origin) => {
      await origin.offer('data', [chunk]);
      const record = bundleOf('data', [chunk]);
      record[20] = (record[20] as number) ^ 1;
      await origin.stream.sendBundle(record);
    });
    await refuses('protocol', 'a chunk that nobody asked for', async (origin) => {
      await origin.stream.sendBundle(bundleOf('data', [chunk]));
    });
    await refuses('protocol', 'a snapshot made up', async (origin) => {
      await origin.offer('data', [chunk]);
      await origin.stream.sendBundle(bundleOf('snapshot', [chunk]));
    });
    await refuses('missing-chunk', 'a file whose chunks never came', async (origin) => {
      await origin.giveTree({ data: [], lists: [], pages: [pageOf(dir(''), file('evil', chunk))] });
      await origin.finish();
    });
    await refuses('missing-chunk', 'a page that never came', async (origin) => {
      await origin.addPages([chunk]);
    });
    await refuses('protocol', 'a tree of nothing', async (origin) => await origin.finish());
    const origin = new ScriptedOrigin(await logIn(scene.hub.port, 'mal'), newSet());
    await origin.start();
    await origin.offer('data', [chunk]);
    await origin.finish();
    origin.stream.end();
    await assert.rejects(origin.committed(), { code: 'connection-lost' });
    origin.connection.close();
  });
});

test('offers beyond the limits are refused', async () => {
  const some = (count: number, seed: number): Uint8Array =>
    new Uint8Array(32 * count).map((_, i) => (i * 31 + seed) >> (i % 3));
  await scene.during(async () => {
    await refuses('too-large', 'one offer of 36 MiB', async (origin) => {
      await origin.offerIds(
        'data',
        some(9, 1),
        Array.from({ length: 9 }, () => 4_194_304),
      );
    });
    await refuses('protocol', 'forty offers at a time', async (origin) => {
      for (let i = 0; i < 40; i++) {
        await origin.offerIds(
          'data',
          concatBytes(Array.from({ length: 8 }, (_, j) => chunkOf(bytesOf(`${i} ${j}`)).id)),
          Array.from({ length: 8 }, () => 4_194_304),
        );
      }
    });
    const bad: Record<string, [Uint8Array, number[]]> = {
      '1,025 ids': [some(1025, 2), Array.from({ length: 1025 }, () => 1)],
      'more ids than lengths': [some(2, 3), [1]],
      'no ids': [some(0, 4), []],
      'a chunk of 5 MB': [some(1, 5), [5_000_000]],
      'a chunk of nothing': [some(1, 6), [0]],
      'half an id': [some(1, 7).subarray(16), [1]],
    };
    for (const [what, [ids, lengths]] of Object.entries(bad)) {
      const origin = new ScriptedOrigin(await logIn(scene.hub.port, 'mal'), newSet());
      await origin.start();
      await origin.offerIds('data', ids, lengths);
      await assert.rejects(origin.committed(), { code: 'protocol' }, what);
    }
  });
});

test('names of users, hosts and sets can be nothing but names', async () => {
  const bad = [
    '..',
    '.',
    'a/b',
    '../up',
    'a\\b',
    'x\u001b[31m',
    'a\nb',
    'a\0b',
    '.rbbackup',
    'x'.repeat(101),
    '\u202egpj',
  ];
  await scene.during(async () => {
    for (const name of bad) {
      const from = scene.logLength;
      const connection = await logIn(scene.hub.port, 'mal');
      for (const more of [{ set: name }, { host: name }]) {
        const origin = new ScriptedOrigin(connection, newSet(), more);
        await assert.rejects(origin.start(), { code: 'name-refused' }, JSON.stringify(more));
      }
      connection.close();
      await scene.logged('name-refused', from);
      await assert.rejects(
        logIn(scene.hub.port, name),
        { code: 'name-refused' },
        JSON.stringify(name),
      );
      await assert.rejects(
        logIn(scene.hub.port, 'mal', { host: name }),
        { code: 'name-refused' },
        JSON.stringify(name),
      );
    }
    for (const name of ['', 'x'.repeat(256)]) {
      await assert.rejects(logIn(scene.hub.port, name), { code: 'protocol' });
    }
  });
  const texts = scene.hub.program.lines.flatMap((line) => Object.values(line)).join('\n');
  assert.match(texts, PRINTABLE_LINES, 'an unescaped character in the log');
});

test('who speaks out of turn, or no protocol at all, is hung up on', async () => {
  await scene.during(async () => {
    const early = await visit(scene.hub.port);
    await early.control.send(helloOf('mal'));
    await nextOf(early.control, 'welcome');
    const twice = await RawVisitor.origin(scene.hub.port, 'mal', newSet());
    twice.message(0, helloOf('mal'));
    await twice.closed;
    assert.equal(twice.goAway()?.code, 'protocol');
    early.close();

    const attacks: Record<string, (visitor: RawVisitor) => void> = {
      'a welcome from a client': (visitor) =>
        visitor.message(1, { t: 'committed', snapshot: good.id, timeMs: 1, unchanged: false }),
      'an unknown message': (visitor) => visitor.message(1, { t: 'own', everything: true }),
      'a stream of the other side': (visitor) => visitor.message(2, { t: 'read' }),
      'no CBOR': (visitor) => visitor.frame('message', 1, bytesOf('\xff\xff\xff')),
      noise: (visitor) => visitor.bytes(bytesOf('\xee'.repeat(100_000))),
      'a page without an id': (visitor) => visitor.message(1, { t: 'page' }),
      'a part of a path of 40,000 bytes': (visitor) =>
        visitor.message(1, {
          t: 'part',
          path: bytesOf('p'.repeat(40_000)),
          offset: 0,
          id: good.id,
          bytes: 1,
          depth: 0,
        }),
      prototypes: (visitor) => visitor.message(1, { t: '__proto__' }),
    };
    for (const [what, attack] of Object.entries(attacks)) {
      const visitor = await RawVisitor.origin(scene.hub.port, 'mal', newSet());
      attack(visitor);
      await visitor.closed;
      assert.equal(visitor.goAway()?.code, 'protocol', what);
    }
  });
});

test('files that are said to be one but differ stay two', async () => {
  const set = newSet();
  const copy = join(scene.malDir, `mal@${MACHINE}`, set);
  await scene.during(async () => {
    const connection = await logIn(scene.hub.port, 'mal');
    const linked = treeOf(
      pageOf(dir(''), file('a', good, { linkGroup: 7 }), file('b', evil, { linkGroup: 7 })),
    );
    await received(scene.malDestination, hexOf(await commitTree(connection, set, linked)));
    assert.equal(readFileSync(join(copy, 'a'), 'latin1'), 'good content');
    assert.equal(readFileSync(join(copy, 'b'), 'latin1'), 'evil content');
    assert.notEqual(lstatSync(join(copy, 'a')).ino, lstatSync(join(copy, 'b')).ino);
    connection.close();
  });
});

test('a piece that is not as long as its page says gets no name at a destination', async () => {
  const set = newSet();
  const copy = join(scene.malDir, `mal@${MACHINE}`, set);
  await scene.during(async () => {
    const connection = await logIn(scene.hub.port, 'mal');
    for (const bytes of [evil.plain.length - 1, evil.plain.length + 1, 4_194_304]) {
      const from = scene.malDestination.lines.length;
      const pages = treeOf(
        pageOf(dir(''), file('evil', contentOf(evil, bytes)), file('good', good)),
      );
      const refused = await commitTree(connection, set, pages).catch((error: unknown) => error);
      if (isRbError(refused)) continue;
      const done = await scene.malDestination.line(
        (line) => line.event === 'done' && line['set'] === set,
        'the end of it',
        from,
      );
      assert.deepEqual([done['ok'], done['code']], [false, 'protocol']);
      assert(!existsSync(join(copy, 'evil')));
    }
    await received(
      scene.malDestination,
      hexOf(await commitTree(connection, set, treeOf(pageOf(dir(''), file('good', good))))),
    );
    assert.deepEqual(readdirSync(copy), ['good']);
    connection.close();
  });
});

test('names that would own a terminal are shown as what they are', async () => {
  const set = newSet();
  const names = [
    '\x1b]0;owned\x07',
    '\x1b[2J\x1b[31mred',
    'a\rb\nc',
    '\xc2\x9b31m',
    '\xe2\x80\xaegpj.exe',
  ].toSorted((a, b) => Buffer.compare(bytesOf(a), bytesOf(b)));
  const copy = scene.stage.path('mal-copy', 'text');
  await scene.during(async () => {
    const from = scene.hub.program.lines.length;
    const server = [
      '--server',
      scene.hub.address,
      '--name',
      'mal',
      '--host',
      'text',
      '--config',
      scene.mal.configDir,
    ];
    const shown = scene.stage.start('rbbackup', [
      'receive',
      copy,
      '--once',
      '-v',
      '--from',
      `mal@${MACHINE}:${set}`,
      ...server,
    ]);
    await scene.hub.program.line(
      (line) => line.event === 'client-connected',
      'the destination',
      from,
    );
    const connection = await logIn(scene.hub.port, 'mal');
    await commitTree(
      connection,
      set,
      treeOf(pageOf(dir(''), ...names.map((name) => file(name, good)), file('\xff', evil))),
    );
    const { status, lines, stderr } = await shown.ended;
    assert.equal(status, 0, stderr);
    const text = `${lines.map((line) => line['text']).join('\n')}\n${stderr}`;
    assert.match(text, PRINTABLE_LINES);
    assert.match(text, /\\x1b\]0;owned\\x07/);
    assert.deepEqual(
      readdirSync(copy, 'latin1').filter((name) => name !== '.rbbackup').length,
      names.length + 1,
    );
    connection.close();
  });
});

test('a hint about a long file leads nowhere that a page does not', async () => {
  const set = newSet();
  await scene.during(async () => {
    const connection = await logIn(scene.hub.port, 'mal');
    const list = chunkOf(
      encodeList({ depth: 0, refs: [{ id: evil.id, bytes: evil.plain.length }] }),
    );
    const origin = new ScriptedOrigin(connection, set);
    await origin.start();
    await origin.give('data', [evil, good]);
    await origin.give('list', [list]);
    for (const offset of [0, 1000, 2 ** 45]) {
      await origin.stream.send({
        t: 'part',
        path: bytesOf('a'),
        offset,
        id: list.id,
        bytes: evil.plain.length,
        depth: 0,
      });
    }
    await origin.stream.send({
      t: 'part',
      path: bytesOf('unnamed/evil'),
      offset: 0,
      id: list.id,
      bytes: evil.plain.length,
      depth: 0,
    });
    await origin.stream.send({
      t: 'part',
      path: bytesOf('lie'),
      offset: 0,
      id: good.id,
      bytes: 2 ** 40,
      depth: 2,
    });
    await origin.giveTree(treeOf(pageOf(dir(''), file('a', good))));
    await origin.finish();
    const done = await received(scene.malDestination, hexOf(await origin.committed()));
    assert.equal(done['ok'], true);
    const copy = join(scene.malDir, `mal@${MACHINE}`, set);
    assert.deepEqual(readdirSync(copy), ['a']);
    assert.equal(readFileSync(join(copy, 'a'), 'latin1'), 'good content');
    connection.close();
  });
});

function hexOf(id: Uint8Array): string {
  return Buffer.from(id).toString('hex');
}
