/** Where, in what passes a way, a fault strikes. */

/** `up` is from a client to the hub. */
export type Direction = 'up' | 'down';

/**
 * What happens: TCP is cut (FIN) or reset (RST); whoever is connected vanishes without a word (half-open); a bit is
 * changed; UDP goes on from another port, as behind a router that forgot; the hub can't be reached for some seconds, and
 * connections are reset (`down`) or stay (`hold`).
 */
export type Strike = 'cut' | 'reset' | 'silence' | 'garble' | 'rebind' | 'down' | 'hold';

export type Fault = {
  readonly strike: Strike;
  readonly direction: Direction;
  /** Counted from when it is set. */
  readonly afterBytes: number;
};

/** Counts bytes, and says when the fault that was set strikes: once. */
export class Trap {
  /** All that passed so far. */
  readonly bytes: Record<Direction, number> = { up: 0, down: 0 };
  #fault: Fault | null = null;
  #leftBytes = 0;

  set(fault: Fault): void {
    this.#fault = fault;
    this.#leftBytes = fault.afterBytes;
  }

  /** @returns whether it never struck */
  unset(): boolean {
    const isUnused = this.#fault !== null;
    this.#fault = null;
    return isUnused;
  }

  /** Counts bytes that are to pass. @returns where in them the fault strikes, if it does */
  pass(
    direction: Direction,
    bytes: number,
  ): { readonly at: number; readonly strike: Strike } | null {
    this.bytes[direction] += bytes;
    const fault = this.#fault;
    if (fault === null || fault.direction !== direction) return null;
    if (this.#leftBytes >= bytes) {
      this.#leftBytes -= bytes;
      return null;
    }
    this.#fault = null;
    if (fault.strike !== 'garble') this.bytes[direction] -= bytes - this.#leftBytes;
    return { at: this.#leftBytes, strike: fault.strike };
  }
}
