/** Puts the frames of all streams of a connection in a fair order and into the pipe, in batches. */

import type { Clock, Timer } from '../base/clock.ts';
import { FRAME_HEADER_BYTES, encodeFrameHeader } from '../wire/frame.ts';
import type { FrameType } from '../wire/frame.ts';
import { FRAME_PAYLOAD_BYTES, MAX_ASSEMBLIES } from '../wire/wire-limits.ts';
import type { Item, Outbox } from './outbox.ts';
import type { Pipe } from './pipe.ts';
import type { TokenBucket } from './token-bucket.ts';

/** One write holds about this much. */
const BATCH_BYTES = 256 * 1024;
/** No further write while the system hasn't taken this much: what is in flight can't be overtaken by a ping. */
const IN_FLIGHT_BYTES = 512 * 1024;
/** Bundles begun and unfinished; a message in fragments, which isn't interrupted, may be the fourth. */
const MAX_BEGUN: number = MAX_ASSEMBLIES - 1;
/** With a limited rate, frames are small enough that others wait no longer than this for one of them. */
const FRAMES_PER_SEC = 20;
const LEAST_FRAME_BYTES = 4096;

/**
 * The order: pings first, then streams whose next is a message, END or FAIL, in turn; then streams whose next is a
 * bundle, a frame each in turn. Within a stream nothing overtakes. Holds what its outboxes hold and
 * {@link IN_FLIGHT_BYTES} plus a batch.
 */
export class Writer {
  readonly #pipe: Pipe;
  readonly #clock: Clock;
  readonly #bucket: TokenBucket | null;
  readonly #frameBytes: number;
  #control: Uint8Array[] = [];
  #light: Outbox[] = [];
  #heavy: Outbox[] = [];
  #begun: Outbox[] = [];
  #inFlightBytes = 0;
  #isScheduled = false;
  #pace: Timer | null = null;
  #whenEmpty: (() => void) | null = null;
  #isClosed = false;

  constructor(pipe: Pipe, clock: Clock, bucket: TokenBucket | null) {
    this.#pipe = pipe;
    this.#clock = clock;
    this.#bucket = bucket;
    const fair = bucket === null ? FRAME_PAYLOAD_BYTES : bucket.bytesPerSec / FRAMES_PER_SEC;
    this.#frameBytes = Math.floor(Math.min(FRAME_PAYLOAD_BYTES, Math.max(LEAST_FRAME_BYTES, fair)));
  }

  /** A frame of stream 0 that goes ahead of everything, whatever the rate. */
  sendControl(type: FrameType, payload: Uint8Array): void {
    this.#control.push(header(type, 0, payload.length, false), payload);
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
    while (!this.#isClosed && this.#inFlightBytes < IN_FLIGHT_BYTES) {
      const pieces: Uint8Array[] = [];
      const bytes = this.#fill(pieces);
      if (bytes === 0) break;
      this.#bucket?.take(bytes);
      this.#inFlightBytes += bytes;
      this.#pipe.write(pieces, () => {
        this.#inFlightBytes -= bytes;
        this.#flush();
      });
    }
    if (this.#whenEmpty === null || this.#inFlightBytes > 0 || this.#hasMore()) return;
    const callback = this.#whenEmpty;
    this.#whenEmpty = null;
    callback();
  }

  #fill(pieces: Uint8Array[]): number {
    let bytes = 0;
    for (const piece of this.#control) {
      pieces.push(piece);
      bytes += piece.length;
    }
    this.#control = [];
    const mostBytes = this.#bucket === null ? BATCH_BYTES : this.#frameBytes;
    while (bytes < mostBytes && !this.#mustWait()) {
      const light = this.#light.shift();
      if (light !== undefined) {
        bytes += this.#takeLight(light, pieces);
        continue;
      }
      const heavy = this.#nextHeavy();
      if (heavy === undefined) break;
      bytes += this.#takeHeavy(heavy, pieces);
    }
    return bytes;
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
  #takeLight(outbox: Outbox, pieces: Uint8Array[]): number {
    const item = outbox.head;
    if (item === undefined || item.type === 'bundle') return 0;
    let written = 0;
    if (item.type === 'end') {
      pieces.push(header('end', outbox.stream, 0, false));
      written = FRAME_HEADER_BYTES;
    } else {
      for (let at = 0; at < item.bytes.length; at += FRAME_PAYLOAD_BYTES) {
        const payload = item.bytes.subarray(at, at + FRAME_PAYLOAD_BYTES);
        const more = at + payload.length < item.bytes.length;
        pieces.push(header(item.type, outbox.stream, payload.length, more), payload);
        written += FRAME_HEADER_BYTES + payload.length;
      }
    }
    outbox.sent(item.type === 'end' ? 0 : item.bytes.length);
    outbox.shift();
    if (outbox.head !== undefined) this.#enlist(outbox);
    return written;
  }

  #nextHeavy(): Outbox | undefined {
    while (this.#begun.length < MAX_BEGUN) {
      const next = this.#heavy.shift();
      if (next === undefined) break;
      this.#begun.push(next);
    }
    return this.#begun.shift();
  }

  /** One frame of a bundle, not copied. */
  #takeHeavy(outbox: Outbox, pieces: Uint8Array[]): number {
    const item = outbox.head;
    if (item?.type !== 'bundle') return 0;
    const payload = item.bytes.subarray(item.sentBytes, item.sentBytes + this.#frameBytes);
    item.sentBytes += payload.length;
    const more = item.sentBytes < item.bytes.length;
    pieces.push(header('bundle', outbox.stream, payload.length, more), payload);
    if (more) {
      this.#begun.push(outbox);
    } else {
      outbox.shift();
      if (outbox.head !== undefined) this.#enlist(outbox);
    }
    outbox.sent(payload.length);
    return FRAME_HEADER_BYTES + payload.length;
  }
}

function header(type: FrameType, stream: number, payloadBytes: number, more: boolean): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES);
  encodeFrameHeader(bytes, 0, { type, stream, payloadBytes, more });
  return bytes;
}
