import { createHash, randomBytes } from 'node:crypto';

import type { Clock } from '../../base/clock.ts';

const VALID_MS = 10 * 60 * 1000;
const MOST = 16;

/** Keys that open the console in a browser, each once and for ten minutes. */
export class OpenKeys {
  readonly #clock: Clock;
  /** By hash, so that comparing tells nothing; with the time until which it is good. Oldest first. */
  readonly #keys = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new one; the oldest beyond sixteen that nobody used is good no more. */
  make(): string {
    const key = randomBytes(32).toString('base64url');
    this.#keys.set(hashOf(key), this.#clock.monotonicMs() + VALID_MS);
    const [oldest] = this.#keys.keys();
    if (this.#keys.size > MOST && oldest !== undefined) this.#keys.delete(oldest);
    return key;
  }

  /** Whether it is good; if so, it was for the last time. */
  take(key: string): boolean {
    const hash = hashOf(key);
    const untilMs = this.#keys.get(hash);
    this.#keys.delete(hash);
    return untilMs !== undefined && this.#clock.monotonicMs() < untilMs;
  }
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
