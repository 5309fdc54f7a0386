import assert from 'node:assert/strict';
import { afterEach, before, test } from 'node:test';

import { createIdentity } from '../../src/transport/identity.ts';
import type { Connection, Identity, Listener } from '../../src/transport/transport.ts';
import { ASK_BYTES, NONCE_BYTES, encodeDatagram } from '../../src/transport/udp-datagrams.ts';
import { udpTransport } from '../../src/transport/udp.ts';
import { ManualClock } from '../manual-clock.ts';
import { UdpPeer, udxPacket } from './udp-peer.ts';

const IN_TIME = { timeout: 30_000 };
const DATA = 1;

let hub: Identity;
let device: Identity;
let listener: Listener | undefined;
let connections: Connection[] = [];

before(async () => {
  hub = await createIdentity();
  device = await createIdentity();
});

afterEach(async () => {
  for (const connection of connections) connection.close();
  await listener?.close();
  connections = [];
});

async function start(clock?: ManualClock): Promise<number> {
  listener = await udpTransport.listen({
    host: '127.0.0.1',
    port: 0,
    identity: hub,
    onConnection: (connection) => connections.push(connection),
    ...(clock === undefined ? {} : { clock }),
  });
  return listener.port;
}

/** A client that is one still gets in. */
async function assertOpen(port: number): Promise<void> {
  const client = await udpTransport.connect({
    addresses: [`127.0.0.1:${port}`],
    expectedFingerprint: hub.fingerprint,
    identity: device,
  });
  assert.equal(client.peerFingerprint, hub.fingerprint);
  client.close();
  await client.closed;
}

function nonceOf(number: number): Uint8Array {
  const nonce = new Uint8Array(NONCE_BYTES);
  new DataView(nonce.buffer).setUint32(0, number, true);
  return nonce;
}

/** Goes as far as an honest client does before TLS. @returns the hub's stream */
async function arrive(peer: UdpPeer, port: number, number: number = 1): Promise<number> {
  const nonce = nonceOf(number);
  await peer.say({ type: 'hello', nonce, version: 1 }, port);
  const { cookie } = await peer.next('cookie');
  await peer.say({ type: 'connect', nonce, cookie, streamId: 5 + number }, port);
  return (await peer.next('accept')).streamId;
}

/** Whatever was sent before has been taken by the hub when this is answered. */
async function roundTrip(peer: UdpPeer, port: number): Promise<void> {
  await peer.say({ type: 'hello', nonce: nonceOf(999_999), version: 1 }, port);
  await peer.next('cookie');
}

