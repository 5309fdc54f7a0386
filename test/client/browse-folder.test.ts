import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { firstPathOf } from '../../src/client/browse/first-path.ts';
import { PageStore } from '../../src/client/browse/page-store.ts';
import { PagedTree } from '../../src/client/browse/paged-tree.ts';
import { SnapshotBrowser } from '../../src/client/browse/snapshot-browser.ts';
import { decodePage } from '../../src/model/page.ts';
import {
  bytesOf,
  completed,
  endsOften,
  latin1,
  MemorySource,
  putSnapshot,
  tree,
} from './browse-trees.ts';
import type { Sketch } from './browse-trees.ts';

function childrenOf(sketches: readonly Sketch[], folder: string): string[] {
  const start = folder === '' ? 0 : folder.length + 1;
  return sketches
    .map(({ path }) => path)
    .filter((path) => path !== '' && path.lastIndexOf('/') + 1 === start)
    .filter((path) => folder === '' || path.startsWith(`${folder}/`));
}

test('a folder, read in parts of any length, is what filtering the whole tree gives', async () => {
  const parts = fc.integer({ min: 1, max: 7 });
  const endings = fc.integer({ min: 1, max: 12 });
  await fc.assert(
    fc.asyncProperty(tree, parts, endings, async (sketches, limit, every) => {
      const source = new MemorySource();
      const snapshot = putSnapshot(source, sketches, endsOften(every));
      const browser = new SnapshotBrowser(source);
      for (const { path, kind } of sketches) {
        if (kind !== 'dir') {
          await assert.rejects(browser.folder(snapshot, bytesOf(path), 0, 1), {
            code: 'not-found',
          });
          continue;
        }
        const expected = childrenOf(sketches, path);
        const read: string[] = [];
        for (let more = true; more;) {
          const part = await browser.folder(snapshot, bytesOf(path), read.length, limit);
          read.push(...part.entries.map((entry) => latin1(entry.path)));
          more = part.more;
          assert.equal(part.total, more ? part.total : expected.length);
          assert.ok(part.entries.length === limit || !more);
        }
        assert.deepEqual(read, expected);
        const beyond = await browser.folder(snapshot, bytesOf(path), read.length + 5, limit);
        assert.deepEqual(beyond, { entries: [], total: expected.length, more: false });
      }
    }),
    { seed: 4, numRuns: 150 },
  );
});

test('a part from the middle is the same whatever was read before it', async () => {
  await fc.assert(
    fc.asyncProperty(
      tree,
      fc.array(fc.tuple(fc.nat(70), fc.integer({ min: 1, max: 9 })), { maxLength: 8 }),
      async (sketches, wishes) => {
        const source = new MemorySource();
        const snapshot = putSnapshot(source, sketches, endsOften(3));
        const browser = new SnapshotBrowser(source);
        const expected = childrenOf(sketches, '');
        for (const [offset, limit] of wishes) {
          const part = await browser.folder(snapshot, bytesOf(''), offset, limit);
          const paths = part.entries.map((entry) => latin1(entry.path));
          assert.deepEqual(paths, expected.slice(offset, offset + limit));
          assert.equal(part.more, offset + limit < expected.length);
        }
      },
    ),
    { seed: 5, numRuns: 100 },
  );
});

test('every path of a tree is found by searching its pages, and no other', async () => {
  await fc.assert(
    fc.asyncProperty(
      tree,
      tree,
      fc.integer({ min: 1, max: 12 }),
      async (sketches, others, every) => {
        const source = new MemorySource();
        const snapshot = putSnapshot(source, sketches, endsOften(every));
        const paged = await PagedTree.open(source, snapshot, new PageStore(source));
        const there = new Set(sketches.map(({ path }) => path));
        for (const path of [...there, ...others.map((other) => other.path)]) {
          const found = await paged.locate(bytesOf(path));
          assert.equal(
            found === null ? null : latin1(found.entry.path),
            there.has(path) ? path : null,
          );
        }
      },
    ),
    { seed: 6, numRuns: 150 },
  );
});

