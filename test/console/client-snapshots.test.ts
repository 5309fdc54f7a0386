import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hex } from '../../src/base/bytes.ts';
import { contentDisposition } from '../../src/console/client/download-name.ts';
import { encodeList } from '../../src/model/content.ts';
import type { Ref } from '../../src/model/entry.ts';
import { comparePaths } from '../../src/model/path.ts';
import { backUp, Origin } from '../hub/actors.ts';
import { chunkOf, entryOf, noise, pagesOf, treeOf } from '../hub/trees.ts';
import type { Tree } from '../hub/trees.ts';
import { snapshotsStage } from './client-snapshots-stage.ts';
import type { SnapshotsStage } from './client-snapshots-stage.ts';

type Row = Record<string, unknown>;

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Folders and files, one of which has a name that is no UTF-8. */
function sampleTree(more: Readonly<Record<string, string>> = {}): Tree {
  const contents: Readonly<Record<string, string>> = {
    'a-b/x.txt': 'beside a',
    'a/b/deep.txt': 'deep',
    'a/Letter.TXT': 'letter',
    'top.txt': 'top',
    ...more,
  };
  const folders = new Set(['a', 'a-b', 'a/b', 'empty']);
  const data = Object.values(contents).map((value) => chunkOf(text(value)));
  const files = Object.entries(contents).map(([path, value], i) => {
    const { id } = data[i] as (typeof data)[number];
    return entryOf(path, 'file', { depth: 0, refs: [{ id, bytes: text(value).length }] });
  });
  const odd = { ...entryOf('x', 'file'), path: Uint8Array.of(0x6f, 0xff, 0x64) };
  const entries = [...files, odd, ...[...folders].map((path) => entryOf(path, 'dir'))];
  entries.sort((a, b) => comparePaths(a.path, b.path));
  return { data, pages: pagesOf([entryOf('', 'dir'), ...entries], 3), bytes: 30 };
}

async function backedUp(
  stage: SnapshotsStage,
  tree: Tree,
  set: string = 'photos',
): Promise<string> {
  const connection = await stage.lab.login('ana');
  const { snapshot } = await backUp(connection, set, tree);
  return hex(snapshot);
}

function rows(answer: Record<string, unknown>, field: string): Row[] {
  return answer[field] as Row[];
}

const pathOf = ({ path }: Row): unknown => (path as Row)['path'];

test('sets and their snapshots are listed, newest first', async (t) => {
  const stage = await snapshotsStage(t);
  assert.deepEqual(await stage.json('/api/sets'), { sets: [] });
  const first = await backedUp(stage, sampleTree());
  const second = await backedUp(stage, sampleTree({ 'new.txt': 'new' }));
  await backedUp(stage, sampleTree(), 'other');
  const sets = rows(await stage.json('/api/sets'), 'sets');
  assert.deepEqual(
    sets.map(({ key, snapshots }) => [(key as Row)['set'], snapshots]),
    [
      ['other', 1],
      ['photos', 2],
    ],
  );
  assert.equal(((sets[1] as Row)['latest'] as Row)['id'], second);
  const listed = await stage.json('/api/snapshots?user=ana&host=machine&set=photos');
  assert.deepEqual(
    rows(listed, 'snapshots').map(({ id }) => id),
    [second, first],
  );
  assert.equal(listed['more'], false);
});

test('folders are listed in parts; names that are no UTF-8 come as bytes as well, and lead back', async (t) => {
  const stage = await snapshotsStage(t);
  const id = await backedUp(stage, sampleTree());
  const root = await stage.json(`/api/snapshots/${id}/folder`);
  assert.deepEqual(rows(root, 'entries').map(pathOf), ['a', 'a-b', 'empty', 'o\ufffdd', 'top.txt']);
  assert.deepEqual([root['total'], root['more']], [5, false]);
  const part = await stage.json(`/api/snapshots/${id}/folder?offset=1&limit=2`);
  assert.deepEqual(rows(part, 'entries').map(pathOf), ['a-b', 'empty']);
  assert.equal(part['more'], true);
  const below = await stage.json(`/api/snapshots/${id}/folder?path=a`);
  assert.deepEqual(
    rows(below, 'entries').map(({ name, kind, bytes }) => [(name as Row)['path'], kind, bytes]),
    [
      ['Letter.TXT', 'file', 6],
      ['b', 'folder', 0],
    ],
  );
  assert.deepEqual((await stage.json(`/api/snapshots/${id}/folder?path=empty`))['entries'], []);
  const odd = rows(root, 'entries')[3] as Row;
  const bytes = encodeURIComponent(String((odd['path'] as Row)['pathBytes']));
  const file = await stage.get(`/api/snapshots/${id}/file?pathBytes=${bytes}`);
  assert.deepEqual([file.status, file.body.length], [200, 0]);
  for (const [path, status] of [
    ['folder?path=nowhere', 404],
    ['folder?path=top.txt', 404],
    ['folder?path=..%2Fetc', 403],
    ['folder?pathBytes=%21', 400],
    ['folder?limit=5000', 400],
    ['file?path=a', 404],
  ] as const)
    assert.equal((await stage.get(`/api/snapshots/${id}/${path}`)).status, status, path);
  assert.equal((await stage.get(`/api/snapshots/${'0'.repeat(64)}/folder`)).status, 404);
  assert.equal((await stage.get('/api/sets', '')).status, 401);
});

