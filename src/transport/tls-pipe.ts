/** A pipe of TLS 1.3 (RFC 8446) over TCP, or over whatever else carries bytes. */

import type { TLSSocket } from 'node:tls';

import { formatAddress } from '../wire/address.ts';
import type { Address } from '../wire/address.ts';
import { fingerprintOf } from './identity.ts';
import type { Pipe } from './pipe.ts';

/** What one read may bring; TLS hands on 16 KiB at a time. */
export const READ_BYTES: number = 64 * 1024;

/**
 * What a socket with `onread` has read, in one buffer again and again: events would make an array buffer for each 16
 * KiB, and garbage of it.
 */
export class ReadTarget {
  #onBytes: ((bytes: Uint8Array) => void) | null = null;
  #early: Uint8Array[] = [];

  /** @returns whether to go on reading, as Node asks */
  take(buffer: Uint8Array, length: number): boolean {
    const bytes = buffer.subarray(0, length);
    if (this.#onBytes === null) this.#early.push(bytes.slice());
    else this.#onBytes(bytes);
    return true;
  }

  start(onBytes: (bytes: Uint8Array) => void): void {
    this.#onBytes = onBytes;
    const early = this.#early;
    this.#early = [];
    for (const bytes of early) onBytes(bytes);
  }
}

/** All accepted sockets read into it, one after the other: what a callback is given is valid during the call only. */
let acceptedBuffer: Uint8Array | undefined;

/** What Node keeps of a socket that was made with `onread`; private, and for accepted sockets the only way to it. */
type ReadsIntoBuffer = {
  readonly [symbol: symbol]: unknown;
  readonly _handle?: { readonly useUserBuffer?: unknown };
};

/**
 * Makes an accepted socket read as one that was made with `onread`, which Node's constructor offers to clients alone. Costs a
 * third less of the receiver's processor time.
 *
 * @returns false, and nothing was changed, where this Node doesn't have what it takes: then there are events
 */
export function readIntoBuffer(socket: TLSSocket, target: ReadTarget): boolean {
  const inner = socket as unknown as ReadsIntoBuffer;
  const symbols = Object.getOwnPropertySymbols(socket);
  const bufferKey = symbols.find(({ description }) => description === 'kBuffer');
  const callbackKey = symbols.find(({ description }) => description === 'kBufferCb');
  // oxlint-disable-next-line no-underscore-dangle
  const handle = inner._handle;
  if (bufferKey === undefined || callbackKey === undefined) return false;
  if (handle === undefined || typeof handle.useUserBuffer !== 'function') return false;
  if (inner[bufferKey] !== null || inner[callbackKey] !== null) return false;
  acceptedBuffer ??= new Uint8Array(READ_BYTES);
  const buffer = acceptedBuffer;
  Object.assign(socket, {
    [bufferKey]: buffer,
    [callbackKey]: (length: number) => target.take(buffer, length),
  });
  handle.useUserBuffer(buffer);
  return true;
}

/**
 * Counters of the raw socket below, by what Node keeps of it but doesn't publish. Where it is missing, the
 * plain bytes are counted instead, some 0.2 % less.
 */
type RawCounts = { readonly bytesRead?: unknown; readonly bytesWritten?: unknown };

type WithHandle = { readonly _handle?: { readonly _parent?: RawCounts } };

export class TlsPipe implements Pipe {
  readonly remoteAddress: string;
  readonly peerFingerprint: string;
  readonly peerCertificate: Uint8Array;
  readonly #socket: TLSSocket;
  readonly #target: ReadTarget | null;
  #raw: RawCounts | null;
  #lastRead = 0;
  #lastWritten = 0;

  /**
   * @param socket - after its handshake, with a certificate of the other side
   * @param remote - where the other side is
   * @param target - where the socket's `onread` hands what it reads, if it was made with one
   */
  constructor(
    socket: TLSSocket,
    peerCertificate: Uint8Array,
    remote: Address,
    target: ReadTarget | null,
  ) {
    this.#socket = socket;
    this.#target = target;
    // oxlint-disable-next-line no-underscore-dangle
    this.#raw = (socket as unknown as WithHandle)._handle?._parent ?? null;
    this.remoteAddress = formatAddress(remote);
    this.peerCertificate = peerCertificate;
    this.peerFingerprint = fingerprintOf(peerCertificate);
  }

  get bytesWritten(): number {
    this.#lastWritten = countOf(
      this.#raw?.bytesWritten,
      this.#socket.bytesWritten,
      this.#lastWritten,
    );
    return this.#lastWritten;
  }

  get bytesRead(): number {
    this.#lastRead = countOf(this.#raw?.bytesRead, this.#socket.bytesRead, this.#lastRead);
    return this.#lastRead;
  }

  start(onBytes: (bytes: Uint8Array) => void, onClosed: (error: Error | null) => void): void {
    let failure: Error | null = null;
    if (this.#target === null) this.#socket.on('data', onBytes);
    else this.#target.start(onBytes);
    this.#socket.on('error', (error) => (failure ??= error));
    this.#socket.on('end', () => this.#socket.destroy());
    this.#socket.on('close', () => {
      this.#keepCounts();
      onClosed(failure);
    });
    this.#socket.resume();
  }

  write(bytes: Uint8Array, done: () => void): void {
    if (!this.#socket.writable) return;
    this.#socket.write(bytes, (error) => {
      if (!error) done();
    });
  }

  end(): void {
    this.#socket.end();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  destroy(): void {
    this.#keepCounts();
    this.#socket.destroy();
  }

  /** The counters go with the system's socket. */
  #keepCounts(): void {
    this.#lastRead = this.bytesRead;
    this.#lastWritten = this.bytesWritten;
    this.#raw = null;
  }
}

/** Never less than it was: a handle that is gone counts from nothing. */
function countOf(raw: unknown, plain: number, last: number): number {
  return Math.max(last, typeof raw === 'number' ? raw : plain);
}
