import { RbError } from '../base/errors.ts';
import type { SharedLease } from '../base/shared-arena.ts';
import { checkRecordLength, encodeMessage, encodeReason } from '../wire/codec.ts';
import { kindOf } from '../wire/messages.ts';
import type { Incoming, Message } from '../wire/messages.ts';
import { StreamState } from '../wire/states.ts';
import type { StreamType } from '../wire/states.ts';
import type { Side } from '../wire/state-tables.ts';
import { Inbox, letGo } from './inbox.ts';
import { Outbox } from './outbox.ts';
import type { Sendable } from './outbox.ts';
import type { Stream } from './transport.ts';
import type { Writer } from './writer.ts';

/** What a stream needs of its connection. */
export interface StreamOwner {
  readonly side: Side;
  readonly writer: Writer;
  /** Unfetched bytes of this stream changed by so much. */
  inboxChanged(byBytes: number): void;
  /** The stream is over both ways and everything of it was given to the pipe. */
  streamIsOver(stream: FrameStream): void;
  /** Stream 0 was ended or failed: with it the connection. */
  close(reason?: RbError): void;
}

type Fetcher = {
  readonly resolve: (incoming: Incoming | null) => void;
  readonly reject: (error: RbError) => void;
};

/** {@link Stream} on frames; the methods below the line are its connection's. */
export class FrameStream implements Stream {
  readonly id: number;
  readonly closed: Promise<RbError | null>;
  readonly #owner: StreamOwner;
  readonly #state: StreamState;
  readonly #outbox: Outbox;
  #resolveClosed!: (reason: RbError | null) => void;
  readonly #inbox: Inbox;
  #fetcher: Fetcher | null = null;
  #failure: RbError | null = null;
  #isOver = false;
  #isLastWritten = false;

