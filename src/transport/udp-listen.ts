/** The hub's end of TLS over UDP. */

import { lookup } from 'node:dns/promises';

import { systemClock } from '../base/clock.ts';
import { isRbError } from '../base/errors.ts';
import { formatAddress } from '../wire/address.ts';
import type { Address } from '../wire/address.ts';
import { Arrivals } from './arrivals.ts';
import { listenError } from './socket-errors.ts';
import type { Listener, ListenOptions } from './transport.ts';
import type { UdpChannel } from './udp-channel.ts';
import { UdpCookies } from './udp-cookies.ts';
import { UDP_VERSION } from './udp-datagrams.ts';
import type { Datagram } from './udp-datagrams.ts';
import { openUdpSocket } from './udp-socket.ts';
import type { UdpSocket } from './udp-socket.ts';

/** Streams that have not logged in, of all addresses and of one. */
const MAX_STRANGERS = 128;
const MAX_STRANGERS_OF_ONE = 16;

/** `listen` of the port `Transport`, by TLS 1.3 over UDP. @throws also RbError `unsupported` where UDP can't be had */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { host, port } = options;
  let socket: UdpSocket;
  try {
    const { address } = await lookup(host);
    socket = await openUdpSocket(address, port);
  } catch (error) {
    throw isRbError(error) ? error : listenError(host, port, error);
  }
  const door = new Door(socket, options);
  return {
    address: socket.local.host,
    port: socket.local.port,
    close: async () => {
      door.close();
      await socket.close();
    },
  };
}

type Guest = { readonly channel: UdpChannel; readonly streamId: number };

/** Answers datagrams: nothing is kept of anybody who hasn't shown by a cookie that he is where he says. */
class Door {
  readonly #socket: UdpSocket;
  readonly #arrivals: Arrivals;
  readonly #cookies: UdpCookies;
  /** Streams by address and nonce of the datagram that began them, which may come again. */
  readonly #guests = new Map<string, Guest>();

  constructor(socket: UdpSocket, options: ListenOptions) {
    this.#socket = socket;
    this.#cookies = new UdpCookies(options.clock ?? systemClock);
    this.#arrivals = new Arrivals(options, MAX_STRANGERS);
    socket.onDatagram = (datagram, from) => this.#answer(datagram, from);
  }

  close(): void {
    this.#arrivals.close();
  }

  #answer(datagram: Datagram, from: Address): void {
    const { type } = datagram;
    if (type !== 'hello' && type !== 'connect') return;
    const { nonce } = datagram;
    if (type === 'connect') return this.#connect(datagram, from);
    if (datagram.version !== UDP_VERSION) {
      return this.#socket.send({ type: 'refuse', nonce, why: 'version' }, from);
    }
    const cookie = this.#cookies.make(formatAddress(from), nonce);
    return this.#socket.send({ type: 'cookie', nonce, cookie }, from);
  }

  #connect(datagram: Datagram & { type: 'connect' }, from: Address): void {
    const { nonce, cookie, streamId: remoteId } = datagram;
    const address = formatAddress(from);
    if (!this.#cookies.isGood(cookie, address, nonce)) return;
    const key = `${address} ${Buffer.from(nonce).toString('hex')}`;
    const known = this.#guests.get(key);
    if (known !== undefined) {
      return this.#socket.send({ type: 'accept', nonce, streamId: known.streamId }, from);
    }
    if (!this.#hasRoomFor(from.host)) {
      return this.#socket.send({ type: 'refuse', nonce, why: 'busy' }, from);
    }
    const stream = this.#socket.newStream();
    const channel = this.#socket.join(stream, remoteId, from);
    this.#guests.set(key, { channel, streamId: stream.id });
    channel.once('close', () => this.#guests.delete(key));
    this.#socket.send({ type: 'accept', nonce, streamId: stream.id }, from);
    channel.isTrusted = () => false;
    this.#arrivals.accept(channel, from, (connection) => {
      channel.isTrusted = () => connection.isLoggedIn;
    });
    return undefined;
  }

  #hasRoomFor(host: string): boolean {
    if (this.#arrivals.strangers() >= MAX_STRANGERS) return false;
    return this.#arrivals.strangers(host) < MAX_STRANGERS_OF_ONE;
  }
}
