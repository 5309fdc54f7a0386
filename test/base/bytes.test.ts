import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import {
  ByteReader,
  ByteWriter,
  compareBytes,
  concatBytes,
  copyBytes,
  equalBytes,
  fromHex,
  hex,
} from '../../src/base/bytes.ts';
import { isRbError } from '../../src/base/errors.ts';

const isProtocol = (error: unknown): boolean => isRbError(error, 'protocol');
const U64_MAX = (1n << 64n) - 1n;

/** A naive twin of the varint encoder: whole bigints, no case distinctions. */
function naiveVarint(value: bigint): Uint8Array {
  const groups: number[] = [];
  for (let rest = value; ; rest /= 128n) {
    groups.push(Number(rest % 128n) + (rest < 128n ? 0 : 128));
    if (rest < 128n) return Uint8Array.from(groups);
  }
}

const anyNumber = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(1000),
  fc.integer({ min: 0, max: 53 }).map((bits) => Math.min(2 ** bits, Number.MAX_SAFE_INTEGER)),
  fc.integer({ min: 1, max: 53 }).map((bits) => 2 ** bits - 1),
);

test('a varint is read back as it was written, in the bytes of the naive twin', () => {
  fc.assert(
    fc.property(anyNumber, (value) => {
      const writer = new ByteWriter();
      writer.varint(value);
      const bytes = writer.take();
      assert.deepEqual(bytes, naiveVarint(BigInt(value)));
      const reader = new ByteReader(bytes);
      assert.equal(reader.varint(), value);
      reader.expectEnd();
      assert.equal(new ByteReader(bytes).varintBig(), BigInt(value));
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test('a big varint is read back as it was written, up to 2^64 - 1', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: U64_MAX }), (value) => {
      const writer = new ByteWriter();
      writer.varintBig(value);
      const bytes = writer.take();
      assert.deepEqual(bytes, naiveVarint(value));
      assert.equal(new ByteReader(bytes).varintBig(), value);
    }),
    { seed: 2, examples: [[0n], [127n], [128n], [U64_MAX]] },
  );
});

test('numbers that are longer than needed, unfinished or too large are refused', () => {
  const bad = [
    '8000',
    'ff8000',
    '',
    '80',
    'ffff',
    'ffffffffffffffffff7f',
    'ffffffffffffffffffff01',
  ];
  for (const text of bad) {
    assert.throws(() => new ByteReader(fromHex(text)).varint(), isProtocol, text);
    assert.throws(() => new ByteReader(fromHex(text)).varintBig(), isProtocol, text);
  }
  // 2^53, and the largest number of eight bytes: fine as a bigint, too large as a number.
  for (const text of ['8080808080808010', 'ffffffffffffff7f']) {
    assert.throws(() => new ByteReader(fromHex(text)).varint(), isProtocol, text);
    assert.ok(new ByteReader(fromHex(text)).varintBig() >= 2n ** 53n);
  }
  assert.throws(() => new ByteReader(fromHex('80808080808080808002')).varintBig(), isProtocol);
});

test('any bytes are read as the naive decoder reads them, or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 12 }), (bytes) => {
      let value: bigint | undefined;
      try {
        value = new ByteReader(bytes).varintBig();
      } catch (error) {
        assert.ok(isProtocol(error));
        return;
      }
      const expected = naiveVarint(value);
      assert.deepEqual(bytes.slice(0, expected.length), expected);
    }),
    { seed: 3, numRuns: 3000 },
  );
});

test('every verb of the writer is read back by the same verb of the reader', () => {
  const step = fc.oneof(
    fc.record({ verb: fc.constant('u8' as const), value: fc.nat(0xff) }),
    fc.record({ verb: fc.constant('u16' as const), value: fc.nat(0xffff) }),
    fc.record({ verb: fc.constant('u32' as const), value: fc.nat(0xffff_ffff) }),
    fc.record({ verb: fc.constant('varint' as const), value: anyNumber }),
    fc.record({ verb: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 600 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const writer = new ByteWriter(0);
      for (const { verb, value } of steps) {
        if (verb === 'bytes') writer.bytes(value);
        else writer[verb](value);
      }
      const lengthBytes = writer.length;
      const reader = new ByteReader(writer.take());
      assert.equal(reader.remaining, lengthBytes);
      for (const { verb, value } of steps) {
        if (verb === 'bytes') assert.deepEqual(reader.bytes(value.length), value);
        else assert.equal(reader[verb](), value);
      }
      reader.expectEnd();
      assert.equal(writer.length, 0);
    }),
    { seed: 4 },
  );
});

