import type { Clock, Timer } from '../base/clock.ts';
import type { Pipe } from './pipe.ts';
import type { TokenBucket } from './token-bucket.ts';

/** Why a connection isn't read: too much lies unfetched, or the rate is used up. */
type Why = 'inbox' | 'rate';

/** Stops reading from a pipe while there is any reason to. */
export class ReadGate {
  readonly #pipe: Pipe;
  readonly #clock: Clock;
  #bucket: TokenBucket | null;
  readonly #onResume: () => void;
  readonly #reasons = new Set<Why>();
  #timer: Timer | null = null;

  constructor(pipe: Pipe, clock: Clock, bucket: TokenBucket | null, onResume: () => void) {
    this.#pipe = pipe;
    this.#clock = clock;
    this.#bucket = bucket;
    this.#onResume = onResume;
  }

  /** From here on it counts against this. */
  limitBy(bucket: TokenBucket): void {
    this.#bucket = bucket;
  }

  get isShut(): boolean {
    return this.#reasons.size > 0;
  }

  has(why: Why): boolean {
    return this.#reasons.has(why);
  }

  shut(why: Why): void {
    if (this.#reasons.size === 0) this.#pipe.pause();
    this.#reasons.add(why);
  }

  open(why: Why): void {
    if (!this.#reasons.delete(why) || this.isShut) return;
    this.#onResume();
    this.#pipe.resume();
  }

  /** Counts what was read, and shuts for as long as the rate demands. */
  count(bytes: number): void {
    if (this.#bucket === null) return;
    this.#bucket.take(bytes);
    const waitMs = this.#bucket.waitMs();
    if (waitMs === 0) return;
    this.shut('rate');
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = null;
      this.open('rate');
    }, waitMs);
  }

  /** Opens for good. */
  close(): void {
    this.#timer?.cancel();
    this.open('inbox');
    this.open('rate');
  }
}
