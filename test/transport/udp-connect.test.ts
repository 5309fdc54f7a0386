import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import { createIdentity } from '../../src/transport/identity.ts';
import { tlsTransport } from '../../src/transport/tls.ts';
import type { Connection, Identity } from '../../src/transport/transport.ts';
import { withUdp } from '../../src/transport/udp-beside.ts';
import { UDP_WINDOW_BYTES } from '../../src/transport/udp-channel.ts';
import type { UdpChannel } from '../../src/transport/udp-channel.ts';
import { decodeDatagram } from '../../src/transport/udp-datagrams.ts';
import { dataHeader } from '../../src/transport/udp-records.ts';
import { openUdpSocket } from '../../src/transport/udp-socket.ts';
import { watchForRefusal } from '../../src/transport/udp-watch.ts';
import { udpTransport } from '../../src/transport/udp.ts';
import { UdpPeer } from './udp-peer.ts';

const IN_TIME = { timeout: 30_000 };

let identity: Identity;

before(async () => {
  identity = await createIdentity();
});

function connect(port: number, timeoutMs: number = 10_000): Promise<Connection> {
  return udpTransport.connect({
    addresses: [`127.0.0.1:${port}`],
    expectedFingerprint: null,
    identity,
    timeoutMs,
  });
}

test('where nobody answers, a sentence says so', IN_TIME, async () => {
  await using silent = await UdpPeer.open();
  await assert.rejects(connect(silent.port, 600), (error) => {
    assert.ok(isRbError(error, 'timeout'));
    assert.match(error.message, /^Nothing answers at 127\.0\.0\.1:\d+; check the address/);
    return error.retry;
  });
  assert.ok(silent.heard.length >= 2, 'it was asked again');
});

test('a hub of another version, and one that is full, are sentences', IN_TIME, async () => {
  await using hub = await UdpPeer.open();
  for (const [why, code] of [
    ['version', 'unsupported'],
    ['busy', 'busy'],
  ] as const) {
    hub.onHeard = ({ bytes, from }) => {
      const asked = decodeDatagram(bytes);
      if (asked?.type === 'hello')
        void hub.say({ type: 'refuse', nonce: asked.nonce, why }, from.port);
    };
    await assert.rejects(connect(hub.port), (error) => isRbError(error, code));
  }
});

test('answers from elsewhere, and to another question, are no answers', IN_TIME, async () => {
  await using hub = await UdpPeer.open();
  await using liar = await UdpPeer.open();
  const cookie = new Uint8Array(32);
  let accepted = 0;
  hub.onHeard = ({ bytes, from }) => {
    const asked = decodeDatagram(bytes);
    if (asked === null || !('nonce' in asked)) return;
    const { nonce } = asked;
    const otherNonce = nonce.map((byte) => byte ^ 1);
    if (asked.type === 'hello') {
      void liar.say({ type: 'refuse', nonce, why: 'version' }, from.port);
      void hub.say({ type: 'refuse', nonce: otherNonce, why: 'version' }, from.port);
      void hub.say({ type: 'cookie', nonce, cookie }, from.port);
    }
    if (asked.type === 'connect') {
      accepted += 1;
      // To a hello that was asked twice.
      void hub.say({ type: 'cookie', nonce, cookie }, from.port);
      void liar.say({ type: 'refuse', nonce, why: 'version' }, from.port);
      void hub.say({ type: 'accept', nonce: otherNonce, streamId: 1 }, from.port);
    }
  };
  await assert.rejects(connect(hub.port, 1000), (error) => isRbError(error, 'timeout'));
  assert.ok(accepted > 0);
});

test('a hub that is gone is noticed as soon as something was sent to it', IN_TIME, async () => {
  const client = await openUdpSocket('0.0.0.0', 0);
  const hub = await UdpPeer.open();
  const stream = client.newStream();
  const at = { host: '127.0.0.1', port: hub.port, family: 4 };
  const channel = client.join(stream, 1, at);
  watchForRefusal(channel, stream, at);
  await hub[Symbol.asyncDispose]();
  const closed = new Promise<void>((resolve) => channel.once('close', resolve));
  channel.write('is anybody there?');
  await closed;
  assert.equal((channel.errored as NodeJS.ErrnoException).code, 'ECONNREFUSED');
  await client.close();
});

