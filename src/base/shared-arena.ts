/** Memory that all threads of the process see, handed out in leases and used again: no copy and no garbage a hop. */

import assert from 'node:assert';

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
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly #giveBack: (() => void) | null;
  #holders = 1;

  /** @param giveBack - null: the memory is nobody else's */
  constructor(bytes: Uint8Array<SharedArrayBuffer>, giveBack: (() => void) | null) {
    this.bytes = bytes;
    this.#giveBack = giveBack;
  }

  /** The same for another thread. */
  get range(): SharedRange {
    const { buffer, byteOffset, length } = this.bytes;
    return { memory: buffer, at: byteOffset, length };
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
    if (--this.#holders === 0) this.#giveBack?.();
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

  /** @param capacityBytes - address space; memory is taken as it is touched */
  constructor(capacityBytes: number) {
    this.#memory = new SharedArrayBuffer(capacityBytes);
    this.#gaps = [{ at: 0, bytes: capacityBytes }];
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
    const bytes = Math.max(STEP_BYTES, Math.ceil(length / STEP_BYTES) * STEP_BYTES);
    const index = this.#gaps.findIndex((gap) => gap.bytes >= bytes);
    const gap = this.#gaps[index];
    if (gap === undefined) {
      return new SharedLease(new Uint8Array(new SharedArrayBuffer(length)), null);
    }
    const { at } = gap;
    gap.at += bytes;
    gap.bytes -= bytes;
    if (gap.bytes === 0) this.#gaps.splice(index, 1);
    this.#usedBytes += bytes;
    const view = new Uint8Array(this.#memory, at, length);
    return new SharedLease(view, () => this.#free(at, bytes));
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

/** A lease on a copy of some bytes, for those who have them elsewhere. */
export function leaseCopy(bytes: Uint8Array, arena?: SharedArena): SharedLease {
  const lease =
    arena?.take(bytes.length) ??
    new SharedLease(new Uint8Array(new SharedArrayBuffer(bytes.length)), null);
  lease.bytes.set(bytes);
  return lease;
}
