/** Streams on a pipe: what both ends of a connection have in common. */

import type { Clock, Timer } from '../base/clock.ts';
import { RbError, toRbError } from '../base/errors.ts';
import { SharedArena } from '../base/shared-arena.ts';
import type { SharedLease } from '../base/shared-arena.ts';
import { decodeMessage, encodeReason } from '../wire/codec.ts';
import { FrameDecoder } from '../wire/frame-decoder.ts';
import type { FrameSink } from '../wire/frame-decoder.ts';
import { PING_BYTES } from '../wire/frame.ts';
import { kindOf } from '../wire/messages.ts';
import type { Message } from '../wire/messages.ts';
import { streamTypeOf } from '../wire/states.ts';
import type { Side } from '../wire/state-tables.ts';
import { LOGIN_WITHIN_MS, MAX_STREAMS, MAX_STREAM_ID } from '../wire/wire-limits.ts';
import { isTooMuch } from './inbox.ts';
import { KeepAlive } from './keep-alive.ts';
import { LoginGate } from './login-gate.ts';
import type { Pipe } from './pipe.ts';
import { ReadGate } from './read-gate.ts';
import { closedHere, reasonOf, silent } from './reasons.ts';
import { FrameStream } from './stream.ts';
import type { StreamOwner } from './stream.ts';
import { TokenBucket } from './token-bucket.ts';
import type { Connection, Stream } from './transport.ts';
import { Writer } from './writer.ts';

/** How long what is queued may take to be written, and the other side to hang up, after `close`. */
const CLOSE_WITHIN_MS = 2000;
/** Has room for nothing: every lease lies in memory of its own. */
const NO_ARENA = new SharedArena(0);
const PING_PAYLOAD = new Uint8Array(PING_BYTES);

export type FramedOptions = {
  readonly side: Side;
  readonly clock: Clock;
  readonly limitBytesPerSec?: number | undefined;
  readonly arena?: SharedArena | undefined;
  /** The clock's `monotonicMs` by which the login must be done. Default: 10 s from now. */
  readonly loginByMs?: number;
  /** Words for an error of the pipe. */
  readonly describe: (error: Error | null) => RbError;
};

/** {@link Connection} by the frames of docs/spec/wire.md. */
export class FramedConnection implements Connection, StreamOwner {
  readonly side: Side;
  readonly writer: Writer;
  readonly control: FrameStream;
  readonly closed: Promise<RbError | null>;
  readonly #pipe: Pipe;
  readonly #clock: Clock;
  readonly #decoder: FrameDecoder;
  readonly #keepAlive: KeepAlive;
  readonly #login: LoginGate;
  readonly #reading: ReadGate;
  readonly #streams = new Map<number, FrameStream>();
  #onStream: ((stream: Stream, first: Message) => void) | null = null;
  #inboxBytes = 0;
  #lastStreamId = -1;
  #isOver = false;
  #reason: RbError | null = null;
  #timer: Timer | null = null;

