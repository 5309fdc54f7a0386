import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { hex } from '../../src/base/bytes.ts';
import { ChangeCount } from '../../src/hub/runs/change-count.ts';
import type { Counts } from '../../src/hub/runs/change-count.ts';
import type { Entry, EntryKind } from '../../src/model/entry.ts';
import { endsPage } from '../../src/model/page.ts';
import { comparePaths } from '../../src/model/path.ts';
import { chunkOf, entryOf, pagesOf } from './trees.ts';
import type { Chunk } from './trees.ts';

const utf8 = new TextEncoder();
const KINDS: readonly EntryKind[] = ['dir', 'file', 'symlink', 'fifo'];
/** What a place may be: nothing, or a kind with one of three contents, and with other metadata or not. */
type Place = {
  readonly kind: number;
  readonly content: number;
  readonly isTouched: boolean;
} | null;

/** Places that are spread over two levels. */
const NAMES = Array.from({ length: 60 }, (_, i) =>
  i % 5 === 0 ? `d${String(i).padStart(2, '0')}` : `d${String(i - (i % 5)).padStart(2, '0')}/f${i}`,
);

function entryAt(path: string, place: Exclude<Place, null>): Entry {
  const kind = KINDS[place.kind] as EntryKind;
  const { id } = chunkOf(utf8.encode(`content ${place.content}`));
  const content = { depth: 0, refs: [{ id, bytes: 10 }] };
  const entry = kind === 'file' ? entryOf(path, kind, content) : entryOf(path, kind);
  const target = kind === 'symlink' ? utf8.encode(`to ${place.content}`) : entry.target;
  return { ...entry, target, mtimeSec: place.isTouched ? 2 : 1 };
}

/** A tree: what stands in no folder is left out. */
function treeOf(places: readonly Place[]): Entry[] {
  const entries = [entryOf('', 'dir')];
  NAMES.forEach((name, i) => {
    const place = places[i] ?? null;
    const above = i % 5 === 0 ? undefined : places[i - (i % 5)];
    const isInFolder = i % 5 === 0 || (above !== null && above !== undefined && above.kind === 0);
    if (place !== null && isInFolder) entries.push(entryAt(name, place));
  });
  return entries.toSorted((left, right) => comparePaths(left.path, right.path));
}

const what = ({ kind, target, content }: Entry): string =>
  JSON.stringify([kind, hex(target), content.refs.map(({ id }) => id && hex(id))]);

/** By looking up every path. */
function naively(
  before: readonly Entry[],
  after: readonly Entry[],
): Counts & { readonly moved: number } {
  const keyOf = (entry: Entry): string => hex(entry.path);
  const files = (entries: readonly Entry[]): Entry[] =>
    entries.filter(({ kind }) => kind !== 'dir');
  const now = new Map(after.map((entry) => [keyOf(entry), entry]));
  const then = new Set(files(before).map(keyOf));
  /** By content: at how many paths it is new. */
  const fresh = new Map<string, number>();
  for (const entry of files(after)) {
    if (!then.has(keyOf(entry))) fresh.set(what(entry), (fresh.get(what(entry)) ?? 0) + 1);
  }
  let [changed, deleted, moved] = [0, 0, 0];
  for (const old of files(before)) {
    const entry = now.get(keyOf(old));
    if (entry === undefined) {
      const left = fresh.get(what(old)) ?? 0;
      fresh.set(what(old), left - 1);
      if (left > 0) moved++;
      else deleted++;
    } else if (what(entry) !== what(old)) changed++;
  }
  return { changed, deleted, of: files(before).length, files: files(after).length, moved };
}

/** Pages that are cut by their paths, as an origin's are, so that equal stretches have equal pages. */
function cutPages(entries: readonly Entry[]): Chunk[] {
  const pages: Chunk[] = [];
  let from = 0;
  entries.forEach(({ path }, i) => {
    const isCut = endsPage(path) || (path.at(-1) ?? 0) % 3 === 0 || i === entries.length - 1;
    if (!isCut) return;
    pages.push(...pagesOf(entries.slice(from, i + 1), Infinity));
    from = i + 1;
  });
  return pages;
}

type Counting = { readonly counts: Counts; readonly read: string[]; readonly soFar: number[] };

async function count(
  before: readonly Chunk[],
  after: readonly Chunk[],
  files: number | null,
  given: readonly (readonly Entry[] | null)[] = [],
): Promise<Counting> {
  const known = new Map([...before, ...after].map(({ id, plain }) => [hex(id), plain]));
  const read: string[] = [];
  const plain = async (id: Uint8Array): Promise<Uint8Array | undefined> => {
    read.push(hex(id));
    return known.get(hex(id));
  };
  const counting = new ChangeCount(plain, { pages: before.map(({ id }) => id), files });
  const soFar: number[] = [];
  for (const [i, { id }] of after.entries()) {
    await counting.page(id, given[i] ?? null);
    soFar.push(counting.soFar.changed + counting.soFar.deleted);
  }
  return { counts: await counting.finish(), read, soFar };
}

