import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';

import { Arrivals } from '../../src/transport/arrivals.ts';
import { listen } from '../../src/transport/listen.ts';
import type { Connection } from '../../src/transport/transport.ts';
import { BYTES_BEFORE_LOGIN } from '../../src/wire/wire-limits.ts';
import { identityNumber, until } from '../hub/lab.ts';
import { ManualClock } from '../manual-clock.ts';
import { frame } from '../wire/frames.ts';

const MOST = 4;

/** A hub's door with room for four who have not logged in. */
async function openDoor(t: TestContext): Promise<{ arrivals: Arrivals; port: number }> {
  const options = {
    host: '127.0.0.1',
    port: 0,
    identity: await identityNumber(0),
    onConnection: () => undefined,
  };
  const arrivals = new Arrivals(options, MOST);
  const server: Server = createServer((socket) => {
    const { remoteAddress = '', remotePort = 0 } = socket;
    arrivals.accept(socket, { host: remoteAddress, port: remotePort });
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  t.after(() => {
    server.close();
    arrivals.close();
  });
  const { port } = server.address() as { port: number };
  return { arrivals, port };
}

/** Connects from an address of this machine and says nothing. */
async function silent(port: number, from: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  socket.on('error', () => undefined);
  socket.resume();
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

test('who holds all places before the login loses them to others, one by one, and not to itself', async (t) => {
  const { arrivals, port } = await openDoor(t);
  const greedy: Socket[] = [];
  for (let i = 0; i < MOST; i++) greedy.push(await silent(port, '127.0.0.2'));
  await until(() => arrivals.strangers('127.0.0.2') === MOST, 'all places are taken');
  const more = await silent(port, '127.0.0.2');
  await until(() => more.closed, 'one more of the same is hung up on');
  assert.deepEqual(
    greedy.map(({ closed }) => closed),
    [false, false, false, false],
  );

  const other = await silent(port, '127.0.0.3');
  await until(() => arrivals.strangers('127.0.0.3') === 1, 'another one is let in');
  await until(() => greedy[0]?.closed === true, 'the oldest of the many has to go');
  assert.equal(other.closed, false);
  assert.equal(arrivals.strangers(), MOST);
  for (const socket of [...greedy, other]) socket.destroy();
});

async function shakeHands(t: TestContext, clock: ManualClock): Promise<[TLSSocket, Connection]> {
  const connections: Connection[] = [];
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    identity: await identityNumber(0),
    onConnection: (connection) => connections.push(connection),
    clock,
  });
  const device = await identityNumber(1);
  const socket = connectTls({
    host: '127.0.0.1',
    port: listener.port,
    key: device.keyPem,
    cert: device.certPem,
    rejectUnauthorized: false,
    ALPNProtocols: ['rbbackup/1'],
  });
  socket.on('error', () => undefined);
  socket.resume();
  t.after(async () => {
    socket.destroy();
    await listener.close();
  });
  await until(() => connections.length > 0, 'the handshake is done');
  return [socket, connections[0] as Connection];
}

test('signs of life before the login do not win time', async (t) => {
  const clock = new ManualClock();
  const [socket, connection] = await shakeHands(t, clock);
  let isOver = false;
  void connection.closed.then(() => (isOver = true));
  for (let second = 0; second < 12; second++) {
    const before = connection.bytesRead;
    if (!isOver) {
      socket.write(frame('ping', 0, new Uint8Array(8)));
      await until(() => isOver || connection.bytesRead > before, 'the ping is here');
    }
    clock.advance(1000);
  }
  assert.equal((await connection.closed)?.code, 'timeout');
});

test('more than 64 KiB before the login are not taken', async (t) => {
  const [socket, connection] = await shakeHands(t, new ManualClock());
  const ping = frame('ping', 0, new Uint8Array(8));
  const pings = new Uint8Array(ping.length * Math.ceil((BYTES_BEFORE_LOGIN + 1) / ping.length));
  for (let at = 0; at < pings.length; at += ping.length) pings.set(ping, at);
  socket.write(pings);
  assert.equal((await connection.closed)?.code, 'protocol');
});
