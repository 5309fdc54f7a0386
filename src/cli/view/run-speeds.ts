import type { Clock } from '../../base/clock.ts';
import { RateMeter } from '../../base/rate-meter.ts';
import type { RunStatus } from '../../wire/messages-ask.ts';

export type Speed = {
  /** Bytes a second; 0 as long as nothing is known. */
  readonly rate: number;
  /** How long the rest takes; NaN if that can't be said. */
  readonly leftMs: number;
};

/** How fast each run of a hub is, from the states that are seen of it. */
export class RunSpeeds {
  readonly #clock: Clock;
  readonly #runs = new Map<string, { readonly meter: RateMeter; restBytes: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes the runs that there are now; others are forgotten. */
  at(runs: readonly Pick<RunStatus, 'run' | 'bytes' | 'total'>[]): void {
    const there = new Set(runs.map(({ run }) => run));
    for (const id of this.#runs.keys()) if (!there.has(id)) this.#runs.delete(id);
    for (const { run, bytes, total } of runs) {
      const known = this.#runs.get(run) ?? { meter: new RateMeter(this.#clock), restBytes: 0 };
      known.meter.at(bytes);
      known.restBytes = total - bytes;
      this.#runs.set(run, known);
    }
  }

  of(run: string): Speed {
    const known = this.#runs.get(run);
    if (known === undefined) return { rate: 0, leftMs: Number.NaN };
    return { rate: known.meter.rate, leftMs: known.meter.leftMs(known.restBytes) };
  }
}
