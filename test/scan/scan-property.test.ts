import assert from 'node:assert/strict';
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'node:test';

import type { Tree } from './collector.ts';
import { diskTree, plain } from './disk-tree.ts';
import { Place } from './scan-fixture.ts';

const ROUNDS = 12;
/** Few names, so that they meet; some sort around the slash. */
const NAMES = ['a', 'a.b', 'a b', 'b', 'ab', '0', 'zz', 'ü'];

/** Mulberry32: the same numbers for the same seed everywhere. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function somePath(random: (below: number) => number): string {
  const depth = 1 + random(4);
  return Array.from({ length: depth }, () => NAMES[random(NAMES.length)]).join('/');
}

/** One random change; what the system refuses (a file in the way, …) changes nothing. */
function mutate(place: Place, random: (below: number) => number): void {
  const path = place.path(somePath(random));
  try {
    switch (random(9)) {
      case 0:
        return void mkdirSync(path, { recursive: true });
      case 1:
        return rmSync(path, { recursive: true, force: true });
      case 2:
        return renameSync(path, place.path(somePath(random)));
      case 3:
        return symlinkSync('target', path);
      case 4:
        return linkSync(path, place.path(somePath(random)));
      case 5:
        rmSync(path, { recursive: true, force: true });
        return mkdirSync(path);
      default:
        return writeFileSync(
          path,
          Buffer.alloc(random(3) === 0 ? random(700_000) : random(50), random(256)),
        );
    }
  } catch {
    // As good as no change.
  }
}

/** What must stand in a tree without -d: the disk, and what was known before wherever the disk leaves room for it. */
function merged(before: Tree, disk: Tree): Tree {
  const tree: Tree = new Map(disk);
  for (const [path, thing] of before) {
    const parents = path
      .split('/')
      .slice(0, -1)
      .map((_, i, parts) => parts.slice(0, i + 1).join('/'));
    const hasRoom = parents.every((parent) => tree.get(parent)?.kind === 'dir');
    if (!tree.has(path) && hasRoom) tree.set(path, thing);
  }
  return tree;
}

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`after random changes the tree is what an independent walk finds (seed ${seed})`, (t) => {
    const place = new Place(t);
    const random = randomOf(seed);
    let expected: Tree = new Map();
    for (let round = 0; round < ROUNDS; round++) {
      const changes = round === 0 ? 150 : random(40);
      for (let i = 0; i < changes; i++) mutate(place, random);
      const keepDeleted = random(2) === 0;
      const disk = diskTree(place.root);
      const before = expected;
      expected = keepDeleted ? merged(before, disk) : disk;
      const { tree, seen } = place.scan({ keepDeleted, forget: random(6) === 0 });
      assert.deepEqual(plain(tree), plain(expected), `round ${round}`);
      const left = [...before.keys()].filter((path) => !expected.has(path));
      assert.deepEqual(seen.deletedPaths.toSorted(), left.toSorted(), `round ${round}`);
    }
  });
}

test('pages of an incremental scan are those of a scan from nothing, whatever changed', (t) => {
  const place = new Place(t);
  const random = randomOf(77);
  const name = (): string => `d${random(20)}/file ${random(200)}`;
  for (let i = 0; i < 3000; i++) place.write(name(), `${random(10)}`);
  for (let round = 0; round < 8; round++) {
    const { pages } = place.scan().seen;
    const state = readFileSync(place.statePath);
    place.hasState = false;
    assert.deepEqual(idsOf(pages), idsOf(place.scan().seen.pages), `round ${round}`);
    assert.deepEqual(state, readFileSync(place.statePath), `round ${round}`);
    if (round > 0) assert.ok(pages.filter(({ isKnown }) => isKnown).length > pages.length / 2);
    for (let i = 0; i < 2; i++) {
      place.write(name(), `${random(10)}`);
      rmSync(place.path(name()), { force: true });
    }
  }
});

test('entries behind the end of the last tree join the page that ended with it', (t) => {
  const place = new Place(t);
  // Enough that the folder itself, which changes, stands in another page.
  for (let i = 0; i < 1100; i++) place.write(`d/${i}`, '');
  for (const name of ['d/x', 'd/y', 'd/z']) {
    place.scan();
    place.write(name, '');
    const { pages } = place.scan().seen;
    place.hasState = false;
    assert.deepEqual(idsOf(pages), idsOf(place.scan().seen.pages));
  }
});

function idsOf(pages: readonly { readonly id: string }[]): string[] {
  return pages.map(({ id }) => id);
}
