/** What fuzzing has found, each by the shortest input that shows it. */

import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import ignore from 'ignore';

import { concatBytes } from '../../src/base/bytes.ts';
import { isRbError } from '../../src/base/errors.ts';
import { readAt } from '../../src/base/durable-read.ts';
import { openSqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import type { Entry, Owner } from '../../src/model/entry.ts';
import { EMPTY_CONTENT, NO_BYTES, NO_XATTRS } from '../../src/model/entry.ts';
import { decodePage, PageBuilder } from '../../src/model/page.ts';
import { TreeStateReader, encodeStateEnd, encodeStateHead } from '../../src/model/tree-state.ts';
import { Excludes } from '../../src/scan/excludes.ts';
import { decodeDatagram, encodeDatagram } from '../../src/transport/udp-datagrams.ts';
import { parseAddress } from '../../src/wire/address.ts';
import { decodeMessage, encodeMessage } from '../../src/wire/codec.ts';
import { decodeInvitation, encodeInvitation } from '../../src/wire/invitation.ts';
import { tempFolder } from '../vault/temp-folder.ts';
import { Random } from './engine/random.ts';

function folder(path: string, owner: Owner): Entry {
  return {
    path: new Uint8Array(Buffer.from(path)),
    kind: 'dir',
    mode: 0o755,
    owner,
    mtimeSec: 0,
    mtimeNsec: 0,
    size: 0,
    content: EMPTY_CONTENT,
    target: NO_BYTES,
    linkGroup: 0,
    xattrs: NO_XATTRS,
  };
}

test('owners whose names only differ in where a colon stands stay two', () => {
  const one = { uid: 1, gid: 2, user: 'a:b', group: 'c' };
  const other = { uid: 1, gid: 2, user: 'a', group: 'b:c' };
  const builder = new PageBuilder();
  builder.add(folder('', one));
  builder.add(folder('x', other));
  assert.deepEqual(
    decodePage(builder.take()).map(({ owner }) => owner),
    [one, other],
  );
});

/** version, owners, entries: the fields of a page, each of one byte. */
const OWNER = [1, 2, 0, 0];
const OTHER = [3, 4, 0, 0];
/** Behind its path: a folder's kind, mode, owner and times. */
const OF_FIRST = [0, 0, 0, 0, 0, 0];
const OF_OTHER = [0, 0, 0, 0, 1, 0, 0, 0];
const ROOT = [0, 0, ...OF_FIRST];
const PAGES: Readonly<Record<string, readonly number[]>> = {
  'an owner that no entry has': [1, 2, ...OWNER, 3, 4, 0, 0, 1, ...ROOT],
  'an owner twice': [1, 2, ...OWNER, ...OWNER, 2, ...ROOT, 0, 1, 97, 0, 0, 1, 0, 0, 0],
  'owners in another order than that of their use': [
    1,
    2,
    ...OWNER,
    ...OTHER,
    2,
    ...OF_OTHER,
    0,
    1,
    97,
    ...OF_FIRST,
  ],
  'a path that shares less than it could': [
    1,
    1,
    ...OWNER,
    3,
    ...ROOT,
    ...[0, 2, 97, 97].concat(OF_FIRST),
    ...[0, 2, 97, 98].concat(OF_FIRST),
  ],
  'a link group of no number': [1, 1, ...OWNER, 2, ...ROOT, 0, 1, 97, 1, 0, 0, 0, 0, 2, 0, 0, 0],
};

for (const [what, bytes] of Object.entries(PAGES)) {
  test(`a page with ${what} is refused: it would be a second name of the same entries`, () => {
    assert.throws(
      () => decodePage(Uint8Array.from(bytes)),
      (error) => isRbError(error, 'protocol'),
    );
  });
}

test('a tree state whose head says neither yes nor no is damaged', () => {
  const state = concatBytes([encodeStateHead(null), encodeStateEnd(0)]);
  const read = (): TreeStateReader =>
    new TreeStateReader((offset, bytes) => state.subarray(offset, offset + bytes));
  assert.equal(read().snapshot, null);
  for (const [at, value] of [
    [5, 2],
    [20, 1],
  ] as const) {
    const before = state[at] as number;
    state[at] = value;
    assert.throws(read, (error) => isRbError(error, 'damaged-state'));
    state[at] = before;
  }
});

test('a length that is not there costs no memory', () => {
  const path = join(tempFolder(), 'short');
  writeFileSync(path, 'ten bytes.');
  const file = openSync(path, 'r');
  const read = readAt(file, 2, 0xffff_ffff);
  closeSync(file);
  assert.equal(Buffer.from(read).toString(), 'n bytes.');
  assert.equal(read.buffer.byteLength, 8);
});

test('words that were made safe to show can be sent on', () => {
  const said = encodeMessage({ t: 'queued', behind: `${'\u0001'.repeat(3000)}\u4e00` });
  const heard = decodeMessage(said);
  assert.deepEqual(decodeMessage(encodeMessage(heard)), heard);
});

test('a count of a zero below zero is a plain zero', () => {
  const said = encodeMessage({ t: 'next', from: 5.5, most: 1 });
  new DataView(said.buffer, said.byteOffset).setFloat64(said.indexOf(0xfb) + 1, -0);
  assert.deepEqual(decodeMessage(said), { t: 'next', from: 0, most: 1 });
});

test('a mark of byte order at the beginning of an invited name is a part of it', () => {
  const parts = { addresses: ['a:1'], fingerprint: new Uint8Array(32), secret: new Uint8Array(16) };
  const code = encodeInvitation({ ...parts, name: '\ufeffana' });
  assert.equal(decodeInvitation(code).name, '\ufeffana');
  assert.equal(decodeInvitation(encodeInvitation({ ...parts, name: '\ufeff' })).name, '\ufeff');
});

test('what stands in brackets without a colon is no address', () => {
  for (const text of ['[1]:80', '[fe%eth0]', '[1%a:b]:3']) {
    assert.throws(
      () => parseAddress(text),
      (error) => isRbError(error, 'usage'),
    );
  }
  assert.deepEqual(parseAddress('[fe80::1%eth0]:3'), { host: 'fe80::1%eth0', port: 3 });
});

test('datagrams with something where nothing has to be are dropped', () => {
  const nonce = new Uint8Array(16);
  const hello = encodeDatagram({ type: 'hello', nonce, version: 1 });
  for (const at of [5, 7, 24, 1151]) {
    const spoiled = Uint8Array.from(hello);
    spoiled[at] = 1;
    assert.equal(decodeDatagram(spoiled), null);
  }
  const refuse = encodeDatagram({ type: 'refuse', nonce, why: 'busy' });
  refuse[24] = 3;
  assert.equal(decodeDatagram(refuse), null);
});

for (const [what, at, value] of [
  ['a format that there is not', 18, 252],
  ['a format that can not be read', 19, 7],
] as const) {
  test(`a catalog that claims ${what} is damaged, and nobody's permissions are blamed`, async () => {
    const path = join(tempFolder(), 'catalog.db');
    (await openSqliteCatalog(path)).close();
    const bytes = readFileSync(path);
    bytes[at] = value;
    writeFileSync(path, bytes);
    await assert.rejects(openSqliteCatalog(path), (error) => isRbError(error, 'damaged-catalog'));
  });
}

test('a catalog whose tables lack a column is damaged', async () => {
  const path = join(tempFolder(), 'catalog.db');
  (await openSqliteCatalog(path)).close();
  const text = readFileSync(path).toString('latin1').replaceAll('fingerprint', 'fingerprunt');
  writeFileSync(path, Buffer.from(text, 'latin1'));
  const catalog = await openSqliteCatalog(path);
  assert.throws(
    () => catalog.devices(),
    (error) => isRbError(error, 'damaged-catalog'),
  );
  catalog.close();
});

test('patterns with many ** are answered at any depth', () => {
  const deep = new Uint8Array(Buffer.from(Array.from({ length: 2000 }, () => 'a').join('/')));
  const excludes = new Excludes(['**/a/**/a/**/a/**/b', '!x/**/a/**/b']);
  assert.equal(excludes.has(deep, false), false);
  const found = new Uint8Array(Buffer.from('a/x/a/y/a/z/b'));
  assert.equal(excludes.has(found, false), true);
});

test('patterns with many ** say what they say as regular expressions', () => {
  const random = new Random(7);
  const names = ['a', 'b', '**', '**', '*', 'a*', '?b', 'c', '[ab]', '\\a'];
  const pattern = (): string => {
    const parts = Array.from({ length: 1 + random.below(6) }, () => random.pick(names));
    const [not, root, dirs] = [random.below(4), random.below(3), random.below(4)];
    return `${not === 0 ? '!' : ''}${root === 0 ? '/' : ''}${parts.join('/')}${dirs === 0 ? '/' : ''}`;
  };
  for (let round = 0; round < 3000; round++) {
    const patterns = Array.from({ length: 1 + random.below(3) }, pattern);
    const parts = Array.from({ length: 1 + random.below(6) }, () =>
      random.pick(['a', 'b', 'c', 'ab', 'bb']),
    );
    const library = ignore({ ignorecase: false, allowRelativePaths: true }).add(patterns);
    const above = parts.slice(1).map((_, i) => `${parts.slice(0, i + 1).join('/')}/`);
    // A walk doesn't go into what is left out.
    if (above.some((path) => library.ignores(path))) continue;
    const path = parts.join('/');
    const isDir = random.below(2) === 0;
    const said = new Excludes(patterns).has(new Uint8Array(Buffer.from(path)), isDir);
    assert.equal(
      said,
      library.ignores(isDir ? `${path}/` : path),
      `${patterns.join(' ')}: ${path}`,
    );
  }
});
