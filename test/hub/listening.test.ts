import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { RbError } from '../../src/base/errors.ts';
import { tlsTransport } from '../../src/transport/tls.ts';
import type { Connection } from '../../src/transport/transport.ts';
import { udpTransport } from '../../src/transport/udp.ts';
import { withUdp } from '../../src/transport/udp-beside.ts';
import { MemoryVault } from '../../src/vault/memory/memory-vault.ts';
import { backUp, Origin } from './actors.ts';
import { identityNumber, nextOf, startLab, until } from './lab.ts';
import type { Lab } from './lab.ts';
import { smallTree } from './trees.ts';

const LOOPBACK = '127.0.0.1';
const KEY = { user: 'ana', host: 'machine', set: 'docs' };

/** A port of loopback that something else listens at until the test is over. */
async function takenPort(t: TestContext): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host: LOOPBACK, port: 0 }, resolve));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function isReachable(lab: Lab, port: number): Promise<boolean> {
  const connection = await tlsTransport
    .connect({
      identity: await identityNumber(1),
      addresses: [`${LOOPBACK}:${port}`],
      expectedFingerprint: lab.hub.fingerprint,
    })
    .catch(() => null);
  connection?.close();
  return connection !== null;
}

async function codeOfEnd(connection: Connection): Promise<string | undefined> {
  return (await connection.closed)?.code;
}

/** A vault whose next sync waits until it is let go on. */
class HeldVault extends MemoryVault {
  readonly #reached = Promise.withResolvers<void>();
  readonly #gone = Promise.withResolvers<void>();
  isHeld = false;

  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  release(): void {
    this.#gone.resolve();
  }

  override async sync(): Promise<void> {
    if (this.isHeld) {
      this.#reached.resolve();
      await this.#gone.promise;
    }
    await super.sync();
  }
}

test('a hub that moves serves at the new port, and clients of the old one are told to come back', async (t) => {
  const lab = await startLab(t);
  const oldPort = lab.hub.port;
  const connection = await lab.login('ana');
  await lab.hub.listen({ host: LOOPBACK, port: 0 });
  assert.notEqual(lab.hub.port, oldPort);
  assert.deepEqual(lab.hub.listening, { address: LOOPBACK, port: lab.hub.port });
  assert.equal(lab.hub.status().hub.port, lab.hub.port);
  assert.equal(await codeOfEnd(connection), 'connection-lost');
  assert.equal(await isReachable(lab, oldPort), false);
  await backUp(await lab.login('ana'), 'docs', smallTree());
});

test('a hub that stops listening lets nobody in, keeps what it has, and starts again at the same address', async (t) => {
  const lab = await startLab(t);
  const { port } = lab.hub;
  let changes = 0;
  lab.hub.onChange(() => changes++);
  const connection = await lab.login('ana');
  await backUp(connection, 'docs', smallTree());
  await lab.hub.stopListening();
  assert.equal(await codeOfEnd(connection), 'connection-lost');
  assert.equal(lab.hub.listening, null);
  const { address, port: shown, snapshots } = lab.hub.status().hub;
  assert.deepEqual([address, shown, snapshots], ['', 0, 1]);
  assert.equal(await isReachable(lab, port), false);
  await until(() => lab.hub.status().clients.length === 0, 'the client leaves the register');
  await lab.hub.stopListening();
  const before = changes;
  await lab.hub.listen({ host: LOOPBACK, port });
  assert.ok(changes > before);
  assert.equal(lab.hub.port, port);
  const start = await new Origin(await lab.login('ana'), 'docs').start();
  assert.notEqual(start.latest, null);
});

test('a port that is taken is refused, and the hub goes on where it was with everybody there', async (t) => {
  const lab = await startLab(t);
  const { port } = lab.hub;
  const connection = await lab.login('ana');
  const taken = await takenPort(t);
  await assert.rejects(lab.hub.listen({ host: LOOPBACK, port: taken }), { code: 'port-taken' });
  assert.deepEqual(lab.hub.listening, { address: LOOPBACK, port });
  await backUp(connection, 'docs', smallTree());
  await lab.hub.stopListening();
  await assert.rejects(lab.hub.listen({ host: LOOPBACK, port: taken }), { code: 'port-taken' });
  assert.equal(lab.hub.listening, null);
});

test('being told to listen where it listens disturbs nobody', async (t) => {
  const lab = await startLab(t);
  const { port } = lab.hub;
  const connection = await lab.login('ana');
  await lab.hub.listen({ host: LOOPBACK, port });
  await backUp(connection, 'docs', smallTree());
});

test('at one port it moves from one address to all of them and back', async (t) => {
  const lab = await startLab(t);
  const { port } = lab.hub;
  const first = await lab.login('ana');
  await lab.hub.listen({ host: '0.0.0.0', port });
  assert.deepEqual(lab.hub.listening, { address: '0.0.0.0', port });
  assert.equal(await codeOfEnd(first), 'connection-lost');
  const second = await lab.login('ana');
  await lab.hub.listen({ host: LOOPBACK, port });
  assert.equal(await codeOfEnd(second), 'connection-lost');
  await lab.login('ana');
});

