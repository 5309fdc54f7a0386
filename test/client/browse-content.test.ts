import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { ByteLru } from '../../src/client/browse/byte-lru.ts';
import { PlaceMarks } from '../../src/client/browse/place-marks.ts';
import { readContent } from '../../src/client/browse/read-content.ts';
import { ContentBuilder } from '../../src/model/content.ts';
import type { Content } from '../../src/model/entry.ts';
import { MemorySource } from './browse-trees.ts';

const MIB = 1024 * 1024;

async function readAll(source: MemorySource, content: Content): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of readContent(source, content)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A file of pieces, of which `null`s are holes; with lists if it is said to be large. */
function contentOf(
  source: MemorySource,
  pieces: readonly (Buffer | number)[],
  isLarge: boolean,
): Content {
  const builder = new ContentBuilder(
    isLarge ? 65 * MIB : 0,
    (_id, bytes) => void source.put(bytes),
  );
  for (const piece of pieces)
    if (typeof piece === 'number') builder.add(null, piece);
    else builder.add(source.put(piece), piece.length);
  return builder.finish();
}

test('a file is its chunks and holes in order, with and without lists', async () => {
  const piece = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    fc.integer({ min: 1, max: 700_000 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 200 }), fc.boolean(), async (pieces, isLarge) => {
      const source = new MemorySource();
      const content = contentOf(source, pieces, isLarge);
      const expected = pieces.map((one) => (typeof one === 'number' ? Buffer.alloc(one) : one));
      assert.ok((await readAll(source, content)).equals(Buffer.concat(expected)));
    }),
    { seed: 11, numRuns: 30 },
  );
});

test('no more is asked for than a window ahead of what was taken', async () => {
  const source = new MemorySource();
  const pieces = Array.from({ length: 40 }, (_, i) => Buffer.alloc(MIB, i + 1));
  const reading = readContent(source, contentOf(source, pieces, false));
  for (let taken = 1; taken <= 5; taken++) {
    await reading.next();
    assert.ok(source.bytes <= (taken + 10) * MIB, `${source.bytes}`);
  }
  await reading.return();
  assert.ok(source.asked.size <= 15);
});

test('a chunk of another length than its reference says is refused', async () => {
  const source = new MemorySource();
  const id = source.put(Buffer.from('abc'));
  const content = { depth: 0, refs: [{ id, bytes: 4 }] };
  await assert.rejects(readAll(source, content), { code: 'protocol' });
  const gone = { depth: 0, refs: [{ id: new Uint8Array(32), bytes: 4 }] };
  await assert.rejects(readAll(source, gone), { code: 'missing-chunk' });
});

test('what was used last is kept, as much as fits', () => {
  const lru = new ByteLru<number>(3000);
  for (let i = 0; i < 10; i++) {
    lru.set(`${i}`, i, 400);
    lru.get('0');
    assert.ok(lru.bytes <= 3000);
  }
  assert.equal(lru.get('0'), 0);
  assert.equal(lru.get('9'), 9);
  assert.equal(lru.get('1'), undefined);
  lru.set('large', 1, 5000);
  assert.equal(lru.get('large'), undefined);
  lru.clear();
  assert.equal(lru.bytes, 0);
});

test('marks stay few, and lead to the last one before a thing', () => {
  const marks = new PlaceMarks<number>(10);
  assert.equal(marks.before(5), null);
  for (let i = 0; i < 100_000; i++) marks.pass(i, i);
  for (const number of [0, 9, 10, 5555, 99_999, 200_000]) {
    const found = marks.before(number);
    assert.equal(found?.number, found?.place);
    assert.ok(
      found !== null && found.number <= number && Math.min(number, 99_999) - found.number < 1000,
    );
  }
});
