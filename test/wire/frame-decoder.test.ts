import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { isRbError } from '../../src/base/errors.ts';
import { SharedArena } from '../../src/base/shared-arena.ts';
import { FrameDecoder } from '../../src/wire/frame-decoder.ts';
import { bundleRecord } from '../conformance/transport-data.ts';
import { frame, recorder } from './frames.ts';
import { decodeNaively } from './naive-decoder.ts';
import type { Event } from './naive-decoder.ts';

const arena = new SharedArena(1024 * 1024);

function pushAll(decoder: FrameDecoder, bytes: Uint8Array, cuts: readonly number[]): void {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const length = cuts.length === 0 ? bytes.length : (cuts[i % cuts.length] as number);
    // A copy that is spoiled afterwards: nothing may be kept of what was pushed.
    const piece = bytes.slice(at, at + length);
    decoder.push(piece);
    piece.fill(0xaa);
    at += length;
  }
}

/** One stream's frames: messages and bundles in fragments, then maybe its end. */
const streamFrames = (stream: number): fc.Arbitrary<Uint8Array[]> => {
  const cut = (type: 'message' | 'bundle', whole: Uint8Array, first: number, rest: number) => {
    const frames: Uint8Array[] = [];
    for (let at = 0; at < whole.length;) {
      const payload = whole.slice(at, at + (at === 0 ? first : rest));
      at += payload.length;
      frames.push(frame(type, stream, payload, at < whole.length));
    }
    return frames;
  };
  const message = fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.integer({ min: 1, max: 200 }))
    .map(([bytes, size]) => cut('message', bytes, size, size));
  const bundle = fc
    .tuple(
      fc.integer({ min: 1, max: 900 }),
      fc.nat(9),
      fc.integer({ min: 48, max: 400 }),
      fc.integer({ min: 1, max: 400 }),
    )
    .map(([bytes, seed, first, rest]) => cut('bundle', bundleRecord(bytes, seed), first, rest));
  const last = fc.constantFrom(
    [],
    [frame('end', stream, new Uint8Array(0))],
    [frame('fail', stream, Uint8Array.of(1, 2))],
  );
  return fc
    .tuple(fc.array(fc.oneof(message, bundle), { maxLength: 4 }), last)
    .map(([whole, end]) => [...whole.flat(), ...end]);
};

/** Up to four streams interleaved, with pings between. */
const recording: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.tuple(streamFrames(1), streamFrames(3), streamFrames(5), streamFrames(0xffff_ffff)),
    fc.array(fc.nat(4), { maxLength: 60 }),
  )
  .map(([streams, turns]) => {
    const queues = streams.map((frames) => [...frames]);
    const out: Uint8Array[] = [];
    for (const turn of turns) {
      const next = queues[turn]?.shift();
      out.push(next ?? frame('ping', 0, new Uint8Array(8).fill(turn)));
    }
    out.push(...queues.flat());
    return new Uint8Array(Buffer.concat(out));
  });

