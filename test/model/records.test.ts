import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { concatBytes } from '../../src/base/bytes.ts';
import { isRbError } from '../../src/base/errors.ts';
import { blake3 } from '../../src/base/hash.ts';
import {
  BUNDLE_HEAD_BYTES,
  bundleChecksum,
  checkBundle,
  CHUNK_KINDS,
  decodeBundle,
  decodeBundleHead,
  encodeBundle,
} from '../../src/model/bundle.ts';
import { LIMITS } from '../../src/model/limits.ts';
import {
  checkLabel,
  decodeSnapshot,
  encodeSnapshot,
  formatSetKey,
} from '../../src/model/snapshot.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { anyId, PLAIN } from './arbitraries.ts';

/** The library's hashes are buffers, what is decoded are plain arrays: strict equality tells them apart. */
const idOf = (bytes: Uint8Array): Uint8Array => Uint8Array.from(blake3(bytes));

const isDamaged = (error: unknown): boolean => isRbError(error, 'damaged-chunk');

const anyChunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), {
  minLength: 1,
  maxLength: 20,
});

function stored(chunks: readonly Uint8Array[]): Uint8Array {
  const table = chunks.map((chunk) => ({ id: idOf(chunk), bytes: chunk.length }));
  return encodeBundle('data', 'stored', table, concatBytes(chunks));
}

