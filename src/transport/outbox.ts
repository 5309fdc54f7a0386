import type { RbError } from '../base/errors.ts';

/** While more than this waits on a stream, `send` doesn't resolve. */
export const STREAM_HIGH_WATER_BYTES: number = 1024 * 1024;

/** A bundle record: a lease, or something that lies where it lies. */
export type Sendable = { readonly bytes: Uint8Array; release(): void };

/** Something to be sent on a stream. */
export type Item =
  | { readonly type: 'message'; readonly bytes: Uint8Array }
  | { readonly type: 'bundle'; readonly record: Sendable; sentBytes: number }
  | { readonly type: 'end' }
  | { readonly type: 'fail'; readonly bytes: Uint8Array };

type Waiter = { readonly resolve: () => void; readonly reject: (error: RbError) => void };

const DONE: Promise<void> = Promise.resolve();

/** What waits to be written on one stream, in order. */
export class Outbox {
  readonly stream: number;
  /** Called when END or FAIL was given to the pipe: nothing comes after it. */
  readonly #onLast: () => void;
  #items: Item[] = [];
  #bytes = 0;
  #waiters: Waiter[] = [];

  constructor(stream: number, onLast: () => void) {
    this.stream = stream;
    this.#onLast = onLast;
  }

  get head(): Item | undefined {
    return this.#items[0];
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the beginning of a bundle was written and the rest wasn't. */
  get isAmidBundle(): boolean {
    const item = this.head;
    return item?.type === 'bundle' && item.sentBytes > 0;
  }

  add(item: Item): void {
    this.#items.push(item);
    this.#bytes += sizeOf(item);
  }

  /** Counts off bytes of the head that were given to the pipe. */
  sent(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#bytes >= STREAM_HIGH_WATER_BYTES || this.#waiters.length === 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.resolve();
  }

  /** The head is done with. */
  shift(): void {
    const item = this.#items.shift();
    if (item?.type === 'bundle') item.record.release();
    if (item?.type === 'end' || item?.type === 'fail') this.#onLast();
  }

  /** Resolves when less than the high-water mark waits. Whoever doesn't look at it misses nothing. */
  belowHighWater(): Promise<void> {
    if (this.#bytes < STREAM_HIGH_WATER_BYTES) return DONE;
    const promise = new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }));
    promise.catch(() => undefined);
    return promise;
  }

  /** Drops what waits, and tells who waits for it. A bundle of which a part was written is dropped as well. */
  clear(error: RbError): void {
    for (const item of this.#items) if (item.type === 'bundle') item.record.release();
    this.#items = [];
    this.#bytes = 0;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(error);
  }
}

function sizeOf(item: Item): number {
  if (item.type === 'bundle') return item.record.bytes.length;
  return item.type === 'end' ? 0 : item.bytes.length;
}