test(
  'a side that knows the stream no more ends it, and nobody else can say so',
  IN_TIME,
  async () => {
    const client = await openUdpSocket('127.0.0.1', 0);
    const hub = await openUdpSocket('127.0.0.1', 0);
    await using liar = await UdpPeer.open();
    const channel = client.join(client.newStream(), 4711, hub.local);
    const closed = new Promise<void>((resolve) => channel.once('close', resolve));
    for (let i = 0; i < 3; i++) await liar.say({ type: 'gone', streamId: 4711 }, client.local.port);
    await liar.send(new Uint8Array(1), client.local.port);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(channel.destroyed, false);
    channel.write('for a hub that was started anew');
    await closed;
    assert.equal((channel.errored as NodeJS.ErrnoException).code, 'ECONNRESET');
    await Promise.all([client.close(), hub.close()]);
  },
);

/** Two channels that are joined. */
async function pairOfChannels(): Promise<{
  near: UdpChannel;
  far: UdpChannel;
  close: () => Promise<void>;
}> {
  const [a, b] = [await openUdpSocket('127.0.0.1', 0), await openUdpSocket('127.0.0.1', 0)];
  const [near, far] = [a.newStream(), b.newStream()];
  const channels = { near: a.join(near, far.id, b.local), far: b.join(far, near.id, a.local) };
  const close = async (): Promise<void> => {
    channels.near.destroy();
    channels.far.destroy();
    await Promise.all([a.close(), b.close()]);
  };
  return { ...channels, close };
}

test(
  'no more than a window is sent to who does not read, and all of it when it does',
  IN_TIME,
  async () => {
    const { near, far, close } = await pairOfChannels();
    const piece = new Uint8Array(256 * 1024).fill(7);
    const pieces = 80;
    let written = 0;
    const writing = (async (): Promise<void> => {
      for (; written < pieces; written++) {
        await new Promise<void>((resolve) => near.write(piece, () => resolve()));
      }
      near.end();
    })();
    const most = UDP_WINDOW_BYTES / piece.length;
    await until(() => written >= most);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(written, most);
    assert.ok(far.deliveredBytes < UDP_WINDOW_BYTES * 1.01);
    let arrived = 0;
    for await (const bytes of far) arrived += (bytes as Uint8Array).length;
    await writing;
    assert.equal(arrived, pieces * piece.length);
    await close();
  },
);

test('who sends more than it may is hung up on', IN_TIME, async () => {
  const hub = await openUdpSocket('127.0.0.1', 0);
  const client = await openUdpSocket('127.0.0.1', 0);
  const [atHub, stream] = [hub.newStream(), client.newStream()];
  const channel = hub.join(atHub, stream.id, client.local);
  const own = client.join(stream, atHub.id, hub.local);
  const closed = new Promise<void>((resolve) => channel.once('close', resolve));
  stream.write(dataHeader(2 * UDP_WINDOW_BYTES));
  for (let i = 0; i < 20; i++) stream.write(new Uint8Array(UDP_WINDOW_BYTES / 10));
  await closed;
  assert.match(String(channel.errored), /credit/);
  own.destroy();
  await Promise.all([client.close(), hub.close()]);
});

test('a hub whose port is taken over UDP says so, and listens by TCP', IN_TIME, async () => {
  const problems: string[] = [];
  const both = withUdp(tlsTransport, ({ code }) => problems.push(code));
  const options = { host: '127.0.0.1', identity, onConnection: (): void => undefined };
  const first = await both.listen({ ...options, port: 0 });
  const { port } = first;
  const byUdp = await connect(port);
  byUdp.close();
  await byUdp.closed;
  await first.close();
  assert.deepEqual(problems, []);

  const other = await udpTransport.listen({ ...options, port });
  const second = await both.listen({ ...options, port });
  assert.deepEqual(problems, ['port-taken']);
  const client = await tlsTransport.connect({
    addresses: [`127.0.0.1:${port}`],
    expectedFingerprint: identity.fingerprint,
    identity,
  });
  client.close();
  await client.closed;
  await Promise.all([second.close(), other.close()]);
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}
