import type { Clock } from './clock.ts';

/** A rate is that of the last seconds, so that it follows what happens and still can be read. */
const WINDOW_MS = 5000;
/** Samples closer together than this are one. */
const GRAIN_MS = 100;

/** Bytes a second over the last few seconds. */
export class RateMeter {
  readonly #clock: Clock;
  readonly #samples: { readonly timeMs: number; bytes: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes how much is done by now. Less than before begins anew. */
  at(bytes: number): void {
    const now = this.#clock.monotonicMs();
    const last = this.#samples.at(-1);
    if (last !== undefined && bytes < last.bytes) this.#samples.length = 0;
    if (this.#samples.length > 1 && last !== undefined && now - last.timeMs < GRAIN_MS)
      last.bytes = bytes;
    else this.#samples.push({ timeMs: now, bytes });
    while (this.#samples.length > 2 && now - (this.#samples[1]?.timeMs ?? now) >= WINDOW_MS)
      this.#samples.shift();
  }

  /** Bytes a second; 0 as long as nothing is known. */
  get rate(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined) return 0;
    const seconds = (this.#clock.monotonicMs() - first.timeMs) / 1000;
    return seconds < 0.2 ? 0 : (last.bytes - first.bytes) / seconds;
  }

  /** How long the rest takes at this rate, in ms; NaN if that can't be said. */
  leftMs(restBytes: number): number {
    const { rate } = this;
    return rate > 0 ? (restBytes / rate) * 1000 : Number.NaN;
  }
}
