import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import { decodeCbor, encodeCbor } from '../../src/wire/cbor.ts';
import type { CborValue } from '../../src/wire/cbor.ts';

const isProtocol = (error: unknown): boolean => isRbError(error, 'protocol');

function decoded(hex: string): CborValue {
  return decodeCbor(new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex')));
}

test('numbers are read in each of their five lengths', () => {
  const numbers: Readonly<Record<string, number>> = {
    '17': 23,
    '18 ff': 0xff,
    '19 fffe': 0xfffe,
    '1a fffffffe': 0xffff_fffe,
    '1b 0000000100000002': 0x1_0000_0002,
    '1b 001fffffffffffff': Number.MAX_SAFE_INTEGER,
    'fb bff8000000000000': -1.5,
  };
  for (const [hex, number] of Object.entries(numbers)) assert.equal(decoded(hex), number, hex);
});

test('a zero below zero becomes the one zero there is', () => {
  assert.ok(Object.is(decoded('fb 8000000000000000'), 0));
});

test('text is read as it is, with a byte order mark at its beginning', () => {
  assert.equal(decoded('64 efbbbf61'), '\ufeffa');
});

test('a map is written with the length it has', () => {
  assert.equal(Buffer.from(encodeCbor({ a: 1 })).toString('hex'), 'a1616101');
});

/** Each is long enough that it would be read as something if its first bytes were believed. */
const REFUSED: Readonly<Record<string, string>> = {
  'a reserved length': '1c 0000000000000000',
  'an indefinite length': '1f 0000000000000000',
  'an undefined value': 'f7 0000000000000000',
  'a simple value in a byte of its own': 'f8 0000000000000000',
  'a number as a key': 'a1 01 61 00',
  'bytes as a key': 'a1 41 61 00',
};

for (const [what, hex] of Object.entries(REFUSED)) {
  test(`${what} is refused, whatever follows it`, () => {
    assert.throws(() => decoded(hex), isProtocol);
  });
}

test('a key has at most 64 bytes', () => {
  const map = (length: number): string => `a1 78 ${length.toString(16)} ${'61'.repeat(length)} 00`;
  assert.deepEqual(decoded(map(64)), { ['a'.repeat(64)]: 0 });
  assert.throws(() => decoded(map(65)), isProtocol);
});

test('arrays and maps lie within each other eight deep and no deeper', () => {
  for (const outer of ['81', 'a16161']) {
    decoded(`${outer.repeat(8)}00`);
    assert.throws(() => decoded(`${outer.repeat(9)}00`), isProtocol);
  }
});

test('a message has at most 200,000 values', () => {
  const array = (items: number): Uint8Array => {
    const bytes = new Uint8Array(5 + items);
    bytes[0] = 0x9a;
    new DataView(bytes.buffer).setUint32(1, items);
    return bytes;
  };
  const read = decodeCbor(array(199_999));
  assert.ok(Array.isArray(read) && read.length === 199_999);
  assert.throws(() => decodeCbor(array(200_000)), isProtocol);
});
