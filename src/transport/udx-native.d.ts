/** Of udx-native 1.21.3, what is used here; after its README and lib/. */
declare module 'udx-native' {
  import type { Duplex, EventEmitter } from 'node:stream';

  type From = { readonly host: string; readonly family: 4 | 6; readonly port: number };

  /** A UDP socket. Packets of streams never come to `message`. */
  interface UdxSocket extends EventEmitter {
    readonly closing: boolean;
    /** @throws an Error with the system's code */
    bind(port: number, host: string): void;
    address(): From | null;
    /** Settles when it was sent or could not be; bytes must not change before. */
    send(bytes: Uint8Array, port: number, host: string): Promise<boolean>;
    /** At once if it has no streams, otherwise when the last one is over. */
    close(): Promise<void>;
    on(event: 'message', listener: (bytes: Uint8Array, from: From) => void): this;
    on(event: 'close', listener: () => void): this;
  }

  /** A stream of bytes in order, with congestion control (BBR), but with no back-pressure from its reader. */
  interface UdxStream extends Duplex {
    readonly id: number;
    /** On the wire, with UDX's headers, retransmissions too. */
    readonly bytesReceived: number;
    readonly packetsReceived: number;
    readonly bytesTransmitted: number;
    /** Bytes sent and not acknowledged. */
    readonly inflight: number;
    readonly mtu: number;
    readonly rtt: number;
    connect(socket: UdxSocket, remoteId: number, port: number, host: string): void;
  }

  export default class UDX {
    createSocket(): UdxSocket;
    createStream(id: number): UdxStream;
  }
}
