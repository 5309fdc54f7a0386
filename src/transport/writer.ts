/** Puts the frames of all streams of a connection in a fair order and into the pipe, in batches. */

import type { Clock, Timer } from '../base/clock.ts';
import type { FrameType } from '../wire/frame.ts';
import { FRAME_PAYLOAD_BYTES, MAX_ASSEMBLIES } from '../wire/wire-limits.ts';
import { BATCH_BYTES, Batch } from './batch.ts';
import type { Item, Outbox } from './outbox.ts';
import type { Pipe } from './pipe.ts';
import type { TokenBucket } from './token-bucket.ts';

/** Bundles begun and unfinished; a message in fragments, which isn't interrupted, may be the fourth. */
const MAX_BEGUN: number = MAX_ASSEMBLIES - 1;
/** With a limited rate, frames are small enough that others wait no longer than this for one of them. */
const FRAMES_PER_SEC = 20;
const LEAST_FRAME_BYTES = 4096;
const NOTHING = new Uint8Array(0);

/**
 * The order: pings first, then streams whose next is a message, END or FAIL, in turn; then streams whose next is a
 * bundle, a frame each in turn. Within a stream nothing overtakes. Holds what its outboxes hold and
 * one batch, which can't be overtaken by a ping: another one at the
 * same time would lie in Node's own queue, which joins what it holds into a new array buffer.
 */
export class Writer {
  readonly #pipe: Pipe;
  readonly #clock: Clock;
  #bucket: TokenBucket | null = null;
  #frameBytes: number = FRAME_PAYLOAD_BYTES;
  #control: { readonly type: FrameType; readonly payload: Uint8Array }[] = [];
  #light: Outbox[] = [];
  #heavy: Outbox[] = [];
  #begun: Outbox[] = [];
  #isWriting = false;
  #isScheduled = false;
  #pace: Timer | null = null;
  #whenEmpty: (() => void) | null = null;
  #isClosed = false;
  #saidMs: number;

  constructor(pipe: Pipe, clock: Clock, bucket: TokenBucket | null) {
    this.#pipe = pipe;
    this.#clock = clock;
    this.#saidMs = clock.monotonicMs();
    if (bucket !== null) this.limitBy(bucket);
  }

  /** From here on it keeps to this rate. */
  limitBy(bucket: TokenBucket): void {
    this.#bucket = bucket;
    const fair = bucket.bytesPerSec / FRAMES_PER_SEC;
    this.#frameBytes = Math.floor(Math.min(FRAME_PAYLOAD_BYTES, Math.max(LEAST_FRAME_BYTES, fair)));
  }

  /** When the system took something last, by the clock's `monotonicMs`; now, while it is taking. */
  get saidMs(): number {
    return this.#isWriting ? this.#clock.monotonicMs() : this.#saidMs;
  }

  /** A frame of stream 0 that goes ahead of everything, whatever the rate. */
  sendControl(type: FrameType, payload: Uint8Array): void {
    this.#control.push({ type, payload });
    this.#schedule();
  }

  /** Adds to an outbox and sees to it that it is written. */
  add(outbox: Outbox, item: Item): void {
    const wasEmpty = outbox.head === undefined;
    outbox.add(item);
    if (wasEmpty) this.#enlist(outbox);
    this.#schedule();
  }

  /** Forgets an outbox that was cleared. */
  remove(outbox: Outbox): void {
    this.#light = this.#light.filter((one) => one !== outbox);
    this.#heavy = this.#heavy.filter((one) => one !== outbox);
    this.#begun = this.#begun.filter((one) => one !== outbox);
  }

  /** Calls back when everything was taken by the system; at most one caller. */
  whenEmpty(callback: () => void): void {
    this.#whenEmpty = callback;
    this.#schedule();
  }

  /** Writes nothing more. */
  close(): void {
    this.#isClosed = true;
    this.#pace?.cancel();
    this.#control = [];
    this.#light = [];
    this.#heavy = [];
    this.#begun = [];
  }

