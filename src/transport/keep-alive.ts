import type { Clock, Timer } from '../base/clock.ts';
import type { Side } from '../wire/state-tables.ts';
import { DEAD_AFTER_MS, PING_AFTER_MS } from '../wire/wire-limits.ts';

/** Between two looks at least. */
const LOOK_AFTER_MS = 1000;
/** A look that comes this late means that this process stood still, and what was sent to it may lie unread. */
const STOOD_STILL_MS = 3000;

export type KeepAliveOptions = {
  readonly clock: Clock;
  readonly side: Side;
  readonly sendPing: () => void;
  /** Called once, when nothing was heard for 25 s. */
  readonly onDead: () => void;
  /** While we don't read, silence says nothing about the other side. */
  readonly isDeaf: () => boolean;
  /** When this side said something last, by the clock's `monotonicMs`; now, while it is at it. */
  readonly saidMs: () => number;
};

/**
 * Pings when nothing was heard or said for a while, and notices a side that has gone without a word. Who hears all the time but has
 * nothing to say must ping as well: a bundle may take minutes on a slow link, and a ping of the side that sends it waits behind what
 * the system has already taken. It looks when there can be something to do, not by the second: a hub has thousands of these.
 */
export class KeepAlive {
  readonly #options: KeepAliveOptions;
  #timer: Timer;
  #heardMs: number;
  #pingedMs: number;
  /** When the next look is due. */
  #dueMs: number;

  constructor(options: KeepAliveOptions) {
    this.#options = options;
    const nowMs = options.clock.monotonicMs();
    this.#heardMs = nowMs;
    this.#pingedMs = nowMs;
    this.#dueMs = nowMs;
    this.#timer = this.#later(nowMs);
  }

  /** By the clock's `monotonicMs`. */
  get heardMs(): number {
    return this.#heardMs;
  }

  /** Something arrived. */
  heard(): void {
    this.#heardMs = this.#options.clock.monotonicMs();
  }

  stop(): void {
    this.#timer.cancel();
  }

  #later(nowMs: number): Timer {
    const waitMs = Math.min(this.#pingMs(), this.#heardMs + DEAD_AFTER_MS) - nowMs;
    const delayMs = Math.max(LOOK_AFTER_MS, waitMs);
    this.#dueMs = nowMs + delayMs;
    return this.#options.clock.setTimeout(() => this.#look(), delayMs);
  }

  /** When a ping is due. */
  #pingMs(): number {
    const { side, saidMs } = this.#options;
    return Math.max(Math.min(this.#heardMs, saidMs()), this.#pingedMs) + PING_AFTER_MS[side];
  }

  #look(): void {
    const { clock, isDeaf, onDead, sendPing } = this.#options;
    const nowMs = clock.monotonicMs();
    const stoodStill = nowMs - this.#dueMs > STOOD_STILL_MS;
    if (isDeaf()) this.#heardMs = nowMs;
    if (nowMs - this.#heardMs >= DEAD_AFTER_MS && !stoodStill) return onDead();
    if (nowMs >= this.#pingMs()) {
      this.#pingedMs = nowMs;
      sendPing();
    }
    this.#timer = this.#later(nowMs);
  }
}