test('a bundle comes back as it was written', () => {
  fc.assert(
    fc.property(anyChunks, fc.constantFrom(...CHUNK_KINDS), (chunks, kind) => {
      const table = chunks.map((chunk) => ({ id: idOf(chunk), bytes: chunk.length }));
      const record = encodeBundle(kind, 'stored', table, concatBytes(chunks));
      checkBundle(record);
      const { head, chunks: rows, body } = decodeBundle(record);
      assert.equal(head.kind, kind);
      assert.equal(head.recordBytes, record.length);
      assert.deepEqual(head.checksum, Uint8Array.from(bundleChecksum(record)));
      assert.deepEqual(
        rows.map(({ id, bytes }) => ({ id, bytes })),
        table,
      );
      assert.deepEqual(
        rows.map(({ offset, bytes }) => body.subarray(offset, offset + bytes)),
        chunks,
      );
      assert.deepEqual(
        decodeBundle(record.subarray(0, BUNDLE_HEAD_BYTES + 36 * chunks.length), true).chunks,
        rows,
      );
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('any one flipped bit of a record is noticed', () => {
  const record = stored([Buffer.from('some bytes'), Buffer.from('and more')]);
  for (let bit = 0; bit < record.length * 8; bit++) {
    const flipped = Uint8Array.from(record);
    flipped[bit >>> 3] = (flipped[bit >>> 3] as number) ^ (1 << (bit & 7));
    assert.throws(() => checkBundle(flipped), isDamaged);
  }
});

test('a record that is cut short or too long is refused', () => {
  const record = stored([Buffer.from('some bytes')]);
  for (let end = 0; end < record.length; end++)
    assert.throws(() => decodeBundle(record.subarray(0, end)), isDamaged);
  assert.throws(() => decodeBundle(Buffer.concat([record, Buffer.of(0)])), isDamaged);
});

test('heads that lie about lengths are refused before anything is allocated', () => {
  const head = (change: (view: DataView) => void): Uint8Array => {
    const record = stored([Buffer.from('some bytes')]);
    change(new DataView(record.buffer, record.byteOffset));
    return record;
  };
  const lies: ((view: DataView) => void)[] = [
    (view) => view.setUint8(0, 0),
    (view) => view.setUint8(4, 2),
    (view) => view.setUint8(5, 4),
    (view) => view.setUint16(6, 0, true),
    (view) => view.setUint16(6, LIMITS.bundleChunks + 1, true),
    (view) => view.setUint32(8, LIMITS.bundlePlainBytes + 1, true),
    (view) => view.setUint32(8, 0, true),
    (view) => view.setUint32(12, 0xffff_ffff, true),
    (view) => view.setUint32(12, 9, true),
    (view) => view.setUint32(12, 0, true),
  ];
  for (const lie of lies) assert.throws(() => decodeBundleHead(head(lie)), isDamaged);
  const tableLies: ((view: DataView) => void)[] = [
    (view) => view.setUint32(80, 0, true),
    (view) => view.setUint32(80, 11, true),
    (view) => view.setUint32(80, LIMITS.chunkBytes + 1, true),
  ];
  for (const lie of tableLies) assert.throws(() => decodeBundle(head(lie)), isDamaged);
});

const anyLabel = fc.constantFrom('ana', 'pc-1', 'Größe', '\ufeffx');

const anySnapshot: fc.Arbitrary<Snapshot> = fc.record(
  {
    key: fc.record(
      {
        user: fc.constantFrom('ana', 'ben'),
        host: fc.constantFrom('pc', 'mac.local'),
        set: anyLabel,
      },
      PLAIN,
    ),
    timeMs: fc.maxSafeNat(),
    previous: fc.option(anyId),
    sourcePath: fc.uint8Array({ maxLength: 300 }),
    recursive: fc.boolean(),
    deleted: fc.boolean(),
    files: fc.maxSafeNat(),
    dirs: fc.maxSafeNat(),
    bytes: fc.maxSafeNat(),
    skipped: fc.maxSafeNat(),
    pages: fc.array(anyId, { minLength: 1, maxLength: 10 }),
  },
  PLAIN,
);

test('a snapshot comes back as it was written', () => {
  fc.assert(
    fc.property(anySnapshot, (snapshot) =>
      assert.deepEqual(decodeSnapshot(encodeSnapshot(snapshot)), snapshot),
    ),
    { seed: 2, numRuns: 300 },
  );
});

test('what is no snapshot is refused with a code', () => {
  fc.assert(
    fc.property(anySnapshot, fc.nat(), (snapshot, choice) => {
      const record = encodeSnapshot(snapshot);
      assert.throws(
        () => decodeSnapshot(record.subarray(0, choice % record.length)),
        (error) => isRbError(error),
      );
      const longer = Buffer.concat([record, Buffer.of(0)]);
      assert.throws(
        () => decodeSnapshot(longer),
        (error) => isRbError(error, 'protocol'),
      );
    }),
    { seed: 3, numRuns: 300 },
  );
  assert.throws(
    () => decodeSnapshot(Uint8Array.of(2)),
    (error) => isRbError(error, 'unsupported'),
  );
});

test('a snapshot of a set whose names could not be folders is refused', () => {
  const base = fc.sample(anySnapshot, { seed: 4, numRuns: 1 })[0] as Snapshot;
  for (const key of [
    { user: '..', host: 'pc', set: 's' },
    { user: 'ana', host: '../x', set: 's' },
    { user: 'ana', host: 'pc', set: '' },
    { user: 'ana', host: 'pc', set: '.rbbackup' },
  ]) {
    const record = encodeSnapshot({ ...base, key });
    assert.throws(
      () => decodeSnapshot(record),
      (error) => isRbError(error, 'name-refused'),
    );
  }
});

test('labels are kept apart from each other and from folders', () => {
  for (const label of ['a', 'a-b', 'a.b', '...', 'x'.repeat(100), 'Ärger'])
    checkLabel('user', label);
  checkLabel('set', 'my photos: 2024 @home');
  const refused = [
    '',
    '.',
    '..',
    '.rbbackup',
    'a/b',
    'a\\b',
    'a\nb',
    'a\u202eb',
    'x'.repeat(101),
    '\ud800',
  ];
  for (const label of refused)
    assert.throws(
      () => checkLabel('set', label),
      (error) => isRbError(error, 'name-refused'),
    );
  for (const label of ['a b', 'a@b', 'a:b']) {
    assert.throws(
      () => checkLabel('host', label),
      (error) => isRbError(error, 'name-refused'),
    );
  }
  assert.equal(formatSetKey({ user: 'ana', host: 'pc', set: 'my photos' }), 'ana@pc:my photos');
});
