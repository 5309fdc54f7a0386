import type { Clock } from '../base/clock.ts';

/** How much may be ahead of the rate, in time: a burst of this long is let through. */
const BURST_MS = 100;

/** Bounds a rate on average: what is taken beyond it has to be waited for afterwards. */
export class TokenBucket {
  readonly bytesPerSec: number;
  readonly #clock: Clock;
  #tokens: number;
  #filledMs: number;

  constructor(bytesPerSec: number, clock: Clock) {
    this.bytesPerSec = bytesPerSec;
    this.#clock = clock;
    this.#tokens = (bytesPerSec * BURST_MS) / 1000;
    this.#filledMs = clock.monotonicMs();
  }

  /** Takes, also what isn't there. */
  take(bytes: number): void {
    this.#tokens -= bytes;
  }

  /** Milliseconds until something may be taken again; 0: now. */
  waitMs(): number {
    const nowMs = this.#clock.monotonicMs();
    const earned = ((nowMs - this.#filledMs) * this.bytesPerSec) / 1000;
    this.#tokens = Math.min(this.#tokens + earned, (this.bytesPerSec * BURST_MS) / 1000);
    this.#filledMs = nowMs;
    return this.#tokens > 0 ? 0 : Math.ceil((-this.#tokens * 1000) / this.bytesPerSec) + 1;
  }
}