  constructor(id: number, type: StreamType, owner: StreamOwner) {
    this.id = id;
    this.#owner = owner;
    this.#state = new StreamState(type);
    this.#inbox = new Inbox((byBytes) => owner.inboxChanged(byBytes));
    this.#outbox = new Outbox(id, () => {
      this.#isLastWritten = true;
      this.#checkOver();
    });
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
  }

  send(message: Message): Promise<void> {
    try {
      this.#checkSendable();
      const bytes = encodeMessage(message);
      this.#state.on(this.#owner.side, kindOf(message));
      this.#owner.writer.add(this.#outbox, { type: 'message', bytes });
    } catch (error) {
      return rejected(error);
    }
    return this.#outbox.belowHighWater();
  }

  sendBundle(bytes: SharedLease | Uint8Array): Promise<void> {
    const record: Sendable =
      bytes instanceof Uint8Array ? { bytes, release: () => undefined } : bytes;
    try {
      this.#checkSendable();
      checkRecordLength(record.bytes);
      this.#state.on(this.#owner.side, 'bundle');
      this.#owner.writer.add(this.#outbox, { type: 'bundle', record, sentBytes: 0 });
    } catch (error) {
      record.release();
      return rejected(error);
    }
    return this.#outbox.belowHighWater();
  }

  next(): Promise<Incoming | null> {
    const first = this.#inbox.shift();
    if (first !== undefined) return Promise.resolve(first);
    if (this.#failure !== null) return rejected(this.#failure);
    if (this.#state.hasEnded(other(this.#owner.side))) return Promise.resolve(null);
    if (this.#fetcher !== null) {
      return rejected(new RbError('internal', 'A stream was read by two at the same time.'));
    }
    const promise = new Promise<Incoming | null>((resolve, reject) => {
      this.#fetcher = { resolve, reject };
    });
    promise.catch(() => undefined);
    return promise;
  }

  end(): void {
    if (this.id === 0) return this.#owner.close();
    if (this.#isOver || this.#failure !== null || this.#state.hasEnded(this.#owner.side)) return;
    this.#state.end(this.#owner.side);
    this.#owner.writer.add(this.#outbox, { type: 'end' });
  }

  fail(error: RbError): void {
    if (this.id === 0) return this.#owner.close(error);
    this.#inbox.drop();
    if (this.#isOver || this.#failure !== null) return;
    this.#stop(error);
    const bytes = encodeReason({ code: error.code, message: error.message });
    this.#owner.writer.add(this.#outbox, { type: 'fail', bytes });
  }

  // ---------------------------------------------------------------- the connection's

  /** Unfetched bytes of this stream. */
  get inboxBytes(): number {
    return this.#inbox.bytes;
  }

  /** Whether a bundle may come now: asked before memory is set aside for it. @throws RbError `protocol` */
  checkBundle(): boolean {
    if (this.#failure !== null) return false;
    if (this.#state.allows(other(this.#owner.side), 'bundle')) return true;
    throw new RbError('protocol', `The other side sent a bundle on a ${this.#state.type} stream.`);
  }

  /** The message that opened the stream, which isn't fetched. */
  opened(first: Message, by: Side): void {
    this.#state.on(by, kindOf(first));
  }

  /** At the opening side: the same, and it is sent. */
  sendFirst(first: Message): void {
    const bytes = encodeMessage(first);
    this.#state.on(this.#owner.side, kindOf(first));
    this.#owner.writer.add(this.#outbox, { type: 'message', bytes });
  }

  /** @param wireBytes - what it took, for the bound. @throws RbError `protocol` */
  receive(incoming: Incoming, wireBytes: number): void {
    if (this.#failure !== null) return letGo(incoming);
    try {
      this.#state.on(other(this.#owner.side), kindOf(incoming));
    } catch (error) {
      letGo(incoming);
      throw error;
    }
    if (this.#fetcher !== null) {
      const fetcher = this.#fetcher;
      this.#fetcher = null;
      fetcher.resolve(incoming);
      return;
    }
    this.#inbox.add(incoming, wireBytes);
  }

  /** @throws RbError `protocol` */
  receiveEnd(): void {
    if (this.#failure !== null) return;
    this.#state.end(other(this.#owner.side));
    this.#fetcher?.resolve(null);
    this.#fetcher = null;
    this.#checkOver();
  }

  receiveFail(error: RbError): void {
    const isCut = this.#outbox.isAmidBundle;
    if (this.#failure === null) this.#stop(error);
    if (isCut) {
      // The other side holds the beginning of a bundle and has to learn that the rest won't come.
      const bytes = encodeReason({ code: error.code, message: '' });
      this.#owner.writer.add(this.#outbox, { type: 'fail', bytes });
      return;
    }
    this.#isLastWritten = true;
    this.#checkOver();
  }

  /** The connection is over. What has arrived can still be fetched; what is queued is written unless `drop`. */
  connectionEnded(error: RbError, drop: boolean): void {
    if (this.#failure === null) this.#stop(error, drop);
    this.#isLastWritten = true;
    this.#checkOver();
  }

  #checkSendable(): void {
    if (this.#failure !== null) throw this.#failure;
    if (this.#state.hasEnded(this.#owner.side)) {
      throw new RbError('protocol', 'Something was to be sent on a stream after its end.');
    }
  }

  #stop(error: RbError, dropsQueue: boolean = true): void {
    this.#failure = error;
    this.#inbox.release();
    if (dropsQueue) {
      this.#outbox.clear(error);
      this.#owner.writer.remove(this.#outbox);
    }
    this.#fetcher?.reject(error);
    this.#fetcher = null;
  }

  #checkOver(): void {
    if (this.#isOver || !this.#isLastWritten) return;
    if (this.#failure === null && !this.#state.isOver) return;
    this.#isOver = true;
    this.#inbox.release();
    this.#resolveClosed(this.#failure);
    this.#owner.streamIsOver(this);
  }
}

function other(side: Side): Side {
  return side === 'client' ? 'hub' : 'client';
}

/** A rejection that needs nobody to look at it: streams say why they ended in `closed` as well. */
function rejected(error: unknown): Promise<never> {
  const promise = Promise.reject(error);
  promise.catch(() => undefined);
  return promise;
}
