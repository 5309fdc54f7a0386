import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Decoder, Encoder } from 'cbor-x';
import * as fc from 'fast-check';

import { isRbError, RbError } from '../../src/base/errors.ts';
import { decodeCbor, encodeCbor } from '../../src/wire/cbor.ts';
import {
  checkRecordLength,
  decodeMessage,
  decodeReason,
  encodeMessage,
  encodeReason,
} from '../../src/wire/codec.ts';
import { kindOf, MESSAGE_NAMES } from '../../src/wire/messages.ts';
import type { Message } from '../../src/wire/messages.ts';
import { MESSAGE_BYTES, REASON_BYTES } from '../../src/wire/wire-limits.ts';
import { bundleRecord } from '../conformance/transport-data.ts';
import { SAMPLES } from './samples.ts';

const isProtocol = (error: unknown): boolean => isRbError(error, 'protocol');

test('there is a sample of every message', () => {
  assert.deepEqual(new Set(SAMPLES.map((one) => one.t)), new Set(MESSAGE_NAMES));
});

test('every message has a kind of its own in the tables of states', () => {
  const names: readonly string[] = MESSAGE_NAMES.filter((name) => name !== 'ask');
  const questions = SAMPLES.flatMap((one) => (one.t === 'ask' ? [`ask-${one.what}`] : []));
  assert.ok(questions.includes('ask-status') && questions.includes('ask-snapshots'));
  const kinds: readonly string[] = [...names, 'want-bits', ...questions];
  assert.deepEqual(SAMPLES.map(kindOf).toSorted(), kinds.toSorted());
});

/** By message: the fields that it can do without. */
const OPTIONAL: Readonly<Record<string, readonly string[]>> = {
  hello: ['invite'],
  welcome: ['duty'],
  receive: ['answers'],
  follow: ['mends'],
  ack: ['signature'],
  'ask-snapshots': ['user', 'host', 'set', 'before'],
};

for (const sample of SAMPLES) {
  const name = kindOf(sample);

  test(`"${name}" survives the wire`, () => {
    assert.deepEqual(decodeMessage(encodeMessage(sample)), sample);
  });

  test(`"${name}" without one of its fields, or with nonsense in it, is refused`, () => {
    const optional = OPTIONAL[name] ?? [];
    for (const key of Object.keys(sample)) {
      const { [key]: _dropped, ...rest } = sample as Record<string, unknown>;
      if (!optional.includes(key)) {
        assert.throws(() => decodeMessage(encodeCbor(rest)), isProtocol, `without ${key}`);
      }
      for (const nonsense of [-1.5, NaN, { a: 1 }, 'x'.repeat(5000), [['x']]]) {
        const spoiled = { ...sample, [key]: nonsense };
        assert.throws(() => decodeMessage(encodeCbor(spoiled)), isProtocol, `${key} spoiled`);
      }
    }
  });
}

test('fields that this version does not know are left out', () => {
  assert.deepEqual(decodeMessage(encodeCbor({ t: 'read', later: 1 })), { t: 'read' });
});

test('nothing of a decoded message lies in the bytes it came from', () => {
  const bytes = encodeMessage({ t: 'page', id: new Uint8Array(32).fill(3) });
  const message = decodeMessage(bytes);
  bytes.fill(0);
  assert.deepEqual(message, { t: 'page', id: new Uint8Array(32).fill(3) });
});

test('an offer with other lengths than ids is refused', () => {
  const offer = { t: 'offer', seq: 0, kind: 'data', ids: new Uint8Array(64), lengths: [1] };
  assert.throws(() => decodeMessage(encodeCbor(offer)), isProtocol);
});

test('a message that would be too long is not encoded', () => {
  const row = { user: 'u', host: 'h', set: 'x'.repeat(255), snapshot: new Uint8Array(32) };
  const message: Message = {
    t: 'receive',
    destination: new Uint8Array(16),
    name: 'd',
    filter: null,
    have: Array.from({ length: 4096 }, () => row),
  };
  assert.throws(
    () => encodeMessage(message),
    (error) => isRbError(error, 'too-large'),
  );
});

test('a message and a reason may have as many bytes as they may, and not one more', () => {
  // Around the bytes of the id: a map, its keys, and the length.
  const page = (bytes: number): Message => ({ t: 'page', id: new Uint8Array(bytes) });
  const around = encodeMessage(page(100_000)).length - 100_000;
  assert.equal(encodeMessage(page(MESSAGE_BYTES - around)).length, MESSAGE_BYTES);
  assert.throws(
    () => encodeMessage(page(MESSAGE_BYTES - around + 1)),
    (error) => isRbError(error, 'too-large'),
  );
  const reason = (bytes: number): Uint8Array =>
    encodeCbor({ code: 'internal', message: 'x', later: new Uint8Array(bytes) });
  const more = reason(1000).length - 1000;
  assert.equal(decodeReason(reason(REASON_BYTES - more)).message, 'x');
  assert.throws(() => decodeReason(reason(REASON_BYTES - more + 1)), isProtocol);
});

