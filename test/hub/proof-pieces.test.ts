import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hex } from '../../src/base/bytes.ts';
import type { HubContext } from '../../src/hub/hub-context.ts';
import { someOf } from '../../src/hub/proofs/chance.ts';
import { chooseRanges } from '../../src/hub/proofs/choose-ranges.ts';
import type { Piece } from '../../src/hub/proofs/choose-ranges.ts';
import { readPiece } from '../../src/hub/proofs/read-piece.ts';
import { decodePage } from '../../src/model/page.ts';
import { MAX_PROOF_BYTES, MAX_RANGES } from '../../src/wire/wire-limits.ts';
import { proofTree, seededChance } from './prover-actors.ts';
import { entryOf, noise, pagesOf } from './trees.ts';
import type { Chunk } from './trees.ts';

/** As much of a hub as is asked for chunks. */
function hubOf(chunks: readonly Chunk[]): HubContext {
  const byId = new Map(chunks.map(({ id, plain }) => [hex(id), plain]));
  const plain = (id: Uint8Array): Promise<Uint8Array | undefined> =>
    Promise.resolve(byId.get(hex(id)));
  return { chunks: { plain } } as unknown as HubContext;
}

const nameOf = ({ entry }: Piece): string => Buffer.from(entry.path).toString();

/** Pages of files of these sizes, without their contents. */
function pagesOfSizes(sizes: readonly number[]): Chunk[] {
  const id = new Uint8Array(32);
  const entries = sizes.map((bytes, i) => {
    const refs = bytes === 0 ? [] : [{ id, bytes }];
    return entryOf(`file-${String(i).padStart(6, '0')}`, 'file', { depth: 1, refs });
  });
  return pagesOf([entryOf('', 'dir'), ...entries], 50);
}

test('any piece of any kind of file is read as the file has it', async () => {
  const tree = proofTree({ other: noise(5000, 77) });
  const hub = hubOf([...tree.data, ...tree.lists]);
  const entries = tree.pages.flatMap(({ plain }) => decodePage(plain));
  const chance = seededChance(1);
  for (const entry of entries.filter(({ kind }) => kind === 'file')) {
    const file = tree.files[Buffer.from(entry.path).toString()] as Uint8Array;
    assert.equal(file.length, entry.size);
    for (let i = 0; i < 60; i++) {
      const offset = Math.floor(chance.fraction() * (entry.size + 1));
      const bytes = Math.floor(chance.fraction() * (entry.size - offset + 1));
      const piece = await readPiece(hub, { entry, offset, bytes });
      assert.deepEqual(piece, file.subarray(offset, offset + bytes));
    }
  }
});

test('a piece whose chunk is lacking or damaged at the hub is none, its neighbours are', async () => {
  const tree = proofTree();
  const [entry] = tree.pages
    .flatMap(({ plain }) => decodePage(plain))
    .filter(({ path }) => Buffer.from(path).toString() === 'holed');
  assert(entry !== undefined);
  const [first, ...others] = tree.data as [Chunk, ...Chunk[]];
  const damaged = { id: first.id, plain: first.plain.map((byte) => byte ^ 1) };
  for (const chunks of [others, [damaged, ...others]]) {
    const hub = hubOf(chunks);
    assert.equal(await readPiece(hub, { entry, offset: 0, bytes: 10 }), null);
    assert.equal(await readPiece(hub, { entry, offset: 999, bytes: 2 }), null);
    assert.equal((await readPiece(hub, { entry, offset: 1000, bytes: 10 }))?.length, 10);
  }
});

test('of a large tree pieces are asked for that lie within their files, and within the bounds', async () => {
  const chance = seededChance(5);
  const sizes = Array.from({ length: 5000 }, (_, i) => (i % 10 === 0 ? 0 : i * 37));
  const pages = pagesOfSizes(sizes);
  for (let round = 0; round < 20; round++) {
    const pieces = await chooseRanges(
      hubOf(pages),
      pages.map(({ id }) => id),
      chance,
    );
    assert.ok(pieces.length > 0 && pieces.length <= MAX_RANGES);
    for (const { entry, offset, bytes } of pieces) {
      assert.ok(offset >= 0 && offset + bytes <= entry.size && bytes <= MAX_PROOF_BYTES);
      assert.ok(bytes === Math.min(entry.size, 16 * 1024));
    }
  }
});

test('a file that has half of all bytes is asked for each time, and each small file in its turn', async () => {
  const chance = seededChance(6);
  const pages = pagesOfSizes([...Array.from({ length: 199 }, () => 100), 100_000_000]);
  const ids = pages.map(({ id }) => id);
  const seen = new Set<string>();
  const ends = { first: Infinity, last: 0 };
  for (let round = 0; round < 300; round++) {
    const pieces = await chooseRanges(hubOf(pages), ids, chance);
    const large = pieces.filter((piece) => nameOf(piece) === 'file-000199');
    assert.ok(large.length >= 6);
    for (const { offset } of large) {
      ends.first = Math.min(ends.first, offset);
      ends.last = Math.max(ends.last, offset);
    }
    for (const piece of pieces) seen.add(nameOf(piece));
  }
  assert.equal(seen.size, 200);
  assert.ok(ends.first < 1_000_000 && ends.last > 99_000_000);
});

test('what is chosen at random is chosen evenly, without one twice', () => {
  const chance = seededChance(9);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let round = 0; round < 5000; round++) {
    const some = someOf(chance, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3);
    assert.equal(new Set(some).size, 3);
    for (const item of some) counts[item] = (counts[item] as number) + 1;
  }
  for (const count of counts) assert.ok(Math.abs(count - 1500) < 150, String(count));
  assert.deepEqual(someOf(chance, [1], 3), [1]);
});