test('the decoder says what its naive twin says, however the bytes are cut', () => {
  fc.assert(
    fc.property(recording, fc.array(fc.integer({ min: 1, max: 700 })), (bytes, cuts) => {
      const events: Event[] = [];
      pushAll(new FrameDecoder(recorder(events), arena), bytes, cuts);
      assert.deepEqual(events, decodeNaively(bytes));
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('bundles that nobody takes are skipped, and all else stays the same', () => {
  fc.assert(
    fc.property(recording, (bytes) => {
      const events: Event[] = [];
      pushAll(new FrameDecoder(recorder(events, false), arena), bytes, [17]);
      const others = decodeNaively(bytes).filter((event) => event.what !== 'bundle');
      assert.deepEqual(events, others);
    }),
    { seed: 2, numRuns: 100 },
  );
});

test('garbage is refused with a code, and never anything else', () => {
  fc.assert(
    fc.property(
      recording,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
      fc.uint8Array({ maxLength: 200 }),
      (bytes, flips, tail) => {
        const spoiled = new Uint8Array(Buffer.concat([bytes, tail]));
        for (const [at, value] of flips) spoiled[at % Math.max(1, spoiled.length)] = value;
        try {
          pushAll(new FrameDecoder(recorder([]), arena), spoiled, [13, 500]);
        } catch (error) {
          assert.ok(isRbError(error, 'protocol'), String(error));
        }
      },
    ),
    { seed: 3, numRuns: 500 },
  );
});

function header(bytes: string): Uint8Array {
  return new Uint8Array(Buffer.from(bytes.replaceAll(' ', ''), 'hex'));
}

const REFUSED: Readonly<Record<string, Uint8Array>> = {
  'a frame of 128 KiB and a byte': header('010002 00 01000000'),
  'a frame of 16 MiB': header('ffffff 01 01000000'),
  'an empty message': header('000000 00 01000000'),
  'a PING of 9 bytes': header('090000 02 00000000'),
  'a PING on a stream': header('080000 02 01000000'),
  'an END with a payload': header('010000 04 01000000'),
  'an END of stream 0': header('000000 04 00000000'),
  'a FAIL in fragments': header('010000 85 01000000'),
  'a FAIL of more than 16 KiB': header('014000 05 01000000'),
  'a GOAWAY on a stream': header('010000 06 01000000'),
  'a bundle on stream 0': header('300000 01 00000000'),
  'a bundle whose first fragment has no whole head': header('2f0000 81 01000000'),
  'an unknown type': header('010000 07 01000000'),
};

for (const [what, bytes] of Object.entries(REFUSED)) {
  test(`${what} is refused by its header alone`, () => {
    assert.throws(
      () => new FrameDecoder(recorder([]), arena).push(bytes),
      (error) => isRbError(error, 'protocol'),
    );
  });
}

test('a message of more than 1 MiB is refused before the frame that is too much', () => {
  const decoder = new FrameDecoder(recorder([]), arena);
  const part = frame('message', 1, new Uint8Array(128 * 1024), true);
  for (let i = 0; i < 8; i++) decoder.push(part);
  assert.throws(
    () => decoder.push(frame('message', 1, Uint8Array.of(1)).subarray(0, 8)),
    (error) => isRbError(error, 'protocol'),
  );
});

test('a bundle that is longer or shorter than its head says is refused', () => {
  const record = bundleRecord(500, 1);
  const longer = Buffer.concat([record, Uint8Array.of(1)]);
  for (const payload of [record.subarray(0, 400), longer]) {
    const decoder = new FrameDecoder(recorder([]), arena);
    assert.throws(
      () => decoder.push(frame('bundle', 1, new Uint8Array(payload))),
      (error) => isRbError(error, 'protocol'),
    );
  }
});

test('no more than four messages may be under way in fragments', () => {
  const decoder = new FrameDecoder(recorder([]), arena);
  for (const stream of [1, 3, 5, 7]) decoder.push(frame('message', stream, Uint8Array.of(1), true));
  assert.equal(decoder.assemblies, 4);
  assert.throws(
    () => decoder.push(frame('message', 9, Uint8Array.of(1), true)),
    (error) => isRbError(error, 'protocol'),
  );
});

test('wherever a connection breaks off, each unfinished bundle is let go once', () => {
  const record = bundleRecord(1000, 3);
  const frames = [0, 1, 2, 3].flatMap((part) => {
    const payload = record.subarray(part * 300, (part + 1) * 300);
    return payload.length === 0
      ? []
      : [frame('bundle', 1, payload, (part + 1) * 300 < record.length)];
  });
  const bytes = new Uint8Array(Buffer.concat(frames));
  for (let end = 0; end <= bytes.length; end += 7) {
    const own = new SharedArena(64 * 1024);
    const decoder = new FrameDecoder(recorder([]), own);
    decoder.push(bytes.slice(0, end));
    decoder.close();
    assert.equal(own.usedBytes, 0, `after ${end} bytes`);
  }
});
