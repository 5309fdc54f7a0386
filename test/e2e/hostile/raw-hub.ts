/** A listener that says what it is told to frame by frame, and keeps count of what it hears. */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import type { Server, TLSSocket } from 'node:tls';

import type { Identity } from '../../../src/transport/transport.ts';
import { decodeMessage, decodeReason, encodeMessage } from '../../../src/wire/codec.ts';
import type { FrameType } from '../../../src/wire/frame.ts';
import type { Message, Reason } from '../../../src/wire/messages.ts';
import { frame, framesOf } from '../../wire/frames.ts';

export type Say = {
  message(stream: number, message: object): void;
  frame(type: FrameType, stream: number, payload: Uint8Array): void;
  bytes(bytes: Uint8Array): void;
};

export class RawHub implements AsyncDisposable {
  /** Bytes inside TLS, of all clients. */
  heardBytes = 0;
  /** Handshakes that came to their end on this side. */
  handshakes = 0;
  /** Why clients hung up. */
  readonly goAways: Reason[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<TLSSocket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param onMessage is given each message of a client; `hello` is answered by itself */
  static async listen(
    identity: Identity,
    onMessage: (message: Message, stream: number, say: Say) => void,
    port: number = 0,
  ): Promise<RawHub> {
    const { keyPem: key, certPem: cert } = identity;
    const server = createServer({
      key,
      cert,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
      ALPNProtocols: ['rbbackup/1'],
    });
    const hub = new RawHub(server);
    server.on('tlsClientError', () => undefined);
    server.on('secureConnection', (socket) => hub.#serve(socket, onMessage));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return hub;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  #serve(socket: TLSSocket, onMessage: (message: Message, stream: number, say: Say) => void): void {
    this.handshakes++;
    this.#sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
    const bytes = (some: Uint8Array): void => void socket.write(some);
    const say: Say = {
      bytes,
      frame: (type, stream, payload) => bytes(frame(type, stream, payload)),
      message: (stream, message) =>
        bytes(frame('message', stream, encodeMessage(message as Message))),
    };
    const heard: Uint8Array[] = [];
    let dealt = 0;
    socket.on('data', (some: Uint8Array) => {
      this.heardBytes += some.length;
      heard.push(some);
      const frames = framesOf(heard);
      for (const { type, stream, payload } of frames.slice(dealt)) {
        if (type === 'goaway') this.goAways.push(decodeReason(payload));
        if (type !== 'message') continue;
        const message = decodeMessage(payload);
        if (message.t === 'hello') say.message(0, welcomeTo(message.user));
        else onMessage(message, stream, say);
      }
      dealt = frames.length;
    });
  }
}

function welcomeTo(user: string): Message {
  return {
    t: 'welcome',
    version: 1,
    program: 'test',
    hub: 'raw',
    user,
    rights: 'member',
    open: true,
    timeMs: 1,
  };
}
