/** The hub's end of TLS over TCP. */

import { createServer } from 'node:net';

import { RbError } from '../base/errors.ts';
import { Arrivals } from './arrivals.ts';
import { listenError } from './socket-errors.ts';
import type { Listener, ListenOptions } from './transport.ts';

/** Connections that have not logged in: more of them are hung up on at once. */
const MAX_STRANGERS = 512;

/** `listen` of the port `Transport`, by TLS 1.3 over TCP. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { host, port } = options;
  const server = createServer();
  const arrivals = new Arrivals(options, MAX_STRANGERS);
  server.on('connection', (socket) => {
    const { remoteAddress = 'unknown', remotePort = 0 } = socket;
    socket.setNoDelay(true);
    arrivals.accept(socket, { host: remoteAddress, port: remotePort });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(host, port, error)));
    server.listen({ host, port }, resolve);
  });
  // Such as too many open files: the next connection may succeed again.
  server.on('error', () => undefined);
  const bound = server.address();
  if (bound === null || typeof bound === 'string')
    throw new RbError('internal', 'No port was bound.');
  const close = (): Promise<void> => {
    // Its callback would wait for the last connection, and those are to stay.
    server.close();
    arrivals.close();
    return Promise.resolve();
  };
  return { address: bound.address, port: bound.port, close };
}
