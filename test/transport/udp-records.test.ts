import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { UdpRecords, creditRecord, dataHeader } from '../../src/transport/udp-records.ts';
import { isHoarding } from '../../src/transport/udp-hoard.ts';

test('records come out as they were put in, however the bytes are cut', () => {
  const records = fc.array(
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.integer({ min: 0, max: 0x7fff_ffff }),
    ),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(records, fc.integer({ min: 1, max: 50 }), (said, step) => {
      const wire = Buffer.concat(
        said.flatMap((one) =>
          typeof one === 'number' ? [creditRecord(one)] : [dataHeader(one.length), one],
        ),
      );
      const data: Uint8Array[] = [];
      const credits: number[] = [];
      const reader = new UdpRecords({
        data: (bytes) => data.push(bytes),
        credit: (bytes) => credits.push(bytes),
      });
      for (let at = 0; at < wire.length; at += step) reader.push(wire.subarray(at, at + step));
      const expected = said.filter((one) => typeof one !== 'number');
      assert.deepEqual(Buffer.concat(data), Buffer.concat(expected));
      assert.deepEqual(
        credits,
        said.filter((one) => typeof one === 'number'),
      );
      assert.equal(reader.bytes, wire.length);
    }),
    { seed: 5 },
  );
});

const KIB = 1024;
const MIB = 1024 * KIB;

/** So much in packets of 1,400 bytes. */
function received(bytes: number): { receivedBytes: number; receivedPackets: number } {
  const receivedPackets = Math.ceil(bytes / 1400);
  return { receivedBytes: bytes + 20 * receivedPackets, receivedPackets };
}

test('who delivers nothing may hold back a quarter of a megabyte, and no more', () => {
  const nothing = { deliveredBytes: 0, sentBytes: 0 };
  assert.ok(!isHoarding({ ...received(250 * KIB), ...nothing }));
  assert.ok(isHoarding({ ...received(260 * KIB), ...nothing }));
  assert.ok(!isHoarding({ ...received(0), ...nothing }));
});

test('an honest side is never taken for a hoarder: a window ahead, or losses, or gaps told of', () => {
  const ahead = { deliveredBytes: 10 * MIB, sentBytes: 0 };
  assert.ok(!isHoarding({ ...received(14 * MIB), ...ahead }));
  const twice = { deliveredBytes: 1000 * MIB, sentBytes: 0 };
  assert.ok(!isHoarding({ ...received(1080 * MIB), ...twice }));
  const gaps = { deliveredBytes: MIB, sentBytes: 1000 * MIB };
  assert.ok(!isHoarding({ ...received(380 * MIB), ...gaps }));
});

test('a hoarder that delivers now and then is noticed, too', () => {
  assert.ok(isHoarding({ ...received(40 * MIB), deliveredBytes: 20 * MIB, sentBytes: 0 }));
});
