/**
 * The least that a relay does, for comparison: bytes from one TLS connection to several, in plain node:tls, without disk, checks
 * or protocol. One process a role: `bare-fan-out.ts hub`, `source PORT BYTES`, `sink PORT`.
 */

import process from 'node:process';
import { connect, createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';

import { createIdentity } from '../src/transport/identity.ts';

const BLOCK_BYTES = 1024 * 1024;

const [role, ...numbers] = process.argv.slice(2);
const [first = 0, second = 0] = numbers.map(Number);
if (role === 'hub') await hub();
else if (role === 'sink') open(first, 'sink').resume();
else await source(open(first, 'source'), second);

function open(port: number, who: string): TLSSocket {
  return connect({ host: '127.0.0.1', port, servername: who, rejectUnauthorized: false });
}

async function source(socket: TLSSocket, bytes: number): Promise<void> {
  const block = Buffer.alloc(BLOCK_BYTES, 7);
  for (let sent = 0; sent < bytes; sent += block.length) {
    const data = block.subarray(0, bytes - sent);
    if (!socket.write(data)) await new Promise((resolve) => socket.once('drain', resolve));
  }
  socket.end();
}

/** Reads on only when no sink has more than its high-water mark waiting. */
async function hub(): Promise<void> {
  const { keyPem, certPem } = await createIdentity();
  const sinks: TLSSocket[] = [];
  let from: TLSSocket | null = null;
  const flow = (): void => {
    if (sinks.some((sink) => sink.writableNeedDrain)) from?.pause();
    else from?.resume();
  };
  const server = createServer({ key: keyPem, cert: certPem }, (socket) => {
    if (socket.servername === 'sink') {
      sinks.push(socket.on('drain', flow));
      return;
    }
    from = socket;
    socket.on('data', (data) => {
      for (const sink of sinks) sink.write(data);
      flow();
    });
    socket.once('end', () => sinks.forEach((sink) => sink.end()));
  });
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ event: 'listening', port })}\n`);
  });
}