/** The same sequence in every run (a linear congruential generator, Numerical Recipes' numbers). */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('rubbish is not answered and harms nobody', IN_TIME, async () => {
  const port = await start();
  await using peer = await UdpPeer.open();
  const random = seeded(1);
  for (let i = 0; i < 3000; i++) {
    const bytes = Uint8Array.from({ length: random(1600) }, () => random(256));
    // Some of it begins as something would.
    if (i % 3 === 0) bytes.set([0x52, 0x42, 0x55, 1, random(8)].slice(0, bytes.length));
    await peer.send(bytes, port);
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(
    peer.heard.filter(({ bytes }) => bytes.length > 60),
    [],
  );
  await assertOpen(port);
});

test(
  'a flood of hellos opens nothing, and is answered with less than it sent',
  IN_TIME,
  async () => {
    const port = await start();
    await using peer = await UdpPeer.open();
    const rounds = 5000;
    for (let i = 0; i < rounds; i++) {
      await peer.say({ type: 'hello', nonce: nonceOf(i), version: 1 }, port);
      if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const answered = peer.heard.reduce((sum, { bytes }) => sum + bytes.length, 0);
    assert.ok(answered < (rounds * ASK_BYTES) / 10);
    assert.equal(connections.length, 0);
    await assertOpen(port);
  },
);

test('a hello that is short, and what no client says, is not answered', IN_TIME, async () => {
  const port = await start();
  await using peer = await UdpPeer.open();
  const hello = encodeDatagram({ type: 'hello', nonce: nonceOf(1), version: 1 });
  await peer.send(hello.subarray(0, ASK_BYTES - 1), port);
  await peer.say({ type: 'cookie', nonce: nonceOf(1), cookie: new Uint8Array(32) }, port);
  await peer.say({ type: 'accept', nonce: nonceOf(1), streamId: 1 }, port);
  await peer.say({ type: 'refuse', nonce: nonceOf(1), why: 'busy' }, port);
  await peer.say({ type: 'gone', streamId: 1 }, port);
  await peer.say({ type: 'hello', nonce: nonceOf(2), version: 1 }, port);
  assert.deepEqual((await peer.next('cookie')).nonce, nonceOf(2));
  assert.equal(peer.heard.length, 0);
});

test('a hello of another version is told so', IN_TIME, async () => {
  const port = await start();
  await using peer = await UdpPeer.open();
  await peer.say({ type: 'hello', nonce: nonceOf(1), version: 7 }, port);
  assert.equal((await peer.next('refuse')).why, 'version');
});

test('without the cookie of its own address and nonce nobody gets a stream', IN_TIME, async () => {
  const port = await start();
  await using peer = await UdpPeer.open();
  await using other = await UdpPeer.open();
  const nonce = nonceOf(1);
  await peer.say({ type: 'hello', nonce, version: 1 }, port);
  const { cookie } = await peer.next('cookie');
  const wrong = cookie.map((byte, at) => (at === 31 ? byte ^ 1 : byte));
  await peer.say({ type: 'connect', nonce, cookie: wrong, streamId: 5 }, port);
  await peer.say({ type: 'connect', nonce: nonceOf(2), cookie, streamId: 5 }, port);
  await other.say({ type: 'connect', nonce, cookie, streamId: 5 }, port);
  for (const one of [peer, other]) {
    await roundTrip(one, port);
    assert.equal(one.heard.length, 0);
  }
  await peer.say({ type: 'connect', nonce, cookie, streamId: 5 }, port);
  await peer.next('accept');
});

test('who asks twice gets one stream', IN_TIME, async () => {
  const port = await start();
  await using peer = await UdpPeer.open();
  const nonce = nonceOf(1);
  await peer.say({ type: 'hello', nonce, version: 1 }, port);
  const { cookie } = await peer.next('cookie');
  const ids = new Set<number>();
  for (let i = 0; i < 3; i++) {
    await peer.say({ type: 'connect', nonce, cookie, streamId: 5 }, port);
    ids.add((await peer.next('accept')).streamId);
  }
  assert.equal(ids.size, 1);
});

test('one address can take few places, and loses them after 10 s of silence', IN_TIME, async () => {
  const clock = new ManualClock();
  const port = await start(clock);
  await using peer = await UdpPeer.open();
  for (let i = 0; i < 16; i++) await arrive(peer, port, i);
  const nonce = nonceOf(100);
  await peer.say({ type: 'hello', nonce, version: 1 }, port);
  const { cookie } = await peer.next('cookie');
  const connect = { type: 'connect', nonce, cookie, streamId: 5 } as const;
  await peer.say(connect, port);
  assert.equal((await peer.next('refuse')).why, 'busy');
  clock.advance(10_100);
  // The streams are told of their end; then there is room.
  await roundTrip(peer, port);
  await peer.say(connect, port);
  await peer.next('accept');
  assert.equal(connections.length, 0);
});

test(
  'who leaves a gap and goes on sending is hung up on before it fills the memory',
  IN_TIME,
  async () => {
    const port = await start();
    await using peer = await UdpPeer.open();
    const streamId = await arrive(peer, port);
    const isDestroy = (bytes: Uint8Array): boolean => bytes[0] === 0xff && (bytes[2] ?? 0) === 16;
    const over = new AbortController();
    peer.onHeard = ({ bytes }) => isDestroy(bytes) && over.abort();
    const bytes = new Uint8Array(1400);
    for (let seq = 10; !over.signal.aborted; seq++) {
      await peer.send(udxPacket(streamId, { type: DATA, seq, ack: 0, bytes }), port);
      if (seq % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
      peer.heard.length = 0;
    }
    await assertOpen(port);
  },
);

test('packets of any shape on a stream of its own end that stream at most', IN_TIME, async () => {
  const port = await start();
  await using peer = await UdpPeer.open();
  const random = seeded(7);
  for (let stream = 0; stream < 8; stream++) {
    const streamId = await arrive(peer, port, stream);
    for (let i = 0; i < 1500; i++) {
      const bytes = Uint8Array.from({ length: random(300) }, () => random(4));
      const far = random(2) === 0;
      const packet = udxPacket(streamId, {
        // Any flags but DESTROY, with which it would be over at once.
        type: random(64) & ~16,
        seq: far ? random(2 ** 32) : random(50),
        ack: random(3) === 0 ? random(2 ** 32) : random(4),
        bytes,
      });
      if (random(4) === 0) packet[3] = random(256);
      await peer.send(packet, port);
      if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
      peer.heard.length = 0;
    }
  }
  assert.equal(connections.length, 0);
  await assertOpen(port);
});

test(
  'a packet for a stream that is not there is answered so, and its sender alone',
  IN_TIME,
  async () => {
    const port = await start();
    await using peer = await UdpPeer.open();
    await peer.send(udxPacket(77, { type: DATA, seq: 0, ack: 0, bytes: new Uint8Array(50) }), port);
    assert.equal((await peer.next('gone')).streamId, 77);
  },
);
