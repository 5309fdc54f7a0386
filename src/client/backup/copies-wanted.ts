import type { Clock, Timer } from '../../base/clock.ts';
import type { Copy, CopyState } from '../../wire/messages-backup.ts';

/** States of a copy that may still become verified without anybody else coming. */
const ALIVE: ReadonlySet<CopyState> = new Set<CopyState>([
  'waiting',
  'receiving',
  'behind',
  'verified',
]);

/**
 * Watches the copies of a committed snapshot until as many as asked are verified, or until there is no more hope:
 * for `waitMs` in all fewer destinations than needed were there. While enough of them are at work the time stands
 * still, however long they take.
 */
export class CopiesWanted {
  copies: readonly Copy[] = [];
  readonly #needed: number;
  readonly #clock: Clock;
  #leftMs: number | null;
  #shortSinceMs: number;
  #timer: Timer | null = null;
  #isLost = false;
  readonly #settled = Promise.withResolvers<void>();

  /** The time runs from now on: waiting for destinations before the run counts as well. */
  constructor(needed: number, waitMs: number | null, clock: Clock) {
    this.#needed = needed;
    this.#leftMs = waitMs;
    this.#clock = clock;
    this.#shortSinceMs = clock.monotonicMs();
  }

  get verified(): number {
    return this.copies.filter((copy) => copy.state === 'verified').length;
  }

  /** Takes the newest states of all destinations. */
  update(copies: readonly Copy[]): void {
    const wasShort = this.#isShort();
    this.copies = copies;
    if (wasShort && !this.#isShort()) this.#spend();
    if (!wasShort && this.#isShort()) this.#shortSinceMs = this.#clock.monotonicMs();
    if (this.#timer !== null) this.#check();
  }

  /** The hub is gone: what isn't verified by now isn't known to be. */
  lost(): void {
    this.#isLost = true;
    this.#settled.resolve();
  }

  /** Resolves when enough are verified, when time is up, or when the hub or the user ends it. */
  async settled(signal: AbortSignal): Promise<void> {
    const give = (): void => this.#settled.resolve();
    signal.addEventListener('abort', give);
    if (signal.aborted || this.#isLost) give();
    this.#check();
    await this.#settled.promise;
    signal.removeEventListener('abort', give);
    this.stop();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #isShort(): boolean {
    return this.copies.filter((copy) => ALIVE.has(copy.state)).length < this.#needed;
  }

  #spend(): void {
    const now = this.#clock.monotonicMs();
    if (this.#leftMs !== null)
      this.#leftMs = Math.max(0, this.#leftMs - (now - this.#shortSinceMs));
    this.#shortSinceMs = now;
  }

  #check(): void {
    if (this.verified >= this.#needed) return this.#settled.resolve();
    if (this.#isShort()) this.#spend();
    const isAnybodyAtWork = this.copies.some(
      (copy) => copy.state === 'receiving' || copy.state === 'behind',
    );
    // Who is at work may still end well, even when others will be missing: let them, then say how many there are.
    if (this.#leftMs === 0 && this.#isShort() && !isAnybodyAtWork) return this.#settled.resolve();
    this.#timer?.cancel();
    const pauseMs = this.#leftMs === null ? 60_000 : Math.min(60_000, Math.max(100, this.#leftMs));
    this.#timer = this.#clock.setTimeout(() => this.#check(), pauseMs);
  }
}
