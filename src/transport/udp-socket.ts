/** A UDP socket with streams of UDX on it, and the datagrams before and around them. */

import { randomBytes } from 'node:crypto';

import type { UdxSocket, UdxStream } from 'udx-native';

import { RbError } from '../base/errors.ts';
import { formatAddress } from '../wire/address.ts';
import type { Address } from '../wire/address.ts';
import { UdpChannel } from './udp-channel.ts';
import { decodeDatagram, encodeDatagram, udxStreamId } from './udp-datagrams.ts';
import type { Datagram } from './udp-datagrams.ts';
import { HoardWatch } from './udp-hoard.ts';

/** Answers that the system hasn't taken yet; further ones are dropped, as the network may drop any. */
const MOST_ANSWERS = 256;
/** How often it is looked at what streams hold back. */
const LOOK_EVERY_MS = 100;

type Entry = {
  readonly channel: UdpChannel;
  readonly stream: UdxStream;
  readonly remoteId: number;
  readonly watch: HoardWatch;
};

/** Loads the library on first use. @throws RbError `unsupported` where it has no binary */
export async function openUdpSocket(host: string, port: number): Promise<UdpSocket> {
  const { default: Udx } = await import('udx-native').catch((cause: unknown) => {
    throw new RbError('unsupported', 'This system has no UDP transport: use TCP.', { cause });
  });
  const udx = new Udx();
  const socket = udx.createSocket();
  socket.bind(port, host);
  return new UdpSocket(socket, (id) => udx.createStream(id));
}

export class UdpSocket {
  /** A datagram that isn't UDX's, and where from. */
  onDatagram: (datagram: Datagram, from: Address) => void = () => undefined;
  readonly #socket: UdxSocket;
  readonly #createStream: (id: number) => UdxStream;
  /** By our ids. */
  readonly #entries = new Map<number, Entry>();
  #answers = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(socket: UdxSocket, createStream: (id: number) => UdxStream) {
    this.#socket = socket;
    this.#createStream = createStream;
    socket.on('message', (bytes, { host, port }) => this.#receive(bytes, { host, port }));
  }

  get local(): Address {
    const address = this.#socket.address();
    return { host: address?.host ?? '', port: address?.port ?? 0 };
  }

  /** Sends one, or drops it if the system is behind. */
  send(datagram: Datagram, { host, port }: Address): void {
    if (this.#answers >= MOST_ANSWERS || this.#socket.closing) return;
    this.#answers += 1;
    const sent = (): void => void (this.#answers -= 1);
    this.#socket.send(encodeDatagram(datagram), port, host).then(sent, sent);
  }

  /** An id that no stream has and nobody can guess, and a stream by it. */
  newStream(): UdxStream {
    for (;;) {
      const id = randomBytes(4).readUInt32LE();
      if (!this.#entries.has(id)) return this.#createStream(id);
    }
  }

  /** Joins a stream of ours to one of the other side. */
  join(stream: UdxStream, remoteId: number, remote: Address): UdpChannel {
    stream.connect(this.#socket, remoteId, remote.port, remote.host);
    const channel = new UdpChannel(stream, remote);
    this.#entries.set(stream.id, { channel, stream, remoteId, watch: new HoardWatch() });
    stream.once('close', () => this.#entries.delete(stream.id));
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
    return channel;
  }

  /** No more datagrams; the port is given back when the last stream is over, which the result does not wait for. */
  async close(): Promise<void> {
    this.onDatagram = () => undefined;
    const closed = this.#socket.close();
    if (this.#entries.size === 0) await closed;
  }

  #receive(bytes: Uint8Array, from: Address): void {
    const datagram = decodeDatagram(bytes);
    if (datagram?.type === 'gone') return this.#gone(datagram.streamId, from);
    if (datagram !== null) return this.onDatagram(datagram, from);
    // A packet for a stream that isn't here: of somebody who doesn't know that this program was started anew.
    const streamId = udxStreamId(bytes);
    if (streamId !== null) this.send({ type: 'gone', streamId }, from);
  }

  #gone(remoteId: number, from: Address): void {
    for (const entry of this.#entries.values()) {
      const { remote } = entry.channel;
      if (entry.remoteId !== remoteId || remote.host !== from.host || remote.port !== from.port)
        continue;
      const error = new Error(`${formatAddress(from)} does not know the stream any more`);
      entry.channel.destroy(Object.assign(error, { code: 'ECONNRESET' }));
    }
  }

  #look(): void {
    for (const { channel, stream, watch } of this.#entries.values()) {
      const { bytesReceived: receivedBytes, packetsReceived: receivedPackets } = stream;
      const { deliveredBytes, sentBytes } = channel;
      const counts = { receivedBytes, receivedPackets, deliveredBytes, sentBytes };
      if (!watch.isHoarding(counts, channel.isTrusted())) continue;
      channel.destroy(Object.assign(new Error('too much out of order'), { code: 'ENOBUFS' }));
    }
    if (this.#entries.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
