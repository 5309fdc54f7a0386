/** Frames on their way into the pipe, gathered in one stretch of memory. */

import { copyBytes } from '../base/bytes.ts';
import { FRAME_HEADER_BYTES, encodeFrameHeader } from '../wire/frame.ts';
import type { FrameHeader } from '../wire/frame.ts';
import { FRAME_PAYLOAD_BYTES } from '../wire/wire-limits.ts';

/** A batch is written when it holds this much: 64 KiB cost the sender a third more in TLS, 512 KiB little less. */
export const BATCH_BYTES: number = 256 * 1024;
/** The last frame may begin just below that. */
const BUFFER_BYTES: number = BATCH_BYTES + FRAME_PAYLOAD_BYTES + FRAME_HEADER_BYTES;
/** Buffers that wait to be used again, of all connections. */
const MOST_SPARE = 8;

const spare: Uint8Array[] = [];

/**
 * TLS takes one stretch of memory as it is; of several it would make a copy of its own, which then is garbage. So frames
 * are copied once, into a buffer that is used again.
 */
export class Batch {
  #buffer: Uint8Array = spare.pop() ?? new Uint8Array(Buffer.allocUnsafeSlow(BUFFER_BYTES).buffer);
  #bytes = 0;

  /** How much is in it. */
  get length(): number {
    return this.#bytes;
  }

  /** What is in it; valid until `recycle`. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#bytes);
  }

  /** Adds a frame; `payload` is copied. */
  add(header: Omit<FrameHeader, 'payloadBytes'>, payload: Uint8Array): void {
    const end = this.#bytes + FRAME_HEADER_BYTES + payload.length;
    if (end > this.#buffer.length) this.#grow(end);
    encodeFrameHeader(this.#buffer, this.#bytes, { ...header, payloadBytes: payload.length });
    copyBytes(payload, this.#buffer, this.#bytes + FRAME_HEADER_BYTES);
    this.#bytes = end;
  }

  /** Gives the memory back; nothing may use the batch any more. */
  recycle(): void {
    const buffer = this.#buffer;
    this.#buffer = new Uint8Array(0);
    this.#bytes = 0;
    if (buffer.length === BUFFER_BYTES && spare.length < MOST_SPARE) spare.push(buffer);
  }

  /** Only for messages of many frames, which are rare. */
  #grow(leastBytes: number): void {
    const larger = new Uint8Array(Math.max(leastBytes, 2 * this.#buffer.length));
    larger.set(this.bytes);
    this.#buffer = larger;
  }
}
