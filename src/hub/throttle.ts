import type { Clock, Timer } from '../base/clock.ts';

/**
 * Calls something at once when it is poked, but never twice within `everyMs`: pokes in between come to one call
 * at the end of that time, so that the last state is always told.
 */
export class Throttle {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #call: () => void;
  #timer: Timer | null = null;
  #isPoked = false;
  #isStopped = false;

  constructor(clock: Clock, everyMs: number, call: () => void) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#call = call;
  }

  poke(): void {
    if (this.#isStopped) return;
    if (this.#timer !== null) {
      this.#isPoked = true;
      return;
    }
    this.#timer = this.#clock.setTimeout(() => this.#timeOver(), this.#everyMs);
    this.#call();
  }

  /** Calls no more; may be called again. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #timeOver(): void {
    this.#timer = null;
    if (!this.#isPoked) return;
    this.#isPoked = false;
    this.poke();
  }
}
