/** Those who have come to a hub and have not logged in. */

import type { Duplex } from 'node:stream';
import { TLSSocket, createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';

import { systemClock } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { RbError } from '../base/errors.ts';
import type { Address } from '../wire/address.ts';
import { LOGIN_WITHIN_MS, WIRE_ALPN } from '../wire/wire-limits.ts';
import { FramedConnection } from './connection.ts';
import { lostError } from './socket-errors.ts';
import { tlsOptions } from './tls-options.ts';
import { ReadTarget, TlsPipe, readIntoBuffer } from './tls-pipe.ts';
import type { Connection, ListenOptions } from './transport.ts';

type Stranger = {
  readonly host: string;
  readonly isLoggedIn: boolean;
  /** Somebody else needs the place. */
  hangUp(): void;
};

/** Does the handshake of TLS with them, and hands on who can do it. Strangers are those who are at it and those who are to log in. */
export class Arrivals {
  readonly #options: ListenOptions;
  readonly #mostStrangers: number;
  readonly #clock: Clock;
  readonly #context: SecureContext;
  readonly #handshaking = new Set<TLSSocket>();
  readonly #strangers = new Set<Stranger>();

  /** @param mostStrangers - more of them are hung up on at once: first those of the host that has the most */
  constructor(options: ListenOptions, mostStrangers: number) {
    this.#options = options;
    this.#mostStrangers = mostStrangers;
    this.#clock = options.clock ?? systemClock;
    this.#context = createSecureContext(tlsOptions(options.identity));
  }

  /** How many there are, of all hosts or of one. */
  strangers(host?: string): number {
    let count = 0;
    for (const one of this.#strangers) {
      if (one.isLoggedIn) this.#strangers.delete(one);
      else if (host === undefined || one.host === host) count += 1;
    }
    return count;
  }

  /**
   * @param raw - is this one's from now on
   * @param onSecured - is told of the connection that it became, before anybody else
   */
  accept(raw: Duplex, remote: Address, onSecured?: (connection: Connection) => void): void {
    if (this.strangers() >= this.#mostStrangers && !this.#makeRoom(remote.host)) {
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
    const hangUp = (): void => void socket.destroy();
    const stranger: Stranger = { host: remote.host, isLoggedIn: false, hangUp };
    this.#handshaking.add(socket);
    this.#strangers.add(stranger);
    const leave = (): void => {
      timer.cancel();
      this.#handshaking.delete(socket);
      this.#strangers.delete(stranger);
    };
    // Who can't do the handshake is no client of ours: nothing is owed to it.
    const giveUp = (): void => void socket.destroy();
    raw.on('error', giveUp);
    socket.on('error', giveUp);
    socket.once('close', leave);
    socket.once('secure', () => {
      leave();
      socket.off('error', giveUp);
      // Node's own servers end a connection whose records don't decrypt; one that is made by hand would stay, and read nothing.
      socket.on('_tlsError', (error: Error) => socket.destroy(error));
      this.#secured(socket, remote, loginByMs, onSecured);
    });
  }

  /** Nobody keeps others out by connecting again and again: the oldest of the host that has the most has to go. */
  #makeRoom(host: string): boolean {
    const byHost = Map.groupBy(this.#strangers, (stranger) => stranger.host);
    let most: readonly Stranger[] = [];
    for (const some of byHost.values()) if (some.length > most.length) most = some;
    const [oldest] = most;
    if (oldest === undefined || most.length <= (byHost.get(host)?.length ?? 0) + 1) return false;
    this.#strangers.delete(oldest);
    oldest.hangUp();
    return true;
  }

  /** Hangs up on those who are at the handshake. */
  close(): void {
    for (const socket of this.#handshaking) socket.destroy();
  }

  #secured(
    socket: TLSSocket,
    remote: Address,
    loginByMs: number,
    onSecured: ((connection: Connection) => void) | undefined,
  ): void {
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined || socket.alpnProtocol !== WIRE_ALPN) {
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
    const target = new ReadTarget();
    const isBuffered = readIntoBuffer(socket, target);
    const pipe = new TlsPipe(socket, certificate.raw, remote, isBuffered ? target : null);
    const connection = new FramedConnection(pipe, {
      side: 'hub',
      clock: this.#clock,
      limitBytesPerSec: this.#options.limitBytesPerSec,
      arena: this.#options.arena,
      loginByMs,
      describe: (error) => lostError(pipe.remoteAddress, error),
    });
    const stranger: Stranger = {
      host: remote.host,
      get isLoggedIn() {
        return connection.isLoggedIn;
      },
      hangUp: () => connection.close(crowded()),
    };
    this.#strangers.add(stranger);
    void connection.closed.then(() => this.#strangers.delete(stranger));
    onSecured?.(connection);
    this.#options.onConnection(connection);
  }
}

function crowded(): RbError {
  const message = 'Too many connections from this address have not logged in; try again later.';
  return new RbError('busy', message, { retry: true });
}
