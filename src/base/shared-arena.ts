/** Memory that all threads of the process see, handed out in leases and used again: no copy and no garbage a hop. */

import assert from 'node:assert';

import { copyBytes } from './bytes.ts';

/** Leases begin at multiples of this: whole cache lines, and few different lengths of gaps. */
const STEP_BYTES = 4096;

/** Where bytes lie, as it travels to another thread by `postMessage`: nothing is copied or handed over. */
export type SharedRange = {
  readonly memory: SharedArrayBuffer;
  readonly at: number;
  readonly length: number;
};

/** A view on what a range names. Whoever sent it must keep its lease until it is told that the view isn't needed. */
export function viewOf({ memory, at, length }: SharedRange): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(memory, at, length);
}

/**
 * Some bytes of shared memory that someone holds. Begins with one holder. When the last one has let go the
 * memory is given to others: views on it must not be used any more.
 */
export class SharedLease {
  #bytes: Uint8Array<SharedArrayBuffer>;
  /** Where the leased memory begins, which may be before `bytes`. */
  readonly #start: number;
  readonly #giveBack: ((keptBytes: number) => void) | null;
  #holders = 1;

  /** @param giveBack - all but the first `keptBytes`; 0 comes last, and once. null: the memory is nobody else's */
  constructor(
    bytes: Uint8Array<SharedArrayBuffer>,
    giveBack: ((keptBytes: number) => void) | null,
  ) {
    this.#bytes = bytes;
    this.#start = bytes.byteOffset;
    this.#giveBack = giveBack;
  }

  get bytes(): Uint8Array<SharedArrayBuffer> {
    return this.#bytes;
  }

  /** The same for another thread. */
  get range(): SharedRange {
    const { buffer, byteOffset, length } = this.#bytes;
    return { memory: buffer, at: byteOffset, length };
  }

  /** Keeps only a part of the bytes; what lies behind it is given back at once. Nobody may use it any more. */
  narrow({ at, length }: SharedRange): this {
    const { buffer, byteOffset, length: before } = this.#bytes;
    assert(at >= byteOffset && at + length <= byteOffset + before, 'a part of a lease');
    this.#bytes = new Uint8Array(buffer, at, length);
    // Nothing kept means the last holder: a lease of nothing still counts as one.
    this.#giveBack?.(Math.max(1, at + length - this.#start));
    return this;
  }

  /** How many hold it. */
  get holders(): number {
    return this.#holders;
  }

  /** One more holder, who will `release` too. */
  retain(): this {
    assert(this.#holders > 0, 'a lease that was given back');
    this.#holders++;
    return this;
  }

  /** Lets go, once for each holder. */
  release(): void {
    assert(this.#holders > 0, 'a lease that was given back');
    if (--this.#holders === 0) this.#giveBack?.(0);
  }
}

type Gap = { at: number; bytes: number };

/**
 * A fixed stretch of shared memory. Leases are taken at the lowest address that has room, so that what was touched
 * once is touched again before anything new, and the process's memory stays as small as its busiest moment.
 */
export class SharedArena {
  readonly #memory: SharedArrayBuffer;
  /** In order of address; neighbours are merged. */
  readonly #gaps: Gap[];
  #usedBytes = 0;

  /** @param capacity - bytes of address space, of which memory is taken as it is touched; or the memory itself */
  constructor(capacity: number | SharedArrayBuffer) {
    this.#memory = typeof capacity === 'number' ? new SharedArrayBuffer(capacity) : capacity;
    this.#gaps = [{ at: 0, bytes: this.#memory.byteLength }];
  }

  /** Bytes of all leases of this arena, rounded up. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  get capacityBytes(): number {
    return this.#memory.byteLength;
  }

  /**
   * Bytes that may hold anything. Where no gap is long enough they lie in memory of their own, which goes
   * with its last view: how much is held at a time is bounded by who takes, not here.
   */
  take(length: number): SharedLease {
    return (
      this.takeInside(length) ??
      new SharedLease(new Uint8Array(new SharedArrayBuffer(length)), null)
    );
  }

  /** The same, but null where no gap is long enough. */
  takeInside(length: number): SharedLease | null {
    let held = roundUp(length);
    const index = this.#gaps.findIndex((gap) => gap.bytes >= held);
    const gap = this.#gaps[index];
    if (gap === undefined) return null;
    const { at } = gap;
    gap.at += held;
    gap.bytes -= held;
    if (gap.bytes === 0) this.#gaps.splice(index, 1);
    this.#usedBytes += held;
    return new SharedLease(new Uint8Array(this.#memory, at, length), (keptBytes) => {
      const kept = keptBytes === 0 ? 0 : roundUp(keptBytes);
      if (kept < held) this.#free(at + kept, held - kept);
      held = kept;
    });
  }

  #free(at: number, bytes: number): void {
    this.#usedBytes -= bytes;
    let index = this.#gaps.findIndex((gap) => gap.at > at);
    if (index === -1) index = this.#gaps.length;
    const before = this.#gaps[index - 1];
    const after = this.#gaps[index];
    const joinsBefore = before !== undefined && before.at + before.bytes === at;
    const joinsAfter = after !== undefined && at + bytes === after.at;
    if (joinsBefore && joinsAfter) {
      before.bytes += bytes + after.bytes;
      this.#gaps.splice(index, 1);
    } else if (joinsBefore) {
      before.bytes += bytes;
    } else if (joinsAfter) {
      after.at = at;
      after.bytes += bytes;
    } else {
      this.#gaps.splice(index, 0, { at, bytes });
    }
  }
}

function roundUp(length: number): number {
  return Math.max(STEP_BYTES, Math.ceil(length / STEP_BYTES) * STEP_BYTES);
}

/** A lease on a copy of some bytes, for those who have them elsewhere. */
export function leaseCopy(bytes: Uint8Array, arena?: SharedArena): SharedLease {
  const lease =
    arena?.take(bytes.length) ??
    new SharedLease(new Uint8Array(new SharedArrayBuffer(bytes.length)), null);
  copyBytes(bytes, lease.bytes, 0);
  return lease;
}
