import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import { SharedArena } from '../../src/base/shared-arena.ts';
import { FrameDecoder } from '../../src/wire/frame-decoder.ts';
import { bundleRecord } from '../conformance/transport-data.ts';
import { frame, recorder } from './frames.ts';
import type { Event } from './naive-decoder.ts';

const arena = new SharedArena(1024 * 1024);

test('a bundle in one frame is let go too if the connection breaks off in it', () => {
  const bytes = frame('bundle', 1, bundleRecord(1000, 3));
  for (let end = 0; end < bytes.length; end += 7) {
    const own = new SharedArena(64 * 1024);
    const decoder = new FrameDecoder(recorder([]), own);
    decoder.push(bytes.slice(0, end));
    decoder.close();
    assert.equal(own.usedBytes, 0, `after ${end} bytes`);
    assert.equal(decoder.assemblies, 0);
  }
});

test('amid the fragments of a message or a bundle nothing else may come on its stream', () => {
  const record = bundleRecord(500, 1);
  const begun = {
    message: frame('message', 1, Uint8Array.of(1), true),
    bundle: frame('bundle', 1, record.subarray(0, 100), true),
  };
  const others = {
    message: [frame('bundle', 1, record), frame('end', 1, new Uint8Array(0))],
    bundle: [frame('message', 1, Uint8Array.of(1)), frame('end', 1, new Uint8Array(0))],
  };
  for (const type of ['message', 'bundle'] as const) {
    for (const other of others[type]) {
      const decoder = new FrameDecoder(recorder([]), arena);
      decoder.push(begun[type]);
      assert.throws(
        () => decoder.push(other.subarray(0, 8)),
        (error) => isRbError(error, 'protocol'),
      );
      decoder.close();
    }
  }
});

test('FAIL cuts a message or a bundle short, and what comes after it is whole', () => {
  const own = new SharedArena(64 * 1024);
  const events: Event[] = [];
  const decoder = new FrameDecoder(recorder(events), own);
  const record = bundleRecord(500, 1);
  const next = bundleRecord(600, 2);
  decoder.push(frame('message', 1, Uint8Array.of(1), true));
  decoder.push(frame('fail', 1, Uint8Array.of(9)));
  decoder.push(frame('bundle', 3, record.subarray(0, 100), true));
  decoder.push(frame('fail', 3, Uint8Array.of(9)));
  assert.equal(own.usedBytes, 0);
  assert.equal(decoder.assemblies, 0);
  decoder.push(frame('bundle', 5, next));
  assert.deepEqual(
    events.map(({ what, stream }) => `${what} ${stream}`),
    ['fail 1', `begins ${record.length} 3`, 'fail 3', `begins ${next.length} 5`, 'bundle 5'],
  );
  assert.equal(events.at(-1)?.bytes, Buffer.from(next).toString('hex'));
  decoder.close();
});

test('a fragment may end where the head of a bundle ends', () => {
  const record = bundleRecord(500, 1);
  const events: Event[] = [];
  const decoder = new FrameDecoder(recorder(events), arena);
  decoder.push(frame('bundle', 1, record.subarray(0, 48), true));
  decoder.push(frame('ping', 0, new Uint8Array(8)));
  decoder.push(frame('bundle', 1, record.subarray(48)));
  assert.deepEqual(
    events.map(({ what }) => what),
    [`begins ${record.length}`, 'ping', 'bundle'],
  );
  assert.equal(events[2]?.bytes, Buffer.from(record).toString('hex'));
});

test('a bundle that nobody takes may be cut short by FAIL too', () => {
  const events: Event[] = [];
  const decoder = new FrameDecoder(recorder(events, false), arena);
  decoder.push(frame('bundle', 1, bundleRecord(500, 1).subarray(0, 100), true));
  decoder.push(frame('fail', 1, Uint8Array.of(9)));
  assert.equal(events.at(-1)?.what, 'fail');
  assert.equal(decoder.assemblies, 0);
});

test('a bundle may be longer than a message, and has no fragment behind its end', () => {
  const record = bundleRecord(1_200_000, 1);
  const events: Event[] = [];
  const own = new SharedArena(2 * 1024 * 1024);
  const decoder = new FrameDecoder(recorder(events), own);
  const fragmentBytes = 128 * 1024;
  for (let at = 0; at < record.length; at += fragmentBytes) {
    const isLast = at + fragmentBytes >= record.length;
    decoder.push(frame('bundle', 1, record.subarray(at, at + fragmentBytes), !isLast));
  }
  assert.equal(events.at(-1)?.bytes, Buffer.from(record).toString('hex'));
  const small = bundleRecord(500, 1);
  assert.throws(
    () => decoder.push(frame('bundle', 3, small, true)),
    (error) => isRbError(error, 'protocol'),
  );
});

test('PONG and GOAWAY are handed on with what they carry', () => {
  const events: Event[] = [];
  const decoder = new FrameDecoder(recorder(events), arena);
  decoder.push(frame('pong', 0, new Uint8Array(8).fill(5)));
  decoder.push(frame('goaway', 0, Uint8Array.of(1, 2)));
  assert.deepEqual(events, [
    { what: 'pong', stream: 0, bytes: '0505050505050505' },
    { what: 'goaway', stream: 0, bytes: '0102' },
  ]);
});
