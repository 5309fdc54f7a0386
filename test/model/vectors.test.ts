import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { fromHex, hex } from '../../src/base/bytes.ts';
import { blake3 } from '../../src/base/hash.ts';
import {
  checkBundle,
  decodeBundle,
  decodeBundleHead,
  encodeBundle,
} from '../../src/model/bundle.ts';
import { decodeList, encodeList } from '../../src/model/content.ts';
import type { Entry } from '../../src/model/entry.ts';
import { decodePage, endsPage, PageBuilder } from '../../src/model/page.ts';
import { decodeSnapshot, encodeSnapshot } from '../../src/model/snapshot.ts';
import {
  encodeStateEnd,
  encodeStateHead,
  encodeStatePage,
  newStamps,
} from '../../src/model/tree-state.ts';
import { packName } from '../../src/vault/directory/pack-format.ts';

/*
 * Golden vectors of docs/spec/repository.md. They are kept for ever: what this version wrote every later one
 * has to read and, unless the format's version changes, to write in the same way.
 */

type Vectors = Record<
  'list' | 'page' | 'snapshot' | 'bundle' | 'packName' | 'treeState',
  string
> & {
  readonly pageEnds: readonly string[];
};

const file = new URL('../vectors/repository.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors;

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const idOf = (text: string): Uint8Array => Uint8Array.from(blake3(bytes(text)));

const LIST = {
  depth: 0,
  refs: [
    { id: idOf('one'), bytes: 300 },
    { id: null, bytes: 4096 },
    { id: idOf('two'), bytes: 7 },
  ],
};

const ROOT: Entry = {
  path: new Uint8Array(0),
  kind: 'dir',
  mode: 0o755,
  owner: { uid: 1000, gid: 100, user: 'ana', group: 'users' },
  mtimeSec: 1_700_000_000,
  mtimeNsec: 123_456_789,
  size: 0,
  content: { depth: 0, refs: [] },
  target: new Uint8Array(0),
  linkGroup: 0,
  xattrs: [],
};

const ENTRIES: readonly Entry[] = [
  ROOT,
  { ...ROOT, path: bytes('bin'), mode: 0o1777, mtimeSec: -1, mtimeNsec: 0 },
  {
    ...ROOT,
    path: bytes('bin/tool'),
    kind: 'file',
    mode: 0o4755,
    owner: { uid: 0, gid: 0, user: 'root', group: '' },
    size: 4403,
    content: LIST,
    linkGroup: 77,
    xattrs: [
      { name: bytes('user.a'), value: new Uint8Array(0) },
      { name: bytes('user.b'), value: Uint8Array.of(0, 255) },
    ],
  },
  { ...ROOT, path: bytes('bin/tool.link'), kind: 'symlink', mode: 0o777, target: bytes('tool') },
  { ...ROOT, path: Uint8Array.of(0x62, 0x69, 0x6e, 0xff), kind: 'fifo', mode: 0o600 },
];

const SNAPSHOT = {
  key: { user: 'ana', host: 'pc', set: 'Größe' },
  timeMs: 1_790_000_000_000,
  previous: idOf('before'),
  sourcePath: bytes('/home/ana'),
  recursive: true,
  deleted: false,
  files: 1,
  dirs: 2,
  bytes: 4403,
  skipped: 3,
  pages: [idOf('page 1'), idOf('page 2')],
};

function page(): Uint8Array {
  const builder = new PageBuilder();
  for (const entry of ENTRIES) builder.add(entry);
  return builder.take();
}

function bundle(): Uint8Array {
  const [one, two] = [bytes('the first chunk'), bytes('the second')];
  const table = [
    { id: idOf('the first chunk'), bytes: one.length },
    { id: idOf('the second'), bytes: two.length },
  ];
  return encodeBundle('data', 'stored', table, Buffer.concat([one, two]));
}

function treeState(): Uint8Array {
  const stamps = newStamps(2);
  stamps.ino.set([12, 2 ** 40]);
  stamps.ctimeSec.set([1_700_000_000, -5]);
  stamps.ctimeNsec.set([1, 999_999_999]);
  stamps.mark.set([1, 2]);
  const statePage = encodeStatePage({ id: idOf('a page'), page: bytes('a page'), stamps });
  return Buffer.concat([encodeStateHead(idOf('snapshot')), statePage, encodeStateEnd(1)]);
}

test('a list is written and read as ever', () => {
  assert.equal(hex(encodeList(LIST)), vectors.list);
  assert.deepEqual(decodeList(fromHex(vectors.list), 1, 4403), LIST);
});

test('a page is written and read as ever', () => {
  assert.equal(hex(page()), vectors.page);
  assert.deepEqual(decodePage(fromHex(vectors.page)), ENTRIES);
});

test('pages end behind the same paths as ever', () => {
  const ends: string[] = [];
  for (let i = 0; i < 2000; i++)
    if (endsPage(bytes(`folder/file-${i}`))) ends.push(`folder/file-${i}`);
  assert.deepEqual(ends, vectors.pageEnds);
});

test('a snapshot is written and read as ever', () => {
  assert.equal(hex(encodeSnapshot(SNAPSHOT)), vectors.snapshot);
  assert.deepEqual(decodeSnapshot(fromHex(vectors.snapshot)), SNAPSHOT);
});

test('a bundle record is written and read as ever, and a pack of it has the same name', () => {
  assert.equal(hex(bundle()), vectors.bundle);
  const record = fromHex(vectors.bundle);
  checkBundle(record);
  assert.deepEqual(
    decodeBundle(record).chunks.map(({ bytes: length }) => length),
    [15, 10],
  );
  const table = record.subarray(0, 48 + 72);
  assert.equal(packName([{ offset: 8, table, head: decodeBundleHead(table) }]), vectors.packName);
});

test('a tree state is written as ever', () => {
  assert.equal(hex(treeState()), vectors.treeState);
});
