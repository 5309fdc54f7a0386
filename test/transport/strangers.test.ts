import assert from 'node:assert/strict';
import { connect as connectTcp } from 'node:net';
import { afterEach, before, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';

import { RbError } from '../../src/base/errors.ts';
import { createIdentity } from '../../src/transport/identity.ts';
import { listen } from '../../src/transport/listen.ts';
import type { Connection, Identity, Listener } from '../../src/transport/transport.ts';
import { framesOf } from '../wire/frames.ts';
import { ManualClock } from '../manual-clock.ts';

let hub: Identity;
let device: Identity;
let listener: Listener | undefined;
let connections: Connection[] = [];

before(async () => {
  hub = await createIdentity();
  device = await createIdentity();
});

afterEach(async () => {
  for (const connection of connections)
    connection.close(new RbError('interrupted', 'test is over'));
  await listener?.close();
  connections = [];
});

async function start(clock?: ManualClock): Promise<number> {
  listener = await listen({
    host: '127.0.0.1',
    port: 0,
    identity: hub,
    onConnection: (connection) => connections.push(connection),
    ...(clock === undefined ? {} : { clock }),
  });
  return listener.port;
}

function tls(port: number, more: object = {}): TLSSocket {
  return connectTls({
    host: '127.0.0.1',
    port,
    key: device.keyPem,
    cert: device.certPem,
    rejectUnauthorized: false,
    ALPNProtocols: ['rbbackup/1'],
    ...more,
  });
}

/** Everything that a socket says until it is closed, one way or another. */
async function untilClosed(socket: {
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  on(event: 'error' | 'close', listener: () => void): unknown;
}): Promise<Uint8Array[]> {
  const said: Uint8Array[] = [];
  await new Promise<void>((resolve) => {
    socket.on('data', (bytes) => said.push(bytes));
    socket.on('error', () => undefined);
    socket.on('close', resolve);
  });
  return said;
}

test('bytes that are no TLS are hung up on', { timeout: 10_000 }, async () => {
  const socket = connectTcp(await start(), '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\n\r\n');
  await untilClosed(socket);
  assert.equal(connections.length, 0);
});

test('a client without a certificate is hung up on', { timeout: 10_000 }, async () => {
  await untilClosed(tls(await start(), { key: undefined, cert: undefined }));
  assert.equal(connections.length, 0);
});

test('a client of another protocol is hung up on', { timeout: 10_000 }, async () => {
  await untilClosed(tls(await start(), { ALPNProtocols: ['h2'] }));
  assert.equal(connections.length, 0);
  await untilClosed(tls(listener?.port ?? 0, { ALPNProtocols: undefined }));
  assert.equal(connections.length, 0);
});

test('TLS 1.2 is refused', { timeout: 10_000 }, async () => {
  await untilClosed(tls(await start(), { maxVersion: 'TLSv1.2' }));
  assert.equal(connections.length, 0);
});

test('who is silent after connecting is hung up on after 10 s', { timeout: 10_000 }, async () => {
  const clock = new ManualClock();
  const port = await start(clock);
  const silent = connectTcp(port, '127.0.0.1');
  const gone = untilClosed(silent);
  await new Promise((resolve) => silent.once('connect', resolve));
  // The hub has seen both when it has seen the second.
  const second = tls(port);
  const secondGone = untilClosed(second);
  while (connections.length === 0) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(10_100);
  await gone;
  const frames = framesOf(await secondGone);
  assert.deepEqual(
    frames.map((one) => one.type),
    ['goaway'],
  );
});

test('garbage inside TLS is answered with GOAWAY', { timeout: 10_000 }, async () => {
  const socket = tls(await start());
  const said = untilClosed(socket);
  socket.write(Buffer.alloc(1000, 0xee));
  const frames = framesOf(await said);
  assert.equal(frames.at(-1)?.type, 'goaway');
  assert.equal((await connections[0]?.closed)?.code, 'protocol');
});

test('a connection that breaks off ends its streams', { timeout: 10_000 }, async () => {
  const socket = tls(await start());
  socket.on('error', () => undefined);
  while (connections.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const connection = connections[0] as Connection;
  const fetching = connection.control.next();
  socket.destroy();
  await assert.rejects(fetching, { code: 'connection-lost' });
  assert.equal((await connection.closed)?.code, 'connection-lost');
});
