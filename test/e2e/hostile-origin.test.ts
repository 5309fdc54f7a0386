import assert from 'node:assert/strict';
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { hex } from '../../src/base/bytes.ts';
import { isRbError } from '../../src/base/errors.ts';
import { encodeList } from '../../src/model/content.ts';
import {
  badLists,
  badNames,
  badOrders,
  badPages,
  evil,
  good,
  treeOf,
} from './hostile/bad-trees.ts';
import { Scene } from './hostile/scene.ts';
import { commitTree, logIn, MACHINE, ScriptedOrigin } from './hostile/visitor.ts';
import { bytesOf, chunkOf, contentOf, dir, file, pageOf, symlink } from './hostile/wild.ts';
import { PRINTABLE_LINES } from './printable.ts';
import { received } from './stage.ts';

let scene: Scene;

before(async () => {
  scene = await Scene.open();
});
after(async () => await scene[Symbol.asyncDispose]());

test('no name leads out of the tree or fools a terminal', async () => {
  await scene.during(async () => {
    for (const tree of badNames()) await scene.refusesTree(tree);
    const escapes = treeOf(pageOf(dir(''), file('../\x1b]0;owned\x07', evil)));
    const message = await scene.refusesTree({ what: 'escapes', code: 'name-refused', ...escapes });
    assert.match(message, /\.\.\/\\x1b\]0;owned\\x07/);
    assert(!existsSync('/tmp/rbbackup-evil'));
  });
});

test('nothing can stand below a link or a file, out of order, twice, or in no folder', async () => {
  await scene.during(async () => {
    for (const tree of badOrders(scene.stage.path('outside'))) await scene.refusesTree(tree);
  });
});

test('a folder that becomes a link out of the tree takes nothing with it', async () => {
  const outside = scene.stage.path('outside');
  const link = pageOf(dir(''), symlink('d', outside));
  const below = pageOf(file('d/evil', evil), file('d/z', good));
  const set = scene.newSet();
  await scene.during(async () => {
    const connection = await logIn(scene.hub.port, 'mal');
    const asFolder = treeOf(pageOf(dir(''), dir('d')), below);
    const copy = join(scene.malDir, `mal@${MACHINE}`, set);
    await received(scene.malDestination, hex(await commitTree(connection, set, asFolder)));
    assert.equal(readFileSync(join(copy, 'd', 'evil'), 'latin1'), 'evil content');
    // The page below was checked in the run before, as part of another tree.
    await assert.rejects(commitTree(connection, set, treeOf(link, below)), { code: 'protocol' });
    await received(scene.malDestination, hex(await commitTree(connection, set, treeOf(link))));
    assert(lstatSync(join(copy, 'd')).isSymbolicLink());
    await received(scene.malDestination, hex(await commitTree(connection, set, asFolder)));
    assert(lstatSync(join(copy, 'd')).isDirectory());
    assert.deepEqual(readdirSync(outside), ['canary']);
    connection.close();
  });
});

test('pages and lists that are none are refused', async () => {
  await scene.during(async () => {
    for (const tree of [...badPages(), ...badLists()]) await scene.refusesTree(tree);
  });
});

test('files that are said to be one but differ stay two', async () => {
  const set = scene.newSet();
  const copy = join(scene.malDir, `mal@${MACHINE}`, set);
  await scene.during(async () => {
    const connection = await logIn(scene.hub.port, 'mal');
    const linked = treeOf(
      pageOf(dir(''), file('a', good, { linkGroup: 7 }), file('b', evil, { linkGroup: 7 })),
    );
    await received(scene.malDestination, hex(await commitTree(connection, set, linked)));
    assert.equal(readFileSync(join(copy, 'a'), 'latin1'), 'good content');
    assert.equal(readFileSync(join(copy, 'b'), 'latin1'), 'evil content');
    assert.notEqual(lstatSync(join(copy, 'a')).ino, lstatSync(join(copy, 'b')).ino);
    connection.close();
  });
});

test('a piece that is not as long as its page says gets no name at a destination', async () => {
  const set = scene.newSet();
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
      hex(await commitTree(connection, set, treeOf(pageOf(dir(''), file('good', good))))),
    );
    assert.deepEqual(readdirSync(copy), ['good']);
    connection.close();
  });
});

test('names that would own a terminal are shown as what they are', async () => {
  const set = scene.newSet();
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
  const set = scene.newSet();
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
    const done = await received(scene.malDestination, hex(await origin.committed()));
    assert.equal(done['ok'], true);
    const copy = join(scene.malDir, `mal@${MACHINE}`, set);
    assert.deepEqual(readdirSync(copy), ['a']);
    assert.equal(readFileSync(join(copy, 'a'), 'latin1'), 'good content');
    connection.close();
  });
});
