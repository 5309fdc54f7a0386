/** The hub's end of TLS over TCP. */

import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';

import { systemClock } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { RbError } from '../base/errors.ts';
import { LOGIN_WITHIN_MS, WIRE_ALPN } from '../wire/wire-limits.ts';
import { FramedConnection } from './connection.ts';
import { listenError, lostError } from './socket-errors.ts';
import { tlsOptions } from './tls-options.ts';
import { ReadTarget, TlsPipe, readIntoBuffer } from './tls-pipe.ts';
import type { Listener, ListenOptions } from './transport.ts';

/** Connections that have not logged in: more of them are hung up on at once. */
const MAX_STRANGERS = 512;

/** `listen` of the port `Transport`, by TLS 1.3 over TCP. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { host, port } = options;
  const server = createServer();
  const arrivals = new Arrivals(options);
  server.on('connection', (socket) => arrivals.accept(socket));
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

/** Those who have come and have not logged in. */
class Arrivals {
  readonly #options: ListenOptions;
  readonly #clock: Clock;
  readonly #context: SecureContext;
  readonly #handshaking = new Set<TLSSocket>();
  readonly #strangers = new Set<FramedConnection>();

  constructor(options: ListenOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#context = createSecureContext(tlsOptions(options.identity));
  }

  accept(raw: Socket): void {
    for (const one of this.#strangers) if (one.isLoggedIn) this.#strangers.delete(one);
    if (this.#handshaking.size + this.#strangers.size >= MAX_STRANGERS) {
      raw.destroy();
      return;
    }
    const socket = new TLSSocket(raw, {
      ...tlsOptions(this.#options.identity),
      secureContext: this.#context,
      isServer: true,
      requestCert: true,
    });
    const loginByMs = this.#clock.monotonicMs() + LOGIN_WITHIN_MS;
    const timer = this.#clock.setTimeout(() => socket.destroy(), LOGIN_WITHIN_MS);
    this.#handshaking.add(socket);
    const leave = (): void => {
      timer.cancel();
      this.#handshaking.delete(socket);
    };
    // Who can't do the handshake is no client of ours: nothing is owed to it.
    const giveUp = (): void => void socket.destroy();
    raw.on('error', giveUp);
    socket.on('error', giveUp);
    socket.once('close', leave);
    socket.once('secure', () => {
      leave();
      socket.off('error', giveUp);
      this.#secured(socket, loginByMs);
    });
  }

  close(): void {
    for (const socket of this.#handshaking) socket.destroy();
  }

  #secured(socket: TLSSocket, loginByMs: number): void {
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined || socket.alpnProtocol !== WIRE_ALPN) {
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
    const target = new ReadTarget();
    const isBuffered = readIntoBuffer(socket, target);
    const pipe = new TlsPipe(socket, certificate.raw, isBuffered ? target : null);
    const connection = new FramedConnection(pipe, {
      side: 'hub',
      clock: this.#clock,
      limitBytesPerSec: this.#options.limitBytesPerSec,
      arena: this.#options.arena,
      loginByMs,
      describe: (error) => lostError(pipe.remoteAddress, error),
    });
    this.#strangers.add(connection);
    void connection.closed.then(() => this.#strangers.delete(connection));
    this.#options.onConnection(connection);
  }
}
