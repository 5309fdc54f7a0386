import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { hex } from '../../src/base/bytes.ts';
import { diffSnapshots } from '../../src/client/browse/diff.ts';
import { SnapshotBrowser } from '../../src/client/browse/snapshot-browser.ts';
import { comparePaths } from '../../src/model/path.ts';
import {
  bytesOf,
  completed,
  endsOften,
  history,
  latin1,
  MemorySource,
  putSnapshot,
} from './browse-trees.ts';
import type { Sketch } from './browse-trees.ts';

function naiveDiff(before: readonly Sketch[], after: readonly Sketch[]): string[] {
  const olds = new Map(before.map((sketch) => [sketch.path, sketch]));
  const news = new Map(after.map((sketch) => [sketch.path, sketch]));
  const paths = [...new Set([...olds.keys(), ...news.keys()])];
  return paths
    .toSorted((a, b) => comparePaths(bytesOf(a), bytesOf(b)))
    .flatMap((path) => {
      const [old, now] = [olds.get(path), news.get(path)];
      if (old === undefined) return [`added ${path}`];
      if (now === undefined) return [`removed ${path}`];
      if (old.kind !== now.kind) return [`changed ${path}`];
      if (old.version === now.version) return [];
      return [`${now.kind === 'dir' ? 'metadata' : 'changed'} ${path}`];
    });
}

test('a comparison, read in parts of any length, is what comparing path by path gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      history,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 7 }),
      async (trees, every, limit) => {
        const [first, last] = [trees[0] as Sketch[], trees.at(-1) as Sketch[]];
        const source = new MemorySource();
        const before = putSnapshot(source, first, endsOften(every), 1);
        const after = putSnapshot(source, last, endsOften(every), 2);
        const browser = new SnapshotBrowser(source);
        const expected = naiveDiff(first, last);
        const read: string[] = [];
        for (let more = true; more;) {
          const part = await browser.diff(before, after, read.length, limit);
          read.push(...part.changes.map(({ change, path }) => `${change} ${latin1(path)}`));
          more = part.more;
          const { added, removed, changed, metadata } = part.counts;
          assert.equal(added + removed + changed + metadata, expected.length);
        }
        assert.deepEqual(read, expected);
        const all: string[] = [];
        for await (const { change, path } of diffSnapshots(source, before, after))
          all.push(`${change} ${latin1(path)}`);
        assert.deepEqual(all, expected);
      },
    ),
    { seed: 10, numRuns: 200 },
  );
});

test('pages that both have are not read, and a later part is read from near its beginning', async () => {
  const paths = Array.from({ length: 20_000 }, (_, i) => `f${String(i).padStart(6, '0')}`);
  const sketches = completed(paths.map((path) => ({ path, kind: 'file', version: 1 }) as const));
  const source = new MemorySource();
  const before = putSnapshot(source, sketches, endsOften(50), 1);
  const changed = sketches.map((sketch) =>
    sketch.path === 'f010000' ? { ...sketch, version: 2 } : sketch,
  );
  const after = putSnapshot(source, changed, endsOften(50), 2);
  const browser = new SnapshotBrowser(source);
  const { changes } = await browser.diff(before, after, 0, 10);
  assert.deepEqual(
    changes.map(({ path }) => latin1(path)),
    ['f010000'],
  );
  assert.ok(source.asked.size <= 6, `${source.asked.size}`);

  const other = putSnapshot(source, completed([]), endsOften(50), 3);
  const small = new SnapshotBrowser(source);
  assert.equal((await small.diff(before, other, 0, 1)).counts.removed, 20_000);
  const bytes = source.bytes;
  const late = await small.diff(before, other, 19_000, 3);
  assert.deepEqual(
    late.changes.map(({ path }) => latin1(path)),
    paths.slice(19_000, 19_003),
  );
  assert.ok(source.bytes - bytes < 100_000, 'most of the tree was read again');
});

test('a snapshot differs in nothing from itself, and nobody is asked for it', async () => {
  const source = new MemorySource();
  const id = putSnapshot(source, completed([]), endsOften(3));
  const { changes, more } = await new SnapshotBrowser(source).diff(id, id, 0, 5);
  assert.deepEqual([changes.length, more, source.asked.has(hex(id))], [0, false, false]);
});
