import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { isRbError } from '../../src/base/errors.ts';
import { compress, decompress } from '../../src/chunk/compress.ts';
import { loadNativeZstd } from '../../src/chunk/native-zstd.ts';
import { nodeZstd } from '../../src/chunk/zstd.ts';
import { sampleBytes, sampleText } from './sample-data.ts';

const isDamage = (error: unknown): boolean => isRbError(error, 'damaged-chunk');
const native = loadNativeZstd();
const libraries = [
  { name: "Node's", zstd: nodeZstd },
  ...(native ? [{ name: 'the native', zstd: native }] : []),
];

function compressed(bytes: Uint8Array): Uint8Array {
  const stored = compress(bytes);
  assert.ok(stored !== null);
  return stored;
}

test('the native library is there on Linux with the Node that is brought along', (t) => {
  if (process.platform !== 'linux') return t.skip('its symbols are only looked for on Linux');
  assert.ok(native !== undefined);
});

test('what compresses comes back as it was, and is at least 3 % shorter', () => {
  const repetitive = fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.integer({ min: 1, max: 2000 }))
    .map(([piece, times]) => Buffer.concat(Array.from({ length: times }, () => piece)));
  fc.assert(
    fc.property(
      fc.oneof(repetitive, fc.uint8Array({ maxLength: 5000 })),
      fc.integer({ min: 1, max: 4 }),
      (bytes, level) => {
        const stored = compress(bytes, level);
        if (stored === null) return;
        assert.ok(stored.length <= bytes.length * 0.97);
        assert.ok(Buffer.from(bytes).equals(decompress(stored, bytes.length)));
      },
    ),
    { seed: 8878, numRuns: 200 },
  );
});

test('random bytes of any length and no bytes are left alone', () => {
  for (const length of [0, 1, 100, 5000, 300_000, 2_000_000]) {
    assert.equal(compress(sampleBytes('random', length)), null);
  }
});

test('text around a middle that does not compress is still compressed', () => {
  const text = sampleText('around', 300_000);
  const mixed = Buffer.concat([text, sampleBytes('middle', 400_000), text]);
  assert.ok(compressed(mixed).length < mixed.length * 0.9);
});

for (const { name, zstd } of libraries) {
  test(`${name} library refuses what decodes to more, to less, or not at all`, () => {
    const plain = sampleText('plain', 50_000);
    const stored = zstd.compress(plain, 3, plain.length);
    assert.ok(stored !== null);
    assert.ok(plain.equals(zstd.decompress(stored, plain.length) ?? Buffer.alloc(0)));
    assert.equal(zstd.decompress(stored, plain.length - 1), null);
    assert.equal(zstd.decompress(stored, plain.length + 1), null);
    assert.equal(zstd.decompress(stored.subarray(0, -1), plain.length), null);
    assert.equal(zstd.decompress(new Uint8Array(0), plain.length), null);
    assert.equal(zstd.decompress(plain, plain.length), null);
  });

  test(`${name} library gives plain bytes in a buffer of their own, however few`, () => {
    for (const length of [1, 40, 5000]) {
      const stored = zstd.compress(Buffer.alloc(length, 5), 3, 1000);
      assert.ok(stored !== null);
      assert.equal(zstd.decompress(stored, length)?.buffer.byteLength, length);
    }
  });

  test(`${name} library takes what every other has compressed`, () => {
    const plain = sampleText('exchange', 100_000);
    for (const other of libraries) {
      const stored = other.zstd.compress(plain, 3, plain.length);
      assert.ok(
        stored !== null && plain.equals(zstd.decompress(stored, plain.length) ?? Buffer.alloc(0)),
      );
    }
  });
}

test('a flipped bit is refused or gives wrong bytes of the right length, never more', () => {
  const plain = sampleText('flip', 20_000);
  const stored = compressed(plain);
  fc.assert(
    fc.property(fc.nat(stored.length * 8 - 1), (bit) => {
      const damaged = Buffer.from(stored);
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      try {
        assert.equal(decompress(damaged, plain.length).length, plain.length);
      } catch (error) {
        assert.ok(isDamage(error));
      }
    }),
    { seed: 99, numRuns: 300 },
  );
});

test('a small frame that decodes to a gigabyte takes no gigabyte', () => {
  const bomb = compressed(Buffer.alloc(8 << 20));
  // Frames may stand one behind the other and decode to their sum.
  const bombs = Buffer.concat(Array.from({ length: 128 }, () => bomb));
  const before = process.memoryUsage().rss;
  assert.throws(() => decompress(bombs, 1000), isDamage);
  assert.throws(() => decompress(bombs, 8 << 20), isDamage);
  assert.ok(process.memoryUsage().rss - before < 100 << 20);
});
