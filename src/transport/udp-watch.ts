import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';

import type { UdxStream } from 'udx-native';

import { systemCodeOf } from '../base/errors.ts';
import type { Address } from '../wire/address.ts';
import type { UdpChannel } from './udp-channel.ts';
import { NONCE_BYTES, UDP_VERSION, encodeDatagram } from './udp-datagrams.ts';

/** Whoever has been silent for so long with something to acknowledge is asked for. */
const LOOK_EVERY_MS = 1000;

type Target = Address & { readonly family: number };

/**
 * Ends a channel when nothing listens any more where it leads, as after the other program was killed: UDX would
 * go on for a while, since its socket isn't connected and isn't told. So one that is says hello there.
 */
export function watchForRefusal(channel: UdpChannel, stream: UdxStream, target: Target): void {
  let prober: Prober | null = null;
  let packets = -1;
  const look = (): void => {
    const isSilent = stream.packetsReceived === packets && stream.inflight > 0;
    packets = stream.packetsReceived;
    if (!isSilent) return;
    prober ??= new Prober(target, () => {
      const error = new Error('nothing listens there any more');
      channel.destroy(Object.assign(error, { code: 'ECONNREFUSED' }));
    });
    prober.ask();
  };
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  channel.once('close', () => {
    clearInterval(timer);
    prober?.close();
  });
}

/** Says hello, to be told that nobody is there. */
class Prober {
  readonly #socket: Socket;
  #isConnected = false;

  constructor({ host, port, family }: Target, onRefused: () => void) {
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    this.#socket = socket.unref();
    socket.on('error', (error) => {
      if (systemCodeOf(error) === 'ECONNREFUSED') onRefused();
    });
    socket.connect(port, host, () => {
      this.#isConnected = true;
      this.ask();
    });
  }

  ask(): void {
    if (!this.#isConnected) return;
    const nonce = new Uint8Array(randomBytes(NONCE_BYTES));
    this.#socket.send(encodeDatagram({ type: 'hello', nonce, version: UDP_VERSION }));
  }

  close(): void {
    this.#isConnected = false;
    this.#socket.close();
  }
}
