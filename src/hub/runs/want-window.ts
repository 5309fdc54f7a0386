import { RbError } from '../../base/errors.ts';
import type { Bundle } from '../../model/bundle.ts';
import { LIMITS } from '../../model/limits.ts';
import type { Offer } from '../../wire/messages-backup.ts';
import { chunkKey } from './chunk-key.ts';

/** Plain bytes that a run may have wanted and the vault not yet accepted: bounds the hub's memory for a run. */
export const WINDOW_BYTES: number = 32 * 1024 * 1024;
/** The same for very small chunks, whose bookkeeping is larger than they are. */
export const WINDOW_CHUNKS = 65_536;

/** An offer that was compared with what is there. */
export type Wants = {
  /** Bit i, lowest first: the i-th chunk of the offer is wanted. */
  readonly bits: Uint8Array;
  readonly keys: readonly string[];
  readonly lengths: readonly number[];
  readonly bytes: number;
};

/**
 * What a run has wanted of its origin and not got yet. Room comes back when a chunk is in the vault, not when it
 * arrives, so that an origin is never asked for more than the vault can take.
 */
export class WantWindow {
  readonly #has: (id: Uint8Array) => boolean;
  /** Asked for; the plain length as the origin gave it. */
  readonly #wanted = new Map<string, number>();
  /** Arrived, being checked and written. */
  readonly #arriving = new Map<string, number>();
  #bytes = 0;

  constructor(has: (id: Uint8Array) => boolean) {
    this.#has = has;
  }

  get isEmpty(): boolean {
    return this.#wanted.size === 0 && this.#arriving.size === 0;
  }

  /** Plain bytes wanted and not yet in the vault. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a chunk was wanted and isn't in the vault yet. */
  isComing(id: Uint8Array): boolean {
    const key = chunkKey(id);
    return this.#wanted.has(key) || this.#arriving.has(key);
  }

  /**
   * Which chunks of an offer are wanted: those that are neither in the vault nor on their way.
   * @throws RbError `too-large` if they alone are more than the window
   */
  compare(offer: Offer): Wants {
    const bits = new Uint8Array(Math.ceil(offer.lengths.length / 8));
    const keys: string[] = [];
    const lengths: number[] = [];
    const inOffer = new Set<string>();
    let bytes = 0;
    for (const [i, length] of offer.lengths.entries()) {
      const id = offer.ids.subarray(i * LIMITS.idBytes, (i + 1) * LIMITS.idBytes);
      if (this.#has(id)) continue;
      const key = chunkKey(id);
      if (inOffer.has(key) || this.#wanted.has(key) || this.#arriving.has(key)) continue;
      inOffer.add(key);
      bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
      keys.push(key);
      lengths.push(length);
      bytes += length;
    }
    if (bytes > WINDOW_BYTES) {
      throw new RbError(
        'too-large',
        `One offer is of ${bytes} new bytes; ${WINDOW_BYTES} are allowed.`,
      );
    }
    return { bits, keys, lengths, bytes };
  }

  /** Whether there is room for these wants now. */
  fits(wants: Wants): boolean {
    const isSmall = this.#wanted.size + this.#arriving.size + wants.keys.length <= WINDOW_CHUNKS;
    return wants.keys.length === 0 || (isSmall && this.#bytes + wants.bytes <= WINDOW_BYTES);
  }

  /** The chunks are asked for from here on. */
  open(wants: Wants): void {
    for (const [i, key] of wants.keys.entries()) this.#wanted.set(key, wants.lengths[i] as number);
    this.#bytes += wants.bytes;
  }

  /**
   * A bundle is here, not looked into yet.
   * @throws RbError `protocol` unless it holds nothing but wanted chunks, in the lengths that were offered
   */
  arriving(bundle: Bundle): void {
    // A snapshot is the hub's to write: whoever could put one here could make up a commit.
    if (bundle.head.kind === 'snapshot')
      throw new RbError('protocol', 'An origin sent a snapshot.');
    for (const { id, bytes } of bundle.chunks) {
      const key = chunkKey(id);
      const offered = this.#wanted.get(key);
      if (offered === undefined)
        throw new RbError('protocol', 'A chunk came that nobody asked for.');
      if (offered !== bytes)
        throw new RbError('protocol', 'A chunk is not as long as it was offered.');
      this.#wanted.delete(key);
      this.#arriving.set(key, bytes);
    }
  }

  /** Its chunks are in the vault. */
  arrived(bundle: Bundle): void {
    for (const { id, bytes } of bundle.chunks) {
      this.#arriving.delete(chunkKey(id));
      this.#bytes -= bytes;
    }
  }
}
