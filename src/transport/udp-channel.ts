/** A socket for TLS over a stream of UDX. */

import { Duplex } from 'node:stream';

import type { UdxStream } from 'udx-native';

import type { Address } from '../wire/address.ts';
import { UdpRecords, creditRecord, dataHeader } from './udp-records.ts';

/**
 * What of a side may be on its way or lie unread at the other. UDX itself has 4 MiB on its way at most, whoever reads
 * or doesn't; with twice that its reader's pauses don't slow it down.
 */
export const UDP_WINDOW_BYTES: number = 8 * 1024 * 1024;
/** Credit is given back in such pieces. */
const GRANT_BYTES = 1024 * 1024;
/** When both sides have ended, what is left to UDX is to have its last packets acknowledged. */
const LINGER_MS = 2000;

/**
 * A stream of UDX with the back-pressure that UDX lacks: the records of docs/spec/wire.md, chapter 9. What is written
 * belongs to it until the write's callback, and must not change before the other side has acknowledged it.
 */
export class UdpChannel extends Duplex {
  readonly remote: Address;
  /** Whether the other side has shown who it is; a hub's own word for it, as a client chooses whom it talks to. */
  isTrusted: () => boolean = () => true;
  readonly #stream: UdxStream;
  readonly #records: UdpRecords;
  #unsent: Uint8Array[] = [];
  #credit = UDP_WINDOW_BYTES;
  #sentBytes = 0;
  #isBlocked = false;
  #written: ((error?: Error | null) => void) | null = null;
  #gathered: Uint8Array | null = null;
  #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #isWanted = false;
  #isEnded = false;
  #toGrant = 0;

  /** @param stream - connected; from now on this one's */
  constructor(stream: UdxStream, remote: Address) {
    super();
    this.remote = remote;
    this.#stream = stream;
    this.#records = new UdpRecords({
      data: (bytes) => this.#arrived(bytes),
      credit: (bytes) => this.#granted(bytes),
    });
    stream.on('data', (bytes: Uint8Array) => this.#gather(bytes));
    stream.on('end', () => this.#remoteEnded());
    stream.on('drain', () => {
      this.#isBlocked = false;
      this.#send();
    });
    stream.on('error', (error: Error) => this.destroy(error));
    stream.on('close', () => this.destroy());
    // Whoever uses it learns of errors by `close`, too.
    this.on('error', () => undefined);
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** What arrived in order of the stream; UDX's counters also count what came twice or too early. */
  get deliveredBytes(): number {
    return this.#records.bytes;
  }

  override _read(): void {
    this.#isWanted = true;
    while (this.#isWanted && this.#unread.length > 0) {
      const bytes = this.#unread.shift() as Uint8Array;
      this.#unreadBytes -= bytes.length;
      this.#give(bytes);
    }
    this.#endMaybe();
  }

  override _write(
    bytes: Uint8Array,
    _encoding: string,
    done: (error?: Error | null) => void,
  ): void {
    this.#write([bytes], done);
  }

  override _writev(
    pieces: readonly { readonly chunk: Uint8Array }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#write(
      pieces.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#stream.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#unread = [];
    this.#unsent = [];
    this.#written = null;
    const stream = this.#stream;
    if (error === null && this.#isEnded && this.writableFinished) {
      // What was written last may still be on its way: UDX closes by itself when it has arrived.
      setTimeout(() => stream.destroy(), LINGER_MS).unref();
    } else {
      stream.destroy();
    }
    done(error);
  }

  // ---------------------------------------------------------------- out

  #write(pieces: Uint8Array[], done: (error?: Error | null) => void): void {
    this.#unsent = pieces;
    this.#written = done;
    this.#send();
  }

  /** Sends what credit and UDX's queue allow; the rest when more of them comes. */
  #send(): void {
    while (this.#unsent.length > 0 && this.#credit > 0 && !this.#isBlocked && !this.destroyed) {
      const bytes = this.#unsent[0] as Uint8Array;
      const now = bytes.subarray(0, this.#credit);
      if (now.length === bytes.length) this.#unsent.shift();
      else this.#unsent[0] = bytes.subarray(now.length);
      if (now.length === 0) continue;
      this.#credit -= now.length;
      this.#sentBytes += now.length;
      this.#stream.write(dataHeader(now.length));
      this.#isBlocked = !this.#stream.write(now);
    }
    if (this.#unsent.length > 0 || this.#isBlocked || this.#written === null) return;
    const done = this.#written;
    this.#written = null;
    done();
  }

  #granted(bytes: number): void {
    this.#credit += bytes;
    if (this.#credit > UDP_WINDOW_BYTES) throw new Error('More credit than there is.');
    this.#send();
  }

  // ---------------------------------------------------------------- in

  /** Packets that lie one behind the other are taken together: each costs as much as all of them. */
  #gather(bytes: Uint8Array): void {
    const before = this.#gathered;
    if (before === null) {
      this.#gathered = bytes;
      setImmediate(() => this.#receiveGathered());
      return;
    }
    const end = before.byteOffset + before.length;
    if (before.buffer === bytes.buffer && end === bytes.byteOffset) {
      const { buffer, byteOffset } = before;
      this.#gathered = new Uint8Array(buffer, byteOffset, before.length + bytes.length);
    } else {
      this.#receive(before);
      this.#gathered = bytes;
    }
  }

  #receiveGathered(): void {
    const bytes = this.#gathered;
    this.#gathered = null;
    if (bytes !== null) this.#receive(bytes);
  }

  #receive(bytes: Uint8Array): void {
    if (this.destroyed) return;
    try {
      this.#records.push(bytes);
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  #arrived(bytes: Uint8Array): void {
    if (this.#isWanted) return this.#give(bytes);
    this.#unread.push(bytes);
    this.#unreadBytes += bytes.length;
    if (this.#unreadBytes > UDP_WINDOW_BYTES)
      throw new Error('More was sent than there is credit for.');
  }

  #give(bytes: Uint8Array): void {
    this.#isWanted = this.push(bytes);
    this.#toGrant += bytes.length;
    if (this.#toGrant < GRANT_BYTES || this.destroyed || this.writableEnded) return;
    this.#stream.write(creditRecord(this.#toGrant));
    this.#toGrant = 0;
  }

  #remoteEnded(): void {
    this.#receiveGathered();
    this.#isEnded = true;
    this.#endMaybe();
  }

  #endMaybe(): void {
    if (this.#isEnded && this.#unread.length === 0) this.push(null);
  }
}