test('it takes its old address back when all addresses of that port can not be had', async (t) => {
  const lab = await startLab(t);
  const { port } = lab.hub;
  // Another address of loopback, at the same port: it is in the way of all addresses, not of ours.
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.2', port }, resolve));
  t.after(() => server.close());
  await assert.rejects(lab.hub.listen({ host: '0.0.0.0', port }), { code: 'port-taken' });
  assert.deepEqual(lab.hub.listening, { address: LOOPBACK, port });
  await lab.login('ana');
});

test('a run under way is broken off by a move, with a code that says to try again', async (t) => {
  const lab = await startLab(t);
  const old = new Origin(await lab.login('ana'), 'docs');
  await old.start();
  const moved = lab.hub.listen({ host: LOOPBACK, port: 0 });
  await assert.rejects(nextOf(old.stream, 'committed'), { code: 'connection-lost' });
  await moved;
  const origin = new Origin(await lab.login('ana'), 'docs');
  await origin.commit(smallTree());
});

test('a commit that has begun is waited for when the hub moves, and those who came since stay', async (t) => {
  const vault = new HeldVault();
  const lab = await startLab(t, { vault });
  const origin = new Origin(await lab.login('ana'), 'docs');
  await origin.start();
  await origin.sendTree(smallTree());
  vault.isHeld = true;
  await origin.finish(smallTree());
  await vault.reached;
  const { port } = lab.hub;
  let isMoved = false;
  const moved = lab.hub.listen({ host: LOOPBACK, port: 0 }).then(() => (isMoved = true));
  await until(() => lab.hub.port !== port, 'the new port');
  const other = new Origin(await lab.login('eva'), 'notes');
  await other.start();
  assert.equal(isMoved, false);
  assert.equal(lab.catalog.latestSnapshot(KEY), undefined);
  vault.isHeld = false;
  vault.release();
  await moved;
  assert.notEqual(lab.catalog.latestSnapshot(KEY), undefined);
  await other.sendTree(smallTree());
  await other.finish(smallTree());
  await nextOf(other.stream, 'committed');
});

test('nothing new begins by an address that is being given up', async (t) => {
  const vault = new HeldVault();
  const lab = await startLab(t, { vault });
  const connection = await lab.login('ana');
  const origin = new Origin(connection, 'docs');
  await origin.start();
  await origin.sendTree(smallTree());
  vault.isHeld = true;
  await origin.finish(smallTree());
  await vault.reached;
  const stopped = lab.hub.stopListening();
  await until(() => lab.hub.listening === null, 'the stop');
  await assert.rejects(new Origin(connection, 'late').start(), { code: 'connection-lost' });
  vault.isHeld = false;
  vault.release();
  await stopped;
});

test('a hub that is closed while it moves listens nowhere, and never again', async (t) => {
  const lab = await startLab(t);
  const moved = lab.hub.listen({ host: LOOPBACK, port: 0 });
  const refused = assert.rejects(moved, (error) => error instanceof RbError && error.retry);
  await lab.hub.close();
  await refused;
  assert.equal(lab.hub.listening, null);
  await assert.rejects(lab.hub.listen({ host: LOOPBACK, port: 0 }), { code: 'connection-lost' });
});

test('requests are done in turn: the last one counts', async (t) => {
  const lab = await startLab(t);
  await Promise.all([
    lab.hub.listen({ host: LOOPBACK, port: 0 }),
    lab.hub.stopListening(),
    lab.hub.listen({ host: LOOPBACK, port: 0 }),
    lab.hub.stopListening(),
  ]);
  assert.equal(lab.hub.listening, null);
});

test('a hub can be started without listening', async (t) => {
  const lab = await startLab(t, { listen: null });
  assert.equal(lab.hub.listening, null);
  assert.deepEqual([lab.hub.address, lab.hub.port], ['', 0]);
  await lab.hub.listen({ host: LOOPBACK, port: 0 });
  await backUp(await lab.login('ana'), 'docs', smallTree());
});

test('UDP moves along with TCP, also from one address to all of the same port', async (t) => {
  const missing: RbError[] = [];
  const transport = withUdp(tlsTransport, (error) => missing.push(error));
  const lab = await startLab(t, { transport });
  const byUdp = async (): Promise<Connection> => {
    const connection = await udpTransport.connect({
      identity: await identityNumber(1),
      addresses: [`${LOOPBACK}:${lab.hub.port}`],
      expectedFingerprint: lab.hub.fingerprint,
    });
    t.after(() => connection.close());
    await lab.greet(connection, 'ana');
    return connection;
  };
  const first = await byUdp();
  await lab.hub.listen({ host: LOOPBACK, port: 0 });
  assert.equal(await codeOfEnd(first), 'connection-lost');
  const { port } = lab.hub;
  for (const host of ['0.0.0.0', LOOPBACK]) {
    const connection = await byUdp();
    await lab.hub.listen({ host, port });
    assert.equal(await codeOfEnd(connection), 'connection-lost');
  }
  const last = await byUdp();
  await lab.hub.stopListening();
  assert.equal(await codeOfEnd(last), 'connection-lost');
  await lab.hub.listen({ host: LOOPBACK, port });
  await byUdp();
  assert.deepEqual(missing, []);
});