test('the first path of a page is what decoding all of it gives', () => {
  fc.assert(
    fc.property(tree, fc.integer({ min: 1, max: 12 }), (sketches, every) => {
      const source = new MemorySource();
      const snapshot = putSnapshot(source, sketches, endsOften(every));
      const record = source.chunks.get(Buffer.from(snapshot).toString('hex'));
      for (const chunk of source.chunks.values())
        if (chunk !== record)
          assert.deepEqual(firstPathOf(chunk), decodePage(chunk)[0]?.path.slice());
    }),
    { seed: 7, numRuns: 50 },
  );
});

test('a folder whose name begins like another is not mixed up with it', async () => {
  const sketches = completed(
    ['a/b', 'a/b/c', 'a-b', 'a-b/x', 'a', 'a.b', 'ab/c', 'empty'].map((path) => ({
      path,
      kind: path === 'empty' || path === 'a-b' ? ('dir' as const) : ('file' as const),
      version: 1,
    })),
  );
  for (const every of [1, 2, 3, 256]) {
    const source = new MemorySource();
    const browser = new SnapshotBrowser(source);
    const snapshot = putSnapshot(source, sketches, endsOften(every));
    const list = async (path: string): Promise<string[]> =>
      (await browser.folder(snapshot, bytesOf(path), 0, 100)).entries.map((entry) =>
        latin1(entry.path),
      );
    assert.deepEqual(await list(''), ['a', 'a-b', 'a.b', 'ab', 'empty']);
    assert.deepEqual(await list('a'), ['a/b']);
    assert.deepEqual(await list('a-b'), ['a-b/x']);
    assert.deepEqual(await list('empty'), []);
  }
});

test('a large subfolder is skipped without reading it, and a page is fetched once for two snapshots', async () => {
  const paths = ['large', 'small/x', 'z'];
  for (let i = 0; i < 20_000; i++) paths.push(`large/${String(i).padStart(6, '0')}`);
  const sketches = completed(
    paths.map((path) => ({ path, kind: path === 'large' ? 'dir' : 'file', version: 1 }) as const),
  );
  const source = new MemorySource();
  const first = putSnapshot(source, sketches, endsOften(20));
  const pages = source.chunks.size - 1;
  assert.ok(pages > 800);
  const second = putSnapshot(
    source,
    completed([...sketches, { path: 'z2', kind: 'file', version: 2 }]),
    endsOften(20),
    2,
  );
  const browser = new SnapshotBrowser(source);
  const names = (await browser.folder(first, bytesOf(''), 0, 10)).entries.map(({ path }) =>
    latin1(path),
  );
  assert.deepEqual(names, ['large', 'small', 'z']);
  assert.ok(source.asked.size < 60, `${source.asked.size} of ${pages} pages were read`);
  assert.equal((await browser.folder(second, bytesOf(''), 0, 10)).entries.length, 4);
  assert.ok(source.asked.size < 100, `${source.asked.size} of ${pages} pages were read`);
  assert.equal(Math.max(...source.asked.values()), 1, 'shared pages were read again');
});

test('a tree that is out of order is refused, or its list ends; it never goes on for ever', async () => {
  await fc.assert(
    fc.asyncProperty(
      tree,
      fc.integer({ min: 1, max: 5 }),
      fc.nat(),
      async (sketches, every, turn) => {
        const at = turn % sketches.length;
        const turned = [...sketches.slice(0, 1), ...sketches.slice(at), ...sketches.slice(1, at)];
        const source = new MemorySource();
        const snapshot = putSnapshot(source, turned, endsOften(every));
        const browser = new SnapshotBrowser(source);
        for (const { path } of sketches)
          await browser.folder(snapshot, bytesOf(path), 0, 1000).catch((error: unknown) => {
            assert.ok(error instanceof Error && 'code' in error);
          });
      },
    ),
    { seed: 8, numRuns: 100 },
  );
});
