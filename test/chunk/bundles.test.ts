import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import fc from 'fast-check';

import { isRbError } from '../../src/base/errors.ts';
import { leaseCopy, viewOf } from '../../src/base/shared-arena.ts';
import type { SharedRange } from '../../src/base/shared-arena.ts';
import { blake3 } from '../../src/base/hash.ts';
import { createBundlePool, packBundle, verifyBundle } from '../../src/chunk/bundles.ts';
import { openBundle } from '../../src/chunk/bundle-jobs.ts';
import type { ChunkTable } from '../../src/chunk/bundle-jobs.ts';
import { packInPlace } from '../../src/chunk/pack-in-place.ts';
import {
  BUNDLE_HEAD_BYTES,
  bodyOffset,
  bundleChecksum,
  decodeBundleHead,
} from '../../src/model/bundle.ts';
import type { ChunkKind } from '../../src/model/bundle.ts';
import { sampleBytes, sampleText } from './sample-data.ts';

const isDamage = (error: unknown): boolean => isRbError(error, 'damaged-chunk');
const pool = createBundlePool(2);
after(() => pool.close());

type Packable = { readonly room: SharedRange; readonly chunks: ChunkTable };

/** Memory with the pieces in it, `gapBytes` apart, behind room for a head, and the table of them. */
function roomOf(pieces: readonly Uint8Array[], gapBytes: number = 0): Packable {
  const headBytes = bodyOffset(pieces.length);
  const length = pieces.reduce((sum, piece) => sum + piece.length + gapBytes, headBytes + gapBytes);
  const bytes = new Uint8Array(length);
  const ids = new Uint8Array(pieces.length * 32);
  const offsets = new Uint32Array(pieces.length);
  const lengths = new Uint32Array(pieces.length);
  let at = headBytes + gapBytes;
  for (const [index, piece] of pieces.entries()) {
    bytes.set(piece, at);
    ids.set(blake3(piece), index * 32);
    offsets[index] = at;
    lengths[index] = piece.length;
    at += piece.length + gapBytes;
  }
  return { room: leaseCopy(bytes).range, chunks: { ids, offsets, lengths } };
}

/** The record in this thread. */
function packed(
  kind: ChunkKind,
  pieces: readonly Uint8Array[],
  gapBytes?: number,
  level?: number,
): Uint8Array {
  const { room, chunks } = roomOf(pieces, gapBytes);
  return packInPlace(kind, viewOf(room), chunks, level).slice();
}

const room = (bytes: number): SharedRange => leaseCopy(new Uint8Array(bytes)).range;

test('chunks that were packed by a worker are verified by a worker and come back', async () => {
  const pieces = [sampleText('a', 200_000), sampleText('b', 1), sampleText('c', 70_000)];
  const { room: from, chunks } = roomOf(pieces);
  const record = await packBundle(pool, 'data', from, chunks);
  assert.deepEqual([record.memory, record.at], [from.memory, from.at]);
  assert.equal(decodeBundleHead(viewOf(record)).codec, 'zstd');
  assert.ok(record.length < 150_000);
  const copy = viewOf(record).slice();
  const verified = await verifyBundle(pool, record, room(271_000));
  assert.deepEqual(viewOf(record).slice(), copy);
  assert.equal(verified.kind, 'data');
  assert.deepEqual(verified.chunks.ids, chunks.ids);
  assert.deepEqual(verified.chunks.lengths, chunks.lengths);
  assert.ok(Buffer.concat(pieces).equals(viewOf(verified.plain as SharedRange)));
});

test('bytes that do not compress are stored, and are looked at in the record', async () => {
  const { room: from, chunks } = roomOf([sampleBytes('noise', 600_000)], 9);
  const record = await packBundle(pool, 'data', from, chunks);
  assert.equal(decodeBundleHead(viewOf(record)).codec, 'stored');
  const verified = await verifyBundle(pool, record, null);
  // Where they were: nothing was copied.
  assert.equal(verified.plain?.at, from.at + (chunks.offsets[0] as number));
  assert.ok(sampleBytes('noise', 600_000).equals(viewOf(verified.plain)));
});

test('plain bytes are not sent when they are not asked for', async () => {
  const { room: from, chunks } = roomOf([sampleText('unasked', 5000)]);
  const verified = await verifyBundle(pool, await packBundle(pool, 'page', from, chunks), null);
  assert.equal(verified.plain, null);
  assert.equal(verified.kind, 'page');
});

test('any chunks, wherever they lie and whatever the level, open as they were packed', () => {
  const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 3000 }), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(pieces, fc.nat(9), fc.integer({ min: 0, max: 4 }), (some, gapBytes, level) => {
      const opened = openBundle(packed('list', some, gapBytes, level));
      assert.equal(opened.kind, 'list');
      assert.deepEqual(opened.chunks.ids, roomOf(some).chunks.ids);
      assert.deepEqual(
        [...opened.chunks.lengths],
        some.map(({ length }) => length),
      );
      assert.ok(Buffer.concat(some).equals(opened.plain));
    }),
    { seed: 4711, numRuns: 150 },
  );
});

test('chunks without room for a head in front of them, or out of order, are refused', () => {
  const { room: from, chunks } = roomOf([sampleText('x', 400), sampleText('y', 300)]);
  const bytes = viewOf(from);
  const { ids, offsets, lengths } = chunks;
  const [first, second] = offsets as unknown as [number, number];
  for (const wrong of [
    [first - 1, second],
    [second, first],
    [first, second - 1],
    [first, second + 1],
  ])
    assert.throws(() =>
      packInPlace('data', bytes, { ids, offsets: Uint32Array.from(wrong), lengths }),
    );
});

test('every flipped bit of a record is found', async () => {
  const record = packed('data', [sampleText('x', 400), sampleText('y', 300)]);
  for (let bit = 0; bit < record.length * 8; bit++) {
    const damaged = record.slice();
    damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
    assert.throws(() => openBundle(damaged), isDamage, `bit ${bit}`);
  }
  const damaged = record.slice();
  damaged[record.length - 1] = (damaged[record.length - 1] as number) ^ 1;
  await assert.rejects(verifyBundle(pool, leaseCopy(damaged).range, null), isDamage);
});

test('a wrong id under a right checksum, as a hostile sender would make it, is refused', async () => {
  const { room: from, chunks } = roomOf([sampleText('x', 4000)]);
  chunks.ids[5] = (chunks.ids[5] as number) ^ 1;
  const record = packInPlace('data', viewOf(from), chunks);
  await assert.rejects(verifyBundle(pool, leaseCopy(record).range, null), isDamage);
});

test('a length that lies under a right checksum is refused', () => {
  const record = packed('data', [sampleText('x', 4000)]);
  const lies = new DataView(record.buffer);
  lies.setUint32(8, 5000, true);
  lies.setUint32(BUNDLE_HEAD_BYTES + 32, 5000, true);
  record.set(bundleChecksum(record), 16);
  assert.throws(() => openBundle(record), isDamage);
});

test('many bundles at once are all right', async () => {
  const jobs = Array.from({ length: 20 }, async (_, index) => {
    const piece = sampleText(`many ${index}`, 20_000 + index);
    const { room: from, chunks } = roomOf([piece]);
    const record = await packBundle(pool, 'data', from, chunks);
    const { plain } = await verifyBundle(pool, record, room(piece.length));
    assert.ok(piece.equals(viewOf(plain as SharedRange)));
  });
  await Promise.all(jobs);
});
