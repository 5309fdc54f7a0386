import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import { decodeFrameHeader, encodeFrameHeader, FRAME_TYPES } from '../../src/wire/frame.ts';
import type { FrameHeader, FrameType } from '../../src/wire/frame.ts';

const KIB = 1024;

/** What docs/spec/wire.md allows each type, written a second time: payload, fragments, streams. */
const ALLOWED: Readonly<Record<FrameType, readonly [number, number, boolean, string]>> = {
  message: [1, 128 * KIB, true, '0 and others'],
  bundle: [1, 128 * KIB, true, 'others'],
  ping: [8, 8, false, '0'],
  pong: [8, 8, false, '0'],
  end: [0, 0, false, 'others'],
  fail: [1, 16 * KIB, false, 'others'],
  goaway: [1, 16 * KIB, false, '0'],
};

const LENGTHS = [0, 1, 7, 8, 9, 16 * KIB, 16 * KIB + 1, 128 * KIB, 128 * KIB + 1];
const STREAMS = [0, 1, 0x0102_0304, 0xffff_ffff];

test('a header says the same after it was written and read, wherever in the bytes it stands', () => {
  const bytes = new Uint8Array(20).fill(0xee);
  const header: FrameHeader = { type: 'fail', more: false, stream: 0x8102_0304, payloadBytes: 513 };
  encodeFrameHeader(bytes, 6, header);
  assert.equal(Buffer.from(bytes).toString('hex', 5, 15), 'ee0102000504030281ee');
  assert.deepEqual(decodeFrameHeader(bytes, 6), header);
});

for (const type of FRAME_TYPES) {
  test(`a ${type} frame may have the lengths, the fragments and the streams of its type alone`, () => {
    const [least, most, fragments, streams] = ALLOWED[type];
    for (const payloadBytes of LENGTHS) {
      for (const stream of STREAMS) {
        for (const more of [false, true]) {
          const header = { type, more, stream, payloadBytes };
          const bytes = new Uint8Array(8);
          encodeFrameHeader(bytes, 0, header);
          const isAllowed =
            payloadBytes >= least &&
            payloadBytes <= most &&
            (fragments || !more) &&
            streams.includes(stream === 0 ? '0' : 'others');
          if (isAllowed) assert.deepEqual(decodeFrameHeader(bytes, 0), header);
          else {
            assert.throws(
              () => decodeFrameHeader(bytes, 0),
              (error) => isRbError(error, 'protocol'),
              JSON.stringify(header),
            );
          }
        }
      }
    }
  });
}
