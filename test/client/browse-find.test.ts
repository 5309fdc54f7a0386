import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { hex } from '../../src/base/bytes.ts';
import { findNames } from '../../src/client/browse/find-names.ts';
import type { FindRequest, FoundVersion } from '../../src/client/browse/find-names.ts';
import { nameMatcher } from '../../src/client/browse/match-name.ts';
import { PageMarks } from '../../src/client/browse/page-marks.ts';
import { PageStore } from '../../src/client/browse/page-store.ts';
import { nameOf } from '../../src/model/path.ts';
import {
  bytesOf,
  completed,
  endsOften,
  history,
  KEY,
  latin1,
  MemorySource,
  putSnapshot,
} from './browse-trees.ts';
import type { Sketch } from './browse-trees.ts';

type Outcome = { readonly found: FoundVersion[]; readonly more: boolean; readonly lines: number };

/** What is found in the end: of lines for the same path and snapshot the last. */
async function findAll(source: MemorySource, request: FindRequest): Promise<Outcome> {
  const store = new PageStore(source, { pageBytes: 0, firstPathBytes: 0 });
  const events = findNames(source, store, request);
  const found = new Map<string, FoundVersion>();
  let lines = 0;
  for (;;) {
    const next = await events.next();
    if (next.done === true) return { found: [...found.values()], more: next.value, lines };
    if (next.value.t !== 'found') continue;
    lines++;
    const { key, entry, snapshot } = next.value;
    found.set(`${key.set} ${latin1(entry.path)} ${hex(snapshot)}`, next.value);
  }
}

/** @param trees the oldest first */
function put(
  source: MemorySource,
  trees: readonly Sketch[][],
  every: number,
): FindRequest['snapshots'] {
  return trees
    .map((sketches, i) => {
      const timeMs = i + 1;
      return { id: putSnapshot(source, sketches, endsOften(every), timeMs), key: KEY, timeMs };
    })
    .toReversed();
}

/** Every version by looking at every entry of every tree. */
function naiveFind(trees: readonly Sketch[][], text: string): string[] {
  const fits = nameMatcher(text);
  const versions = new Map<string, [number, number]>();
  for (const [i, sketches] of trees.entries())
    for (const { path, kind, version } of sketches) {
      if (path === '' || !fits(nameOf(bytesOf(path)))) continue;
      const name = `${path} ${kind} ${version}`;
      versions.set(name, [versions.get(name)?.[0] ?? i + 1, i + 1]);
    }
  return [...versions].map(([name, [oldest, newest]]) => `${name}: ${oldest}-${newest}`).toSorted();
}

test('what is found in a history of trees is what looking at every entry finds, each page read once', async () => {
  const text = fc.constantFrom('a', '-', 'A', 'B', 'ä', '*', 'a*', '?', '?-?', '\ufffd', 'nothing');
  await fc.assert(
    fc.asyncProperty(history, text, fc.integer({ min: 1, max: 9 }), async (trees, what, every) => {
      const source = new MemorySource();
      const snapshots = put(source, trees, every);
      const { found, more } = await findAll(source, { text: what, snapshots });
      const said = found.map(
        ({ entry, oldestMs, newestMs }) =>
          `${latin1(entry.path)} ${entry.kind} ${entry.mtimeMs / 1000}: ${oldestMs}-${newestMs}`,
      );
      assert.deepEqual(said.toSorted(), naiveFind(trees, what));
      assert.equal(more, false);
      for (const { snapshot, newestMs } of found)
        assert.equal(snapshots.find(({ timeMs }) => timeMs === newestMs)?.id, snapshot);
      const pages = [...source.asked].filter(([id]) => !snapshots.some((s) => hex(s.id) === id));
      for (const [, times] of pages) assert.equal(times, 1);
    }),
    { seed: 9, numRuns: 200 },
  );
});

const many = completed(
  Array.from({ length: 50 }, (_, i) => ({ path: `n${i}`, kind: 'file', version: 1 }) as const),
);

test('when there are more than are wanted it says so, and looks no further', async () => {
  const source = new MemorySource();
  const snapshots = put(source, [many, many.slice(0, 40), many], 4);
  const exact = await findAll(source, { text: 'n', snapshots, mostFound: 50 });
  assert.deepEqual([exact.found.length, exact.more], [50, false]);
  const fewer = await findAll(source, { text: 'n', snapshots, mostFound: 49 });
  assert.deepEqual([fewer.found.length, fewer.more], [49, true]);
});

