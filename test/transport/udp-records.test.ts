import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { UdpRecords, creditRecord, dataHeader } from '../../src/transport/udp-records.ts';
import { HoardWatch } from '../../src/transport/udp-hoard.ts';

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

const NOTHING = { deliveredBytes: 0, sentBytes: 0 };

test('a stranger who delivers nothing may hold back a quarter of a megabyte, and no more', () => {
  const watch = new HoardWatch();
  assert.ok(!watch.isHoarding({ ...received(0), ...NOTHING }, false));
  assert.ok(!watch.isHoarding({ ...received(250 * KIB), ...NOTHING }, false));
  assert.ok(watch.isHoarding({ ...received(260 * KIB), ...NOTHING }, false));
});

test('who has logged in may have a window ahead of a gap, however early that is', () => {
  const watch = new HoardWatch();
  const early = { deliveredBytes: 10 * KIB, sentBytes: 0 };
  assert.ok(!watch.isHoarding({ ...received(8 * MIB), ...early }, true));
  assert.ok(watch.isHoarding({ ...received(13 * MIB), ...early }, true));
});

test('an honest side is never taken for a hoarder: losses, or gaps told of', () => {
  const watch = new HoardWatch();
  // A gigabyte, of which three tenths come twice.
  for (let mib = 0; mib < 1000; mib++) {
    const counts = { ...received(mib * 1.3 * MIB), deliveredBytes: mib * MIB, sentBytes: 0 };
    assert.ok(!watch.isHoarding(counts, true), `after ${mib} MiB`);
  }
  const gaps = new HoardWatch();
  for (let mib = 0; mib < 1000; mib++) {
    const counts = { ...received(mib * 0.38 * MIB), deliveredBytes: MIB, sentBytes: mib * MIB };
    assert.ok(!gaps.isHoarding(counts, true), `after ${mib} MiB`);
  }
});

test('a hoarder is noticed, too, however much it has delivered before', () => {
  const watch = new HoardWatch();
  const delivered = { deliveredBytes: 1000 * MIB, sentBytes: 0 };
  for (let mib = 0; mib <= 1000; mib++) {
    const counts = { ...received(mib * MIB), deliveredBytes: mib * MIB, sentBytes: 0 };
    assert.ok(!watch.isHoarding(counts, true));
  }
  assert.ok(watch.isHoarding({ ...received(1013 * MIB), ...delivered }, true));
});
