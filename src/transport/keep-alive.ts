import type { Clock, Timer } from '../base/clock.ts';
import { DEAD_AFTER_MS, PING_EVERY_MS } from '../wire/wire-limits.ts';

/** Between two looks: 25 s of silence are noticed after 26 s at the latest. */
const LOOK_EVERY_MS = 1000;
/** A look that comes this late means that this process stood still, and what was sent to it may lie unread. */
const STOOD_STILL_MS = 3000;

export type KeepAliveOptions = {
  readonly clock: Clock;
  readonly sendPing: () => void;
  /** Called once, when nothing was heard for 25 s. */
  readonly onDead: () => void;
  /** While we don't read, silence says nothing about the other side. */
  readonly isDeaf: () => boolean;
};

/** Pings every 10 s and notices a side that has gone without a word. */
export class KeepAlive {
  readonly #options: KeepAliveOptions;
  #timer: Timer;
  #heardMs: number;
  #pingedMs: number;
  #lookedMs: number;

  constructor(options: KeepAliveOptions) {
    this.#options = options;
    const nowMs = options.clock.monotonicMs();
    this.#heardMs = nowMs;
    this.#pingedMs = nowMs;
    this.#lookedMs = nowMs;
    this.#timer = this.#later();
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

  #later(): Timer {
    return this.#options.clock.setTimeout(() => this.#look(), LOOK_EVERY_MS);
  }

  #look(): void {
    const { clock, isDeaf, onDead, sendPing } = this.#options;
    const nowMs = clock.monotonicMs();
    const stoodStill = nowMs - this.#lookedMs > LOOK_EVERY_MS + STOOD_STILL_MS;
    this.#lookedMs = nowMs;
    if (isDeaf()) this.#heardMs = nowMs;
    if (nowMs - this.#heardMs >= DEAD_AFTER_MS && !stoodStill) return onDead();
    if (nowMs - this.#pingedMs >= PING_EVERY_MS) {
      this.#pingedMs = nowMs;
      sendPing();
    }
    this.#timer = this.#later();
  }
}