  constructor(pipe: Pipe, options: FramedOptions) {
    const { clock, limitBytesPerSec: limit, describe } = options;
    const bucket = (): TokenBucket | null =>
      limit === undefined ? null : new TokenBucket(limit, clock);
    this.side = options.side;
    this.#pipe = pipe;
    this.#clock = clock;
    this.writer = new Writer(pipe, clock, bucket());
    this.control = new FrameStream(0, 'login', this);
    this.#streams.set(0, this.control);
    this.#decoder = new FrameDecoder(this.#sink(), options.arena ?? NO_ARENA);
    this.#reading = new ReadGate(pipe, clock, bucket(), () => this.#keepAlive.heard());
    this.#keepAlive = new KeepAlive({
      clock,
      side: this.side,
      sendPing: () => this.writer.sendControl('ping', PING_PAYLOAD),
      onDead: () => this.#giveUp(silent(pipe.remoteAddress)),
      isDeaf: () => this.#reading.isShut,
      saidMs: () => this.writer.saidMs,
    });
    const loginByMs = options.loginByMs ?? clock.monotonicMs() + LOGIN_WITHIN_MS;
    this.#login = new LoginGate(clock, loginByMs, (error) => this.close(error));
    this.closed = new Promise((resolve) => {
      pipe.start(
        (bytes) => this.#receive(bytes),
        (error) => {
          this.#giveUp(describe(error));
          resolve(this.#reason);
        },
      );
    });
  }

  get remoteAddress(): string {
    return this.#pipe.remoteAddress;
  }

  get peerFingerprint(): string {
    return this.#pipe.peerFingerprint;
  }

  get peerCertificate(): Uint8Array {
    return this.#pipe.peerCertificate;
  }

  get isLoggedIn(): boolean {
    return this.#login.isOpen;
  }

  get lastHeardMs(): number {
    return this.#keepAlive.heardMs;
  }

  get bytesWritten(): number {
    return this.#pipe.bytesWritten;
  }

  get bytesRead(): number {
    return this.#pipe.bytesRead;
  }

  shareRate(incoming: TokenBucket, outgoing: TokenBucket): void {
    this.#reading.limitBy(incoming);
    this.writer.limitBy(outgoing);
  }

  markLoggedIn(): void {
    this.#login.open();
  }

  onStream(callback: (stream: Stream, first: Message) => void): void {
    this.#onStream = callback;
  }

  openStream(first: Message): Stream {
    if (this.#isOver) throw this.#reason ?? closedHere();
    const type = streamTypeOf(kindOf(first));
    const id = this.#lastStreamId + 2;
    if (type === undefined || this.side !== 'client' || !this.isLoggedIn) {
      throw new RbError('internal', `A "${first.t}" message cannot open a stream here and now.`);
    }
    // Stream 0 is in the map as well.
    if (this.#streams.size > MAX_STREAMS || id > MAX_STREAM_ID) {
      throw new RbError('busy', 'Too much is being done on one connection.', { retry: true });
    }
    const stream = new FrameStream(id, type, this);
    stream.sendFirst(first);
    this.#streams.set(id, stream);
    this.#lastStreamId = id;
    return stream;
  }

  close(reason?: RbError): void {
    if (this.#isOver) return;
    this.#finish(reason ?? null, reason !== undefined);
    if (reason !== undefined) {
      const { code, message } = reason;
      this.writer.sendControl('goaway', encodeReason({ code, message }));
    }
    this.writer.whenEmpty(() => this.#pipe.end());
    this.#timer = this.#clock.setTimeout(() => this.#destroy(), CLOSE_WITHIN_MS);
  }

  inboxChanged(byBytes: number): void {
    this.#inboxBytes += byBytes;
    if (byBytes < 0 && this.#reading.has('inbox') && !this.#isInboxFull())
      this.#reading.open('inbox');
  }

  streamIsOver(stream: FrameStream): void {
    if (stream.id !== 0) this.#streams.delete(stream.id);
  }

  #receive(bytes: Uint8Array): void {
    this.#keepAlive.heard();
    // After the end reading goes on: with bytes unread the system would throw away our last words.
    if (this.#isOver) return;
    try {
      this.#login.count(bytes.length);
      this.#decoder.push(bytes);
    } catch (error) {
      return this.close(toRbError(error));
    }
    if (this.#isInboxFull()) this.#reading.shut('inbox');
    this.#reading.count(bytes.length);
  }

  #isInboxFull(): boolean {
    return isTooMuch(this.#inboxBytes, this.#streams.values());
  }

  #sink(): FrameSink {
    return {
      message: (id, payload) => this.#onMessage(id, payload),
      bundleBegins: (id) => this.#find(id)?.checkBundle() ?? false,
      bundle: (id, record) => this.#onBundle(id, record),
      end: (id) => this.#find(id)?.receiveEnd(),
      fail: (id, payload) => this.#find(id)?.receiveFail(reasonOf(payload)),
      ping: (payload) => this.writer.sendControl('pong', payload.slice()),
      pong: () => undefined,
      goAway: (payload) => this.#giveUp(reasonOf(payload)),
    };
  }

  #onBundle(id: number, record: SharedLease): void {
    const stream = this.#find(id);
    if (stream === undefined) record.release();
    else stream.receive({ t: '#bundle', record }, record.bytes.length);
  }

  #onMessage(id: number, payload: Uint8Array): void {
    if (this.#isOver) return;
    if (this.side === 'hub' && id > Math.max(0, this.#lastStreamId)) {
      return this.#onOpening(id, decodeMessage(payload));
    }
    const stream = this.#find(id);
    if (stream !== undefined) stream.receive(decodeMessage(payload), payload.length);
  }

  #onOpening(id: number, first: Message): void {
    const type = streamTypeOf(kindOf(first));
    if (type === undefined || id % 2 === 0 || !this.isLoggedIn) {
      throw new RbError('protocol', `The client opened stream ${id} with "${first.t}".`);
    }
    if (this.#streams.size > MAX_STREAMS) {
      throw new RbError('protocol', `The client opened more than ${MAX_STREAMS} streams.`);
    }
    const stream = new FrameStream(id, type, this);
    stream.opened(first, 'client');
    this.#streams.set(id, stream);
    this.#lastStreamId = id;
    if (this.#onStream === null) stream.fail(new RbError('unsupported', 'Nobody answers here.'));
    else this.#onStream(stream, first);
  }

  /** The stream, or undefined for one that is over: what was on its way is skipped. @throws RbError `protocol` */
  #find(id: number): FrameStream | undefined {
    const stream = this.#streams.get(id);
    if (stream !== undefined || this.#isOver) return stream;
    if (id % 2 === 1 && id <= this.#lastStreamId) return undefined;
    throw new RbError('protocol', `The other side spoke on stream ${id}, which was never opened.`);
  }

  /** The connection is over for everyone who uses it; `drop`: so is what is queued. */
  #finish(reason: RbError | null, drop: boolean): void {
    this.#isOver = true;
    this.#reason = reason;
    this.#keepAlive.stop();
    this.#login.open();
    this.#reading.close();
    this.#decoder.close();
    const told = reason ?? closedHere();
    for (const stream of this.#streams.values()) stream.connectionEnded(told, drop);
  }

  #giveUp(reason: RbError): void {
    if (!this.#isOver) this.#finish(reason, true);
    this.#destroy();
  }

  #destroy(): void {
    this.#timer?.cancel();
    this.writer.close();
    this.#pipe.destroy();
  }
}
