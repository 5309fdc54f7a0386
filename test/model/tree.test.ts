import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { isRbError } from '../../src/base/errors.ts';
import { EMPTY_CONTENT, NO_BYTES, NO_XATTRS } from '../../src/model/entry.ts';
import type { Entry, EntryKind } from '../../src/model/entry.ts';
import { LIMITS } from '../../src/model/limits.ts';
import {
  checkPath,
  comparePaths,
  componentsOf,
  isWithin,
  joinPath,
  nameOf,
  parentOf,
} from '../../src/model/path.ts';
import { TreeOrder } from '../../src/model/tree-order.ts';
import { anyPath, anyTree } from './arbitraries.ts';

const OWNER = { uid: 0, gid: 0, user: '', group: '' };

function bytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

function entry(path: string, kind: EntryKind = 'file'): Entry {
  const base = {
    kind,
    mode: 0,
    owner: OWNER,
    mtimeSec: 0,
    mtimeNsec: 0,
    size: 0,
    content: EMPTY_CONTENT,
  };
  return { path: bytes(path), ...base, target: NO_BYTES, linkGroup: 0, xattrs: NO_XATTRS };
}

/** Order by lists of components, as the specification says it. */
function compareNaively(left: Uint8Array, right: Uint8Array): number {
  const [a, b] = [componentsOf(left), componentsOf(right)];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = Buffer.compare(a[i] as Uint8Array, b[i] as Uint8Array);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

test('paths are ordered component by component', () => {
  const sorted = ['', 'a', 'a/b', 'a/b/c', 'a/b!', 'a!', 'a.b', 'aa', 'b', '\u00ff'];
  assert.deepEqual(sorted.map(bytes).toReversed().toSorted(comparePaths), sorted.map(bytes));
  fc.assert(
    fc.property(anyPath, anyPath, (left, right) => {
      assert.equal(Math.sign(comparePaths(left, right)), Math.sign(compareNaively(left, right)));
    }),
    { seed: 1, numRuns: 1000 },
  );
});

test('a path is its parent and its name, and is within each of its folders alone', () => {
  fc.assert(
    fc.property(anyPath, anyPath, (path, other) => {
      checkPath(path);
      assert.deepEqual(joinPath(parentOf(path), nameOf(path)), path);
      assert.deepEqual(
        Buffer.concat(componentsOf(path).flatMap((part) => [Buffer.from('/'), part])).subarray(1),
        Buffer.from(path),
      );
      assert.ok(isWithin(path, parentOf(path)) && isWithin(path, path) && isWithin(path, NO_BYTES));
      const [folder, parts] = [componentsOf(other), componentsOf(path)];
      const expected =
        folder.length <= parts.length &&
        folder.every((part, i) => Buffer.compare(part, parts[i] as Uint8Array) === 0);
      assert.equal(isWithin(path, other), expected);
    }),
    { seed: 2, numRuns: 1000 },
  );
});

test('names that could lead out of a tree, or that no file system holds, are refused', () => {
  const refused = [
    '.',
    '..',
    '/',
    '/a',
    'a/',
    'a//b',
    'a/..',
    '../a',
    './a',
    'a/./b',
    '\u0000',
    'a\u0000',
    'x'.repeat(256),
  ];
  for (const path of refused)
    assert.throws(
      () => checkPath(bytes(path)),
      (error) => isRbError(error, 'name-refused'),
      path,
    );
  const deep = Array.from({ length: LIMITS.pathDepth + 1 }, () => 'd').join('/');
  assert.throws(
    () => checkPath(bytes(deep)),
    (error) => isRbError(error, 'name-refused'),
  );
  const long = Array.from({ length: 150 }, () => 'x'.repeat(250)).join('/');
  assert.throws(
    () => checkPath(bytes(long)),
    (error) => isRbError(error, 'name-refused'),
  );
});

test('odd names that are harmless pass', () => {
  const passed = [
    '',
    '...',
    '..a',
    'a..',
    '.a',
    '\n',
    '\\',
    '\u00ff\u00fe',
    'x'.repeat(255),
    deepest(),
    ' ',
  ];
  for (const path of passed) checkPath(bytes(path));
});

function deepest(): string {
  return Array.from({ length: LIMITS.pathDepth }, () => 'd').join('/');
}

function refusedAt(entries: readonly Entry[]): number {
  const order = new TreeOrder();
  for (const [i, each] of entries.entries()) {
    try {
      order.check(each);
    } catch (error) {
      assert.ok(isRbError(error, 'protocol'));
      return i;
    }
  }
  return -1;
}

test('a tree has to begin with a folder that is its root', () => {
  assert.equal(refusedAt([entry('a')]), 0);
  assert.equal(refusedAt([entry('', 'symlink')]), 0);
  assert.equal(refusedAt([entry('', 'dir'), entry('', 'dir')]), 1);
});

test('nothing stands below a file or a link, in a folder that is missing, out of order, or twice', () => {
  const root = entry('', 'dir');
  assert.equal(refusedAt([root, entry('a', 'symlink'), entry('a/b')]), 2);
  assert.equal(refusedAt([root, entry('a'), entry('a/b')]), 2);
  assert.equal(refusedAt([root, entry('a/b')]), 1);
  assert.equal(refusedAt([root, entry('a', 'dir'), entry('b/c')]), 2);
  assert.equal(refusedAt([root, entry('a', 'dir'), entry('a/b', 'dir'), entry('a/c/d')]), 3);
  assert.equal(refusedAt([root, entry('b'), entry('a')]), 2);
  assert.equal(refusedAt([root, entry('a'), entry('a')]), 2);
  assert.equal(refusedAt([root, entry('a', 'dir'), entry('a.b'), entry('a/c')]), 3);
});

test('any entry that is left out, moved or doubled is noticed, if something depends on it', () => {
  fc.assert(
    fc.property(anyTree, fc.nat(), (entries, choice) => {
      assert.equal(refusedAt(entries), -1);
      const at = choice % entries.length;
      const chosen = entries[at] as Entry;
      assert.notEqual(refusedAt(entries.toSpliced(at, 0, chosen)), -1);
      const isNeeded =
        at === 0 ||
        entries.some(({ path }) => path.length > chosen.path.length && isWithin(path, chosen.path));
      const without = entries.toSpliced(at, 1);
      if (without.length > 0) assert.equal(refusedAt(without) !== -1, isNeeded);
    }),
    { seed: 3, numRuns: 200 },
  );
});
