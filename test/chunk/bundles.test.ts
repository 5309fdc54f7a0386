import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import fc from 'fast-check';

import { isRbError } from '../../src/base/errors.ts';
import { leaseCopy, viewOf } from '../../src/base/shared-arena.ts';
import type { SharedRange } from '../../src/base/shared-arena.ts';
import { blake3 } from '../../src/base/hash.ts';
import { createBundlePool, packBundle, verifyBundle } from '../../src/chunk/bundles.ts';
import { openBundle, packChunks } from '../../src/chunk/bundle-jobs.ts';
import type { ChunkTable } from '../../src/chunk/bundle-jobs.ts';
import { BUNDLE_HEAD_BYTES, bundleChecksum, decodeBundleHead } from '../../src/model/bundle.ts';
import { sampleBytes, sampleText } from './sample-data.ts';

const isDamage = (error: unknown): boolean => isRbError(error, 'damaged-chunk');
const pool = createBundlePool(2);
after(() => pool.close());

/** An arena with the pieces in it, `gapBytes` apart, and the table of them. */
function arenaOf(
  pieces: readonly Uint8Array[],
  gapBytes: number = 0,
): { arena: ArrayBuffer; chunks: ChunkTable } {
  const room = pieces.reduce((sum, piece) => sum + piece.length + gapBytes, 0);
  const bytes = new Uint8Array(room);
  const ids = new Uint8Array(pieces.length * 32);
  const offsets = new Uint32Array(pieces.length);
  const lengths = new Uint32Array(pieces.length);
  let at = 0;
  for (const [index, piece] of pieces.entries()) {
    bytes.set(piece, at);
    ids.set(blake3(piece), index * 32);
    offsets[index] = at;
    lengths[index] = piece.length;
    at += piece.length + gapBytes;
  }
  return { arena: bytes.buffer, chunks: { ids, offsets, lengths } };
}

const room = (bytes: number): SharedRange => leaseCopy(new Uint8Array(bytes)).range;

test('chunks that were packed by a worker are verified by a worker and come back', async () => {
  const pieces = [sampleText('a', 200_000), sampleText('b', 1), sampleText('c', 70_000)];
  const { arena, chunks } = arenaOf(pieces);
  const arenaBytes = arena.byteLength;
  const packed = await packBundle(pool, 'data', arena, chunks);
  assert.equal(packed.arena.byteLength, arenaBytes);
  assert.equal(decodeBundleHead(packed.record).codec, 'zstd');
  assert.ok(packed.record.length < 150_000);
  const copy = packed.record.slice();
  const record = leaseCopy(packed.record);
  const verified = await verifyBundle(pool, record.range, room(271_000));
  assert.deepEqual(record.bytes.slice(), copy);
  assert.equal(verified.kind, 'data');
  assert.deepEqual(verified.chunks, chunks);
  assert.ok(Buffer.concat(pieces).equals(viewOf(verified.plain as SharedRange)));
});

test('bytes that do not compress are stored, and are looked at in the record', async () => {
  const { arena, chunks } = arenaOf([sampleBytes('noise', 600_000)]);
  const { record } = await packBundle(pool, 'data', arena, chunks);
  assert.equal(decodeBundleHead(record).codec, 'stored');
  const shared = leaseCopy(record).range;
  const verified = await verifyBundle(pool, shared, null);
  assert.equal(verified.plain?.at, shared.at + BUNDLE_HEAD_BYTES + 36);
  assert.ok(sampleBytes('noise', 600_000).equals(viewOf(verified.plain as SharedRange)));
});

test('plain bytes are not sent when they are not asked for', async () => {
  const { arena, chunks } = arenaOf([sampleText('unasked', 5000)]);
  const { record } = await packBundle(pool, 'page', arena, chunks);
  const verified = await verifyBundle(pool, leaseCopy(record).range, null);
  assert.equal(verified.plain, null);
  assert.equal(verified.kind, 'page');
});

test('any chunks, wherever they lie in the arena and whatever the level, open as they were packed', () => {
  const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 3000 }), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(pieces, fc.nat(9), fc.integer({ min: 0, max: 4 }), (some, gapBytes, level) => {
      const { arena, chunks } = arenaOf(some, gapBytes);
      const opened = openBundle(packChunks('list', new Uint8Array(arena), chunks, level));
      assert.equal(opened.kind, 'list');
      assert.deepEqual(opened.chunks.ids, chunks.ids);
      assert.deepEqual(opened.chunks.lengths, chunks.lengths);
      assert.ok(Buffer.concat(some).equals(opened.plain));
    }),
    { seed: 4711, numRuns: 150 },
  );
});

test('every flipped bit of a record is found', async () => {
  const { arena, chunks } = arenaOf([sampleText('x', 400), sampleText('y', 300)]);
  const record = packChunks('data', new Uint8Array(arena), chunks);
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
  const { arena, chunks } = arenaOf([sampleText('x', 4000)]);
  chunks.ids[5] = (chunks.ids[5] as number) ^ 1;
  const record = packChunks('data', new Uint8Array(arena), chunks);
  await assert.rejects(verifyBundle(pool, leaseCopy(record).range, null), isDamage);
});

test('a length that lies under a right checksum is refused', () => {
  const { arena, chunks } = arenaOf([sampleText('x', 4000)]);
  const record = packChunks('data', new Uint8Array(arena), chunks);
  const lies = new DataView(record.buffer);
  lies.setUint32(8, 5000, true);
  lies.setUint32(BUNDLE_HEAD_BYTES + 32, 5000, true);
  record.set(bundleChecksum(record), 16);
  assert.throws(() => openBundle(record), isDamage);
});

test('many bundles at once are all right', async () => {
  const jobs = Array.from({ length: 20 }, async (_, index) => {
    const piece = sampleText(`many ${index}`, 20_000 + index);
    const { arena, chunks } = arenaOf([piece]);
    const { record } = await packBundle(pool, 'data', arena, chunks);
    const shared = leaseCopy(record).range;
    const { plain } = await verifyBundle(pool, shared, room(piece.length));
    assert.ok(piece.equals(viewOf(plain as SharedRange)));
  });
  await Promise.all(jobs);
});