test('a version is told once when it is found, and once more when it is older', async () => {
  const source = new MemorySource();
  const trees = Array.from({ length: 20 }, (_, i) =>
    completed([...many, { path: `only${i}`, kind: 'file', version: 1 }]),
  );
  const { lines, found } = await findAll(source, { text: 'n', snapshots: put(source, trees, 4) });
  assert.equal(found.length, 70);
  assert.equal(lines, 50 + 20 + 50);
});

test('versions of two sets are two, though they share their pages', async () => {
  const source = new MemorySource();
  const [first] = put(source, [many], 4);
  assert.ok(first);
  const other = { ...first, key: { ...KEY, set: 'other' } };
  const { found } = await findAll(source, { text: 'n7', snapshots: [first, other] });
  assert.deepEqual(found.map(({ key }) => key.set).toSorted(), ['other', 'photos']);
});

test('what is lacking is told in the end, and everything else is found', async () => {
  const source = new MemorySource();
  const snapshots = put(source, [many], 4);
  const page = [...source.chunks.keys()][3] as string;
  source.chunks.delete(page);
  const events = findNames(source, new PageStore(source), { text: 'n', snapshots });
  let found = 0;
  await assert.rejects(
    async () => {
      for await (const event of events) if (event.t === 'found') found++;
    },
    { code: 'missing-chunk' },
  );
  assert.ok(found > 20 && found < 50, `${found}`);
});

test('a search that is broken off reads nothing more', async () => {
  const source = new MemorySource();
  const snapshots = put(source, [many, completed([]), many.slice(0, 9)], 4);
  const stop = new AbortController();
  const events = findNames(source, new PageStore(source), {
    text: 'n',
    snapshots,
    signal: stop.signal,
  });
  await events.next();
  stop.abort();
  await assert.rejects(async () => {
    while ((await events.next()).done !== true);
  }, /abort/);
});

const MATCHES: readonly (readonly [string, string, boolean])[] = [
  ['otto', 'Lotto.TXT', true],
  ['OTTO.txt', 'lotto.TXT', true],
  ['lotto', 'loto', false],
  ['*.txt', 'a.TXT', true],
  ['*.txt', 'a.txt.gz', false],
  ['?.txt', 'ab.txt', false],
  ['?.txt', 'ä.txt', true],
  ['?.txt', 'a\u0308.txt', true],
  ['a*b*c', 'a-xbbx-bc', true],
  ['a*b*c', 'a-xbbx-b', false],
  ['*', '.hidden', true],
  ['**a**', 'bab', true],
  ['?', '😀', true],
  ['strasse', 'Hauptstraße', true],
  ['STRASSE', 'hauptstraße', true],
  ['ΣΟΦΟΣ', 'σοφός', false],
  ['ΣΑΣ', 'οσας', true],
  ['É', 'cafe\u0301', true],
  ['a.b', 'a-b', false],
  ['[a]', 'x[A]y', true],
  ['\ufffd', 'ok', false],
];

test('names are found by a part in any case and in any composition, or by a pattern over all of it', () => {
  for (const [text, name, expected] of MATCHES)
    assert.equal(nameMatcher(text)(Buffer.from(name)), expected, `${text} in ${name}`);
  assert.equal(nameMatcher('b')(bytesOf('\xff\xfeb')), true);
  assert.throws(() => nameMatcher(''), { code: 'usage' });
  assert.throws(() => nameMatcher('a'.repeat(2000)), { code: 'usage' });
});

test('a pattern of many stars takes no longer than its length asks for', () => {
  const fits = nameMatcher(`${'*a'.repeat(400)}b`);
  assert.equal(fits(Buffer.from('a'.repeat(255))), false);
});

test('marks of pages are those that were set, and all are forgotten together when there are too many', () => {
  const ids = Array.from({ length: 3000 }, (_, i) => {
    const id = new Uint8Array(32);
    // All in one slot at first, so that they have to be told apart.
    new DataView(id.buffer).setUint32(12, i, true);
    return id;
  });
  const marks = new PageMarks(3000);
  for (const [i, id] of ids.entries()) marks.set(id, i % 7);
  for (const [i, id] of ids.entries()) assert.equal(marks.get(id), i % 7);
  marks.set(ids[5] as Uint8Array, 9);
  assert.equal(marks.get(ids[5] as Uint8Array), 9);
  assert.equal(marks.get(ids[6] as Uint8Array), undefined);
});
