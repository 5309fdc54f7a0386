/**
 * Bytes over TCP and nothing else: what a link can do at most.
 *
 *     bare-tcp.ts serve HOST PORT          takes what comes; says so on a line
 *     bare-tcp.ts send HOST PORT BYTES     prints the seconds from connecting to the other end's goodbye
 */

import { connect, createServer } from 'node:net';
import process from 'node:process';

const PIECE_BYTES = 256 * 1024;

const [verb, host = '', port = '', bytes = ''] = process.argv.slice(2);

if (verb === 'serve') {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('end', () => socket.end());
    socket.resume();
  });
  server.listen(Number(port), host, () => {
    process.stdout.write(`${JSON.stringify({ event: 'listening', port })}\n`);
  });
} else {
  const startMs = performance.now();
  const piece = new Uint8Array(PIECE_BYTES);
  let left = Number(bytes);
  const socket = connect({ host, port: Number(port) });
  const send = (): void => {
    while (left > 0) {
      const some = piece.subarray(0, Math.min(left, PIECE_BYTES));
      left -= some.length;
      if (!socket.write(some)) return;
    }
    socket.end();
  };
  socket.on('connect', send);
  socket.on('drain', send);
  socket.resume();
  await new Promise((resolve, reject) => {
    socket.on('end', resolve);
    socket.on('error', reject);
  });
  const seconds = (performance.now() - startMs) / 1000;
  process.stdout.write(`${JSON.stringify({ event: 'done', ok: true, seconds })}\n`);
}
