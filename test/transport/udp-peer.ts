/** A peer over UDP that is none: it says what it is told to, datagram by datagram. */

import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';

import { decodeDatagram, encodeDatagram } from '../../src/transport/udp-datagrams.ts';
import type { Datagram } from '../../src/transport/udp-datagrams.ts';

export type Heard = { readonly bytes: Uint8Array; readonly from: RemoteInfo };

export class UdpPeer implements AsyncDisposable {
  readonly heard: Heard[] = [];
  /** Given everything that comes. */
  onHeard: (heard: Heard) => void = () => undefined;
  readonly #socket: Socket;
  #waiting: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (bytes, from) => {
      this.heard.push({ bytes, from });
      this.onHeard({ bytes, from });
      for (const wake of this.#waiting.splice(0)) wake();
    });
    socket.on('error', () => undefined);
  }

  static async open(): Promise<UdpPeer> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return new UdpPeer(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  async send(bytes: Uint8Array, port: number): Promise<void> {
    await new Promise<void>((resolve) =>
      this.#socket.send(bytes, port, '127.0.0.1', () => resolve()),
    );
  }

  async say(datagram: Datagram, port: number): Promise<void> {
    await this.send(encodeDatagram(datagram), port);
  }

  /** The first datagram of a type, heard so far or still to come. */
  async next<T extends Datagram['type']>(type: T): Promise<Datagram & { type: T }> {
    for (;;) {
      for (const { bytes } of this.heard.splice(0)) {
        const datagram = decodeDatagram(bytes);
        if (datagram?.type === type) return datagram as Datagram & { type: T };
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }
}

/** A packet of UDX: its header of 20 bytes, and what follows. */
export function udxPacket(
  streamId: number,
  { type, seq, ack, bytes }: { type: number; seq: number; ack: number; bytes: Uint8Array },
): Uint8Array {
  const packet = new Uint8Array(20 + bytes.length);
  const view = new DataView(packet.buffer);
  packet.set([0xff, 1, type, 0]);
  view.setUint32(4, streamId, true);
  view.setUint32(8, 4 * 1024 * 1024, true);
  view.setUint32(12, seq, true);
  view.setUint32(16, ack, true);
  packet.set(bytes, 20);
  return packet;
}
