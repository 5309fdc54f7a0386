import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import {
  ASK_BYTES,
  COOKIE_BYTES,
  NONCE_BYTES,
  decodeDatagram,
  encodeDatagram,
  udxStreamId,
} from '../../src/transport/udp-datagrams.ts';
import type { Datagram } from '../../src/transport/udp-datagrams.ts';
import { UdpCookies } from '../../src/transport/udp-cookies.ts';
import { ManualClock } from '../manual-clock.ts';

const bytesOf = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });
const nonce = bytesOf(NONCE_BYTES);
const cookie = bytesOf(COOKIE_BYTES);
const streamId = fc.nat(0xffff_ffff);

const datagrams: fc.Arbitrary<Datagram> = fc.oneof(
  fc.record({ type: fc.constant('hello' as const), nonce, version: fc.nat(255) }),
  fc.record({ type: fc.constant('cookie' as const), nonce, cookie }),
  fc.record({ type: fc.constant('connect' as const), nonce, cookie, streamId }),
  fc.record({ type: fc.constant('accept' as const), nonce, streamId }),
  fc.record({
    type: fc.constant('refuse' as const),
    nonce,
    why: fc.constantFrom('version' as const, 'busy' as const),
  }),
  fc.record({ type: fc.constant('gone' as const), streamId }),
);

test('every datagram reads as what it was written', () => {
  fc.assert(
    fc.property(datagrams, (datagram) => {
      assert.deepEqual(decodeDatagram(encodeDatagram(datagram)), { ...datagram });
    }),
    { seed: 1 },
  );
});

test('nothing that is longer or shorter by anything is read', () => {
  fc.assert(
    fc.property(datagrams, fc.nat(2000), (datagram, length) => {
      const bytes = encodeDatagram(datagram);
      const other = new Uint8Array(length);
      other.set(bytes.subarray(0, length));
      if (length !== bytes.length) assert.equal(decodeDatagram(other), null);
    }),
    { seed: 2 },
  );
});

test('no answer is longer than what a client has to send for it', () => {
  fc.assert(
    fc.property(datagrams, (datagram) => {
      const { length } = encodeDatagram(datagram);
      const isQuestion = datagram.type === 'hello' || datagram.type === 'connect';
      assert.ok(isQuestion ? length === ASK_BYTES : length < 60);
    }),
    { seed: 3 },
  );
});

test('rubbish is nothing, and no packet of UDX is one of ours', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2048 }), (bytes) => {
      if (udxStreamId(bytes) !== null) assert.equal(decodeDatagram(bytes), null);
      if (bytes[0] !== 0x52) assert.equal(decodeDatagram(bytes), null);
    }),
    { seed: 4 },
  );
});

test('of another version only hello and refuse are read', () => {
  const connect = encodeDatagram({
    type: 'connect',
    nonce: new Uint8Array(NONCE_BYTES),
    cookie: new Uint8Array(COOKIE_BYTES),
    streamId: 1,
  });
  connect[3] = 9;
  assert.equal(decodeDatagram(connect), null);
});

test('a cookie is good for its address, port and nonce alone, and not for ever', () => {
  const clock = new ManualClock();
  const cookies = new UdpCookies(clock);
  const mine = new Uint8Array(NONCE_BYTES).fill(1);
  const made = cookies.make('10.0.0.1:1000', mine);
  assert.equal(made.length, COOKIE_BYTES);
  assert.ok(cookies.isGood(made, '10.0.0.1:1000', mine));
  assert.ok(!cookies.isGood(made, '10.0.0.1:1001', mine));
  assert.ok(!cookies.isGood(made, '10.0.0.2:1000', mine));
  assert.ok(!cookies.isGood(made, '10.0.0.1:1000', new Uint8Array(NONCE_BYTES)));
  assert.ok(!new UdpCookies(clock).isGood(made, '10.0.0.1:1000', mine));
  clock.advance(29_000);
  assert.ok(cookies.isGood(made, '10.0.0.1:1000', mine));
  clock.advance(29_000);
  assert.ok(cookies.isGood(made, '10.0.0.1:1000', mine), 'by the secret before');
  clock.advance(31_000);
  assert.ok(!cookies.isGood(made, '10.0.0.1:1000', mine));
});

test('after a long silence nothing of before is good', () => {
  const clock = new ManualClock();
  const cookies = new UdpCookies(clock);
  const mine = new Uint8Array(NONCE_BYTES);
  const made = cookies.make('10.0.0.1:1000', mine);
  clock.advance(61_000);
  assert.ok(!cookies.isGood(made, '10.0.0.1:1000', mine));
});