const place = fc.option(
  fc.record({
    kind: fc.constantFrom(0, 0, 1, 1, 1, 2, 3),
    content: fc.nat(2),
    isTouched: fc.boolean(),
  }),
  { freq: 5 },
);
const places = fc.array(place, { minLength: NAMES.length, maxLength: NAMES.length });
/** Two trees of which most is the same. */
const pairs = fc.tuple(
  places,
  places,
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 60, maxLength: 60 }),
);

test('what is counted page by page is what a look at every path counts', async () => {
  await fc.assert(
    fc.asyncProperty(pairs, fc.boolean(), async ([first, second, mix], isCounted) => {
      const before = treeOf(first);
      const after = treeOf(
        first.map((old, i) => ((mix[i] ?? 0) === 0 ? (second[i] ?? null) : old)),
      );
      const { moved, ...expected } = naively(before, after);
      const { counts, soFar } = await count(
        cutPages(before),
        cutPages(after),
        isCounted ? expected.of : null,
      );
      assert.deepEqual(counts, expected);
      if (moved > 0) return;
      assert.ok((soFar.at(-1) ?? 0) <= counts.changed + counts.deleted, 'nothing is counted early');
      assert.deepEqual(
        soFar,
        soFar.toSorted((a, b) => a - b),
        'nothing is taken back',
      );
    }),
    { numRuns: 300, seed: 51 },
  );
});

test('equal pages are not read; around a changed one as many as it stands for', async () => {
  const entries = [entryOf('', 'dir')];
  for (let i = 0; i < 400; i++) {
    const name = `f${String(i).padStart(3, '0')}`;
    entries.push(entryAt(name, { kind: 1, content: 0, isTouched: false }));
  }
  const before = pagesOf(entries, 10);
  const same = await count(before, before, 400);
  assert.deepEqual([same.read, same.counts.changed], [[], 0]);
  const changed = entryAt('f204', { kind: 1, content: 1, isTouched: false });
  const after = pagesOf(entries.with(205, changed), 10);
  const one = await count(before, after, 400);
  assert.deepEqual(one.counts, { changed: 1, deleted: 0, of: 400, files: 400 });
  assert.equal(one.read.length, 2, 'the old page and the new one');
});

test('what is moved is not deleted, however many; of two equal files that go one is', async () => {
  const fileIn = (folder: string, i: number): Entry =>
    entryAt(`${folder}/f${String(i).padStart(5, '0')}`, { kind: 1, content: i, isTouched: false });
  const folders = ['a', 'b', 'z'].map((name) => entryOf(name, 'dir'));
  const treeIn = (folder: string, files: number): Entry[] => [
    entryOf('', 'dir'),
    ...folders.flatMap((entry, at) => {
      const isIt = ['a', 'b', 'z'][at] === folder;
      return [entry, ...(isIt ? Array.from({ length: files }, (_, i) => fileIn(folder, i)) : [])];
    }),
  ];
  const many = 5000;
  for (const [from, to] of [
    ['b', 'z'],
    ['b', 'a'],
  ] as const) {
    const { counts } = await count(pagesOf(treeIn(from, many)), pagesOf(treeIn(to, many)), many);
    assert.deepEqual(counts, { changed: 0, deleted: 0, of: many, files: many });
    const less = await count(pagesOf(treeIn(from, many)), pagesOf(treeIn(to, many - 300)), many);
    assert.deepEqual(less.counts, { changed: 0, deleted: 300, of: many, files: many - 300 });
  }
  const twins = [fileIn('b', 1), { ...fileIn('b', 1), path: utf8.encode('b/twin') }];
  const before = pagesOf([
    entryOf('', 'dir'),
    ...folders.slice(0, 2),
    ...twins,
    folders[2] as Entry,
  ]);
  const { counts } = await count(before, pagesOf(treeIn('z', 2).toSpliced(4, 1)), 2);
  assert.deepEqual(counts, { changed: 0, deleted: 1, of: 2, files: 1 });
});

test('a page that is gone counts as empty, and then the files of the run are not known', async () => {
  const before = pagesOf(treeOf(NAMES.map(() => ({ kind: 0, content: 0, isTouched: false }))), 7);
  const after = [
    pagesOf([
      entryOf('', 'dir'),
      entryAt('z', { kind: 1, content: 0, isTouched: false }),
    ])[0] as Chunk,
  ];
  const known = new Map([[hex(after[0]?.id ?? new Uint8Array()), after[0]?.plain]]);
  const counting = new ChangeCount(async (id) => known.get(hex(id)), {
    pages: before.map(({ id }) => id),
    files: 60,
  });
  await counting.page(after[0]?.id ?? new Uint8Array(), null);
  assert.deepEqual(await counting.finish(), { changed: 0, deleted: 0, of: 60, files: null });
});