test('two snapshots are compared in parts, with the counts of all', async (t) => {
  const stage = await snapshotsStage(t);
  const first = await backedUp(stage, sampleTree());
  const second = await backedUp(stage, sampleTree({ 'top.txt': 'changed', 'z.txt': 'new' }));
  const diff = await stage.json(`/api/snapshots/${first}/diff/${second}?limit=1`);
  assert.deepEqual(diff, {
    changes: [
      {
        change: 'changed',
        path: { path: 'top.txt' },
        kind: 'file',
        bytesBefore: 3,
        bytesAfter: 7,
      },
    ],
    more: true,
    added: 1,
    removed: 0,
    changed: 1,
    metadata: 0,
  });
  const rest = await stage.json(`/api/snapshots/${first}/diff/${second}?offset=1`);
  assert.deepEqual(
    rows(rest, 'changes').map(({ change }) => change),
    ['added'],
  );
  assert.equal(rest['more'], false);
});

test('names are found over all snapshots, and every version once', async (t) => {
  const stage = await snapshotsStage(t);
  const first = await backedUp(stage, sampleTree());
  const second = await backedUp(stage, sampleTree({ 'new.txt': 'new' }));
  await backedUp(stage, sampleTree(), 'other');
  const events = await stage.events('/api/find?text=letter&set=photos');
  const found = events.filter(({ event }) => event === 'found').map(({ data }) => data);
  assert.deepEqual(
    found.map(({ path, snapshot }) => [(path as Row)['path'], snapshot]),
    [
      ['a/Letter.TXT', second],
      ['a/Letter.TXT', second],
    ],
  );
  const [told, again] = found as [Row, Row];
  assert.equal(told['oldestMs'], told['newestMs']);
  const snapshots = rows(await stage.json('/api/snapshots?set=photos'), 'snapshots');
  const oldest = snapshots.find(({ id }) => id === first) as Row;
  assert.equal(again['oldestMs'], oldest['timeMs']);
  assert.deepEqual(events.at(-1), { event: 'end', data: { more: false } });
  assert.deepEqual(events.findLast(({ event }) => event === 'searched')?.data, {
    snapshots: 2,
    snapshotsTotal: 2,
  });
  const none = await stage.events('/api/find?text=*.pdf');
  assert.ok(none.every(({ event }) => event !== 'found'));
  assert.equal(none.at(-1)?.event, 'end');
  assert.equal((await stage.get('/api/find?text=')).status, 400);
});

/** A file of lists and a hole, and its bytes. */
function largeFile(): { tree: Tree; lists: ReturnType<typeof chunkOf>[]; bytes: Buffer } {
  const pieces = Array.from({ length: 12 }, (_, i) => chunkOf(noise(900_000 + i, i)));
  const refs = pieces.map(({ id, plain }): Ref => ({ id, bytes: plain.length }));
  const halves = [refs.slice(0, 6), [...refs.slice(6), { id: null, bytes: 300_000 }]];
  const lists = halves.map((half) => chunkOf(encodeList({ depth: 0, refs: half })));
  const top = lists.map(({ id }, i): Ref => {
    return { id, bytes: (halves[i] as Ref[]).reduce((sum, { bytes }) => sum + bytes, 0) };
  });
  const bytes = Buffer.concat([...pieces.map(({ plain }) => plain), Buffer.alloc(300_000)]);
  const entries = [entryOf('', 'dir'), entryOf('large "ü".bin', 'file', { depth: 1, refs: top })];
  return { tree: { data: pieces, pages: pagesOf(entries), bytes: bytes.length }, lists, bytes };
}

