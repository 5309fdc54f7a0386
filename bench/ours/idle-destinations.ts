/**
 * A program of its own: many destinations in one process, each with a device's key, a login and a standing order of its own, made by
 * the client's real code. `idle-destinations.ts FOLDER PORT FIRST COUNT`; says `ready` when the hub knows of all of them.
 */

import { join } from 'node:path';
import process from 'node:process';

import { systemClock } from '../../src/base/clock.ts';
import { createBundlePool } from '../../src/chunk/bundles.ts';
import { Destination } from '../../src/client/receive/destination.ts';
import { receive } from '../../src/client/receive/standing-order.ts';
import { openSession } from '../../src/client/session.ts';
import { tlsTransport } from '../../src/transport/tls.ts';
import { HOST, USER, configOf } from './client.ts';

const [folder = '', port = '', first = '0', count = '0'] = process.argv.slice(2);
// It stays unused: nothing is sent to them.
const pool = createBundlePool(1);
const stop = new AbortController();

for (let index = 0; index < Number(count); index += 1) await start(Number(first) + index);
process.stdout.write(`${JSON.stringify({ event: 'ready' })}\n`);

/** Resolves when the destination is logged in. */
async function start(number: number): Promise<void> {
  const name = `idle-${number}`;
  const destination = await Destination.open(join(folder, name), null);
  const choice = { server: `127.0.0.1:${port}`, name: USER, host: HOST };
  const context = {
    transport: tlsTransport,
    clock: systemClock,
    configDir: configOf(folder, name),
  };
  const connected = Promise.withResolvers<void>();
  const received = receive({
    destination,
    name,
    connect: async () => await openSession(choice, context),
    pool,
    clock: systemClock,
    random: Math.random,
    listFiles: false,
    keepSetId: false,
    once: false,
    onEvent: (event) => {
      if (event.t === 'connected') connected.resolve();
      if (event.t === 'disconnected') fail(event.error);
    },
    signal: stop.signal,
  });
  received.catch(fail);
  await connected.promise;
}

/** One that is lost would make the figures look better than they are. */
function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

process.once('SIGTERM', () => process.exit(0));