test('fixed numbers are little-endian', () => {
  const writer = new ByteWriter();
  writer.u16(0x0102);
  writer.u32(0xfffefdfc);
  assert.equal(hex(writer.take()), '0201fcfdfeff');
});

test('nothing beyond the end is read, and a failed read moves nothing', () => {
  const outer = Uint8Array.from([1, 2, 3, 4, 5, 6]);
  const reader = new ByteReader(outer, 2, 4);
  assert.throws(() => reader.u32(), isProtocol);
  assert.throws(() => reader.bytes(3), isProtocol);
  assert.throws(() => reader.bytes(-1), isProtocol);
  assert.throws(() => reader.bytes(Number.NaN), isProtocol);
  assert.equal(reader.offset, 2);
  assert.equal(reader.u16(), 0x0403);
  assert.throws(() => reader.u8(), isProtocol);
  assert.throws(() => reader.varint(), isProtocol);
  assert.throws(() => new ByteReader(outer, 3, 9), isProtocol);
});

test('values out of range are not written', () => {
  const writer = new ByteWriter();
  for (const wrong of [-1, 256, 0.5, Number.NaN]) assert.throws(() => writer.u8(wrong));
  for (const wrong of [-1, 65_536]) assert.throws(() => writer.u16(wrong));
  for (const wrong of [-1, 2 ** 32]) assert.throws(() => writer.u32(wrong));
  for (const wrong of [-1, 2 ** 53, 1.5]) assert.throws(() => writer.varint(wrong));
  for (const wrong of [-1n, U64_MAX + 1n]) assert.throws(() => writer.varintBig(wrong));
  assert.equal(writer.length, 0);
});

test('bytes are ordered as Buffer.compare orders them', () => {
  const bytes = fc.uint8Array({ maxLength: 80, max: 3 });
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      assert.equal(Math.sign(compareBytes(a, b)), Buffer.compare(a, b));
      assert.equal(equalBytes(a, b), Buffer.compare(a, b) === 0);
      assert.ok(equalBytes(a, a.slice()));
    }),
    { seed: 5 },
  );
});

test('hexadecimal text is read back, and anything else is refused', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      assert.deepEqual(fromHex(hex(bytes)), bytes);
      assert.deepEqual(fromHex(hex(bytes).toUpperCase()), bytes);
    }),
    { seed: 6 },
  );
  for (const text of ['0', 'zz', '0x00', '00 ', '00\n']) {
    assert.throws(() => fromHex(text), isProtocol);
  }
});

test('parts are glued together in order', () => {
  const parts = [Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)];
  assert.deepEqual(concatBytes(parts), Uint8Array.of(1, 2, 3));
});

test('bytes are copied to any place, in ordinary and in shared memory, also onto themselves', () => {
  const step = fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.nat(200), fc.nat(200));
  fc.assert(
    fc.property(step, fc.boolean(), ([content, at, from], isShared) => {
      const expected = Buffer.alloc(1000, 7);
      expected.set(content, at);
      const bytes = new Uint8Array(isShared ? new SharedArrayBuffer(1000) : new ArrayBuffer(1000));
      bytes.fill(7);
      copyBytes(content, bytes, at);
      assert.deepEqual(Buffer.from(bytes), expected);
      expected.copyWithin(from, at, at + content.length);
      copyBytes(bytes.subarray(at, at + content.length), bytes, from);
      assert.deepEqual(Buffer.from(bytes), expected);
    }),
    { seed: 3 },
  );
  assert.throws(() => copyBytes(new Uint8Array(3), new Uint8Array(3), 1), /room/);
});
