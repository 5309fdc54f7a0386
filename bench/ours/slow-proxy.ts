/**
 * A program of its own: passes TCP connections on to a port of this machine, and reads what comes back at a fixed rate, so that
 * its client looks like one on a thin line. `slow-proxy.ts PORT BYTES_PER_SECOND`; its first line says where it listens.
 */

import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import process from 'node:process';

const STEP_MS = 50;
/** What Node reads ahead of us, beside what the system's buffers hold. */
const READ_AHEAD_BYTES = 64 * 1024;

const [port, bytesPerSecond] = process.argv.slice(2).map(Number);

function pass(client: Socket): void {
  const options = { host: '127.0.0.1', port: port ?? 0, highWaterMark: READ_AHEAD_BYTES };
  const server = connect(options);
  client.pipe(server);
  // In paused mode `read` takes what it is asked for, and only then does more come off the socket.
  server.on('readable', () => undefined);
  const timer = setInterval(() => {
    const most = ((bytesPerSecond ?? 0) * STEP_MS) / 1000;
    const bytes = Math.min(most, server.readableLength);
    const data = bytes === 0 ? null : (server.read(bytes) as Buffer | null);
    if (data !== null) client.write(data);
  }, STEP_MS);
  const end = (): void => {
    clearInterval(timer);
    client.destroy();
    server.destroy();
  };
  for (const socket of [client, server]) socket.on('error', end).on('close', end);
}

const listener = createServer(pass);
listener.listen(0, '127.0.0.1', () => {
  const { port: listening } = listener.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ event: 'listening', port: listening })}\n`);
});
process.once('SIGTERM', () => process.exit(0));
