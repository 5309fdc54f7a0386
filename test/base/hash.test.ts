import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { hex } from '../../src/base/bytes.ts';
import { Blake3, HASH_BYTES, blake3 } from '../../src/base/hash.ts';

/** Input lengths and hashes from the official BLAKE3 test_vectors.json; byte i of an input is i mod 251. */
const OFFICIAL: readonly (readonly [lengthBytes: number, hash: string])[] = [
  [0, 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262'],
  [1, '2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213'],
  [1023, '10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11'],
  [1024, '42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7'],
];

function officialInput(lengthBytes: number): Uint8Array {
  return Uint8Array.from({ length: lengthBytes }, (_, at) => at % 251);
}

test('hashes are those of the official test vectors', () => {
  for (const [lengthBytes, expected] of OFFICIAL) {
    assert.equal(hex(blake3(officialInput(lengthBytes))), expected);
  }
});

test('a hash is the same in one piece, in several, and of a view inside a larger array', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 6 }), (pieces) => {
      const hasher = new Blake3();
      for (const piece of pieces) hasher.update(piece);
      const whole = Buffer.concat([Uint8Array.of(9), ...pieces, Uint8Array.of(9)]);
      const expected = blake3(whole.subarray(1, whole.length - 1));
      assert.equal(expected.length, HASH_BYTES);
      assert.equal(hex(hasher.digest()), hex(expected));
    }),
    { seed: 1 },
  );
});