async function backUpLarge(
  stage: SnapshotsStage,
): Promise<{ id: string; bytes: Buffer; tree: Tree }> {
  const { tree, lists, bytes } = largeFile();
  const origin = new Origin(await stage.lab.login('ana'), 'large');
  await origin.start();
  await origin.give('list', lists);
  const { snapshot } = await (async () => {
    await origin.sendTree(tree);
    await origin.stream.send({ t: 'finish', files: 1, dirs: 1, bytes: bytes.length, skipped: 0 });
    for (;;) {
      const message = await origin.stream.next();
      if (message?.t === 'committed') return message;
      if (message === null) throw new Error('never committed');
    }
  })();
  origin.stream.end();
  return { id: hex(snapshot), bytes, tree };
}

const LARGE = encodeURIComponent('large "ü".bin');

test('a file is downloaded whole, lists and holes too, under a name that is safe', async (t) => {
  const stage = await snapshotsStage(t);
  const { id, bytes } = await backUpLarge(stage);
  const { status, headers, body } = await stage.get(`/api/snapshots/${id}/file?path=${LARGE}`);
  assert.equal(status, 200);
  assert.ok(body.equals(bytes));
  assert.equal(headers['content-length'], String(bytes.length));
  assert.equal(headers['content-type'], 'application/octet-stream');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(
    headers['content-disposition'],
    `attachment; filename="large ___.bin"; filename*=UTF-8''large%20_%C3%BC_.bin`,
  );
});

test('a file that can not be read to its end is cut off, never ended; one without a beginning is an error', async (t) => {
  const stage = await snapshotsStage(t);
  const { id, bytes, tree } = await backUpLarge(stage);
  await stage.lab.vault.forget(
    stage.lab.vault.find((tree.data[11] as { id: Uint8Array }).id) as never,
  );
  const cut = await stage.get(`/api/snapshots/${id}/file?path=${LARGE}`);
  assert.deepEqual([cut.status, cut.isCut], [200, true]);
  assert.ok(cut.body.length < bytes.length);
  await stage.lab.vault.forget(
    stage.lab.vault.find((tree.data[0] as { id: Uint8Array }).id) as never,
  );
  const none = await stage.get(`/api/snapshots/${id}/file?path=${LARGE}`);
  assert.equal(none.status, 500);
  assert.equal((JSON.parse(none.body.toString()) as Row)['code'], 'missing-chunk');
});

test('downloads that nobody reads any more are given up, and make room for others', async (t) => {
  const stage = await snapshotsStage(t);
  const { id, bytes } = await backUpLarge(stage);
  const path = `/api/snapshots/${id}/file?path=${LARGE}`;
  for (let i = 0; i < 10; i++) {
    let status = await stage.leaveAmid(path);
    // The last one may still be about to end.
    for (let again = 0; status === 409 && again < 100; again++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      status = await stage.leaveAmid(path);
    }
    assert.equal(status, 200);
  }
  let whole = await stage.get(path);
  for (let again = 0; whole.status === 409 && again < 100; again++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    whole = await stage.get(path);
  }
  assert.ok(whole.body.equals(bytes));
});

test('a connection that was lost is opened again, and nobody notices', async (t) => {
  const stage = await snapshotsStage(t);
  const id = await backedUp(stage, treeOf({ a: noise(10, 1), b: noise(10, 2) }));
  assert.equal(rows(await stage.json('/api/sets'), 'sets').length, 1);
  stage.hangUp();
  const root = await stage.json(`/api/snapshots/${id}/folder`);
  assert.deepEqual(rows(root, 'entries').map(pathOf), ['a', 'b']);
  stage.hangUp();
  assert.equal(rows(await stage.json('/api/snapshots'), 'snapshots').length, 1);
  stage.hangUp();
  assert.equal((await stage.get(`/api/snapshots/${id}/file?path=a`)).body.length, 10);
});

test('names of downloads hold nothing that misleads', () => {
  const shown = (name: string | Buffer): string =>
    contentDisposition(Buffer.from(name)).replace('attachment; filename=', '');
  assert.equal(shown('a.txt'), `"a.txt"; filename*=UTF-8''a.txt`);
  assert.equal(shown('a"b\\c\r\n%.txt'), `"a_b_c___.txt"; filename*=UTF-8''a_b_c__%25.txt`);
  assert.equal(shown('\u202Egpj.exe'), `"_gpj.exe"; filename*=UTF-8''_gpj.exe`);
  assert.equal(shown(Buffer.of(0x61, 0xff)), `"a_"; filename*=UTF-8''a_`);
  assert.equal(shown("it's (1)*"), `"it's (1)_"; filename*=UTF-8''it%27s%20%281%29_`);
  assert.equal(shown('日.txt'), `"_.txt"; filename*=UTF-8''%E6%97%A5.txt`);
  assert.equal(shown(''), `"file"; filename*=UTF-8''file`);
  assert.equal(shown('...'), `"_"; filename*=UTF-8''_`);
});