test('a record that is longer or shorter than its head says is not sent', () => {
  const record = bundleRecord(500, 1);
  checkRecordLength(record);
  for (const wrong of [record.subarray(0, -1), new Uint8Array([...record, 0])]) {
    assert.throws(
      () => checkRecordLength(wrong),
      (error) => isRbError(error, 'damaged-chunk'),
    );
  }
});

test('a reason travels with its code; one of a later version reads as internal', () => {
  const reason = { code: 'disk-full', message: 'No space.' } as const;
  assert.deepEqual(decodeReason(encodeReason(reason)), reason);
  const later = decodeReason(encodeCbor({ code: 'melted', message: 'x' }));
  assert.equal(later.code, 'internal');
  const long = decodeReason(encodeReason({ code: 'internal', message: '😀'.repeat(9000) }));
  assert.ok(long.message.length <= 1000 && long.message.isWellFormed());
});

const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.nat(),
    fc.maxSafeNat(),
    fc.double({ noNaN: true }).map((one) => (Object.is(one, -0) ? 0 : one)),
    fc.boolean(),
    fc.constant(null),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array({ maxLength: 70_000, size: 'large' }),
    fc.array(tie('value'), { maxLength: 30 }),
    fc.dictionary(
      fc.string({ maxLength: 16 }).filter((key) => key !== '__proto__'),
      tie('value'),
      { noNullPrototype: true },
    ),
  ),
})).value;

test('our decoder reads what a general one reads', () => {
  const general = new Decoder({ mapsAsObjects: true, useRecords: false });
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), value), (object) => {
      const bytes = encodeCbor({ ...object });
      const plain = JSON.stringify(decodeCbor(bytes), bytesAsHex);
      assert.equal(plain, JSON.stringify(general.decode(bytes), bytesAsHex));
      assert.equal(plain, JSON.stringify({ ...object }, bytesAsHex));
    }),
    { seed: 4, numRuns: 300 },
  );
});

test('garbage is refused with a code, and never anything else', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SAMPLES),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      (sample, flips) => {
        const bytes = encodeMessage(sample).slice();
        for (const [at, byte] of flips) bytes[at % bytes.length] = byte;
        try {
          decodeMessage(bytes);
        } catch (error) {
          assert.ok(error instanceof RbError && error.code === 'protocol', String(error));
        }
      },
    ),
    { seed: 5, numRuns: 3000 },
  );
});

const REFUSED: Readonly<Record<string, string>> = {
  nothing: '',
  'an array that claims four thousand million items': '9affffffff',
  'a map that claims as many': 'baffffffff',
  'a byte string longer than the message': '5affffffff00',
  'a length of 2^64 - 1': '5bffffffffffffffff',
  'an indefinite array': '9f01ff',
  'an indefinite text': '7f6161ff',
  'a negative number': '20',
  'a date, which is a tag': 'c11a514b67b0',
  'a big number, which is a tag': 'c249010000000000000000',
  'a record of cbor-x, which is a tag': 'd9dfff8319e00081617401',
  undefined: 'f7',
  'a half-precision number': 'f93c00',
  'a number above 2^53': '1b0020000000000000',
  'the key __proto__': 'a1695f5f70726f746f5f5fa0',
  'a key twice': 'a2616101616102',
  'a number as a key': 'a10102',
  'text that is not UTF-8': '62c328',
  'bytes left over': '0000',
  'arrays within arrays': '81'.repeat(1000) + '00',
};

for (const [what, bytes] of Object.entries(REFUSED)) {
  test(`CBOR: ${what} is refused`, () => {
    assert.throws(() => decodeCbor(new Uint8Array(Buffer.from(bytes, 'hex'))), isProtocol);
  });
}

test('a message of very many tiny values is refused', () => {
  const bytes = new Encoder({ useRecords: false }).encode(Array.from({ length: 300_000 }, () => 0));
  assert.throws(() => decodeCbor(bytes), isProtocol);
});

function bytesAsHex(_key: string, one: unknown): unknown {
  if (one instanceof Uint8Array) return Buffer.from(one).toString('hex');
  // JSON.stringify has called Buffer's own toJSON before it comes here.
  if (typeof one === 'object' && one !== null && 'type' in one && one.type === 'Buffer') {
    return Buffer.from((one as unknown as { data: number[] }).data).toString('hex');
  }
  return one;
}
