import assert from 'node:assert';

import { CUT_RULE } from '../model/chunking.ts';
import type { CutRule } from '../model/chunking.ts';
import { loadGear } from './gear.ts';
import type { Gear } from './gear.ts';

/** How far back the hash of a place reaches. */
const REACH_BYTES = 64;
/** Small enough that what was read is still in the second-level cache when it is judged. */
const DEFAULT_READ_BYTES = 512 * 1024;
/** Room behind a longest chunk: what is left of a window is moved to its front once in so many bytes. */
const SLACK_BYTES = 4 * 1024 * 1024;

/** Reads up to `bytes` bytes into `window` from `at` on, like `readSync`; returns how many, 0 at the end. */
export type ReadInto = (window: Buffer, at: number, bytes: number) => number;

/**
 * Cuts data into chunks by its content, as docs/spec/chunking.md says. It owns a window in WebAssembly memory
 * that the caller reads files into; nothing is copied on the way from `readSync` to the hash of a chunk, and
 * the window (about 8 MiB) is all the memory it ever takes. One stream of data at a time; not for sharing.
 */
export class Cutter {
  /** The bytes to cut. The memory never moves or grows: views on it stay valid until it is written again. */
  readonly window: Buffer;
  readonly #rule: CutRule;
  readonly #readBytes: number;
  readonly #gear: Gear;
  /** Lengths of the chunk in progress that were judged already and are no end. */
  #judgedBytes = 0;

  /** @param readBytes how much {@link cut} reads at a time */
  constructor(rule: CutRule = CUT_RULE, readBytes: number = DEFAULT_READ_BYTES) {
    assert(
      REACH_BYTES <= rule.minBytes &&
        rule.minBytes <= rule.normalBytes &&
        rule.normalBytes <= rule.maxBytes,
    );
    assert(readBytes > 0 && readBytes <= SLACK_BYTES);
    this.#rule = rule;
    this.#readBytes = readBytes;
    this.#gear = loadGear(rule.maxBytes + SLACK_BYTES);
    this.window = this.#gear.window;
  }

  /**
   * The chunks of one stream of data, each as a view on the window that is valid until the next is asked for:
   * hash it, and copy it out if it is wanted. Their concatenation is the data; no data gives no chunk.
   * A `read` that throws ends the stream.
   */
  *cut(read: ReadInto): Generator<Buffer, void, void> {
    this.reset();
    let from = 0;
    let to = 0;
    let isLast = false;
    for (;;) {
      const end = this.next(from, to, isLast);
      if (end !== -1) {
        yield this.window.subarray(from, end);
        from = end;
        continue;
      }
      if (isLast) return;
      if (to + this.#readBytes > this.window.length) {
        this.window.copyWithin(0, from, to);
        to -= from;
        from = 0;
      }
      const got = read(this.window, to, this.#readBytes);
      assert(got >= 0 && got <= this.#readBytes, 'a read returned more than was asked for');
      isLast = got === 0;
      to += got;
    }
  }

  /**
   * Where the chunk that begins at `from` ends, or -1 if that can't be said before more bytes than up to `to`
   * are there, or if there are none. After a -1 the next call must be for the same chunk, with more bytes
   * behind it or `isLast`, perhaps moved within the window: no byte is judged twice.
   *
   * @param isLast nothing comes after `to`: what is left is a chunk
   */
  next(from: number, to: number, isLast: boolean): number {
    const { minBytes, normalBytes, maxBytes, strictBits, looseBits } = this.#rule;
    const bytes = to - from;
    let length = this.#firstEnd(from, minBytes, Math.min(bytes + 1, normalBytes), strictBits);
    if (length === 0)
      length = this.#firstEnd(from, normalBytes, Math.min(bytes + 1, maxBytes), looseBits);
    if (length === 0 && bytes >= maxBytes) length = maxBytes;
    if (length === 0 && isLast) length = bytes;
    this.#judgedBytes = length === 0 ? Math.max(this.#judgedBytes, bytes) : 0;
    return length === 0 ? -1 : from + length;
  }

  /** Forgets the chunk in progress. */
  reset(): void {
    this.#judgedBytes = 0;
  }

  /** The first length in [shortest, beyond) that ends the chunk and was not judged before, or 0. */
  #firstEnd(from: number, shortest: number, beyond: number, bits: number): number {
    const first = Math.max(shortest, this.#judgedBytes + 1);
    if (first >= beyond) return 0;
    const place = this.#gear.scan(from + first, from + beyond, bits);
    return place === -1 ? 0 : place - from;
  }
}