  #enlist(outbox: Outbox): void {
    if (outbox.head?.type === 'bundle') this.#heavy.push(outbox);
    else this.#light.push(outbox);
  }

  /** What is sent within one turn of the loop goes into one write. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    while (!this.#isClosed && !this.#isWriting && this.#hasMore()) {
      const batch = new Batch();
      this.#fill(batch);
      const bytes = batch.length;
      if (bytes === 0) {
        batch.recycle();
        break;
      }
      this.#bucket?.take(bytes);
      this.#isWriting = true;
      this.#pipe.write(batch.bytes, () => {
        batch.recycle();
        this.#isWriting = false;
        this.#saidMs = this.#clock.monotonicMs();
        this.#flush();
      });
    }
    if (this.#whenEmpty === null || this.#isWriting || this.#hasMore()) return;
    const callback = this.#whenEmpty;
    this.#whenEmpty = null;
    callback();
  }

  #fill(batch: Batch): void {
    for (const { type, payload } of this.#control)
      batch.add({ type, stream: 0, more: false }, payload);
    this.#control = [];
    const mostBytes = this.#bucket === null ? BATCH_BYTES : this.#frameBytes;
    while (batch.length < mostBytes && !this.#mustWait()) {
      const light = this.#light.shift();
      if (light !== undefined) {
        this.#takeLight(light, batch);
        continue;
      }
      const heavy = this.#nextHeavy();
      if (heavy === undefined) break;
      this.#takeHeavy(heavy, batch);
    }
  }

  #hasMore(): boolean {
    return this.#light.length + this.#heavy.length + this.#begun.length + this.#control.length > 0;
  }

  /** Whether the rate forbids more at this moment; then a timer goes on. */
  #mustWait(): boolean {
    if (this.#bucket === null || !this.#hasMore()) return false;
    const waitMs = this.#bucket.waitMs();
    if (waitMs === 0) return false;
    this.#pace ??= this.#clock.setTimeout(() => {
      this.#pace = null;
      this.#flush();
    }, waitMs);
    return true;
  }

  /** A message with all its fragments, an END or a FAIL. */
  #takeLight(outbox: Outbox, batch: Batch): void {
    const item = outbox.head;
    if (item === undefined || item.type === 'bundle') return;
    const { stream } = outbox;
    if (item.type === 'end') {
      batch.add({ type: 'end', stream, more: false }, NOTHING);
    } else {
      for (let at = 0; at < item.bytes.length; at += FRAME_PAYLOAD_BYTES) {
        const payload = item.bytes.subarray(at, at + FRAME_PAYLOAD_BYTES);
        const more = at + payload.length < item.bytes.length;
        batch.add({ type: item.type, stream, more }, payload);
      }
    }
    outbox.sent(item.type === 'end' ? 0 : item.bytes.length);
    outbox.shift();
    if (outbox.head !== undefined) this.#enlist(outbox);
  }

  #nextHeavy(): Outbox | undefined {
    while (this.#begun.length < MAX_BEGUN) {
      const next = this.#heavy.shift();
      if (next === undefined) break;
      this.#begun.push(next);
    }
    return this.#begun.shift();
  }

  /** One frame of a bundle. */
  #takeHeavy(outbox: Outbox, batch: Batch): void {
    const item = outbox.head;
    if (item?.type !== 'bundle') return;
    const { bytes } = item.record;
    const payload = bytes.subarray(item.sentBytes, item.sentBytes + this.#frameBytes);
    item.sentBytes += payload.length;
    const more = item.sentBytes < bytes.length;
    batch.add({ type: 'bundle', stream: outbox.stream, more }, payload);
    if (more) {
      this.#begun.push(outbox);
    } else {
      outbox.shift();
      if (outbox.head !== undefined) this.#enlist(outbox);
    }
    outbox.sent(payload.length);
  }
}
