import type { Clock } from '../../../base/clock.ts';
import { jsonPath } from '../../../base/json-path.ts';
import { RateMeter } from '../../../base/rate-meter.ts';
import type { Position } from '../../../wire/messages-backup.ts';
import type { Progress } from '../../api/common.ts';

/** Where a transfer is, and how fast it goes. */
export class TaskProgress {
  readonly #meter: RateMeter;
  #place: (Readonly<Position> & { readonly phase: string }) | null = null;

  constructor(clock: Clock) {
    this.#meter = new RateMeter(clock);
  }

  at(place: Readonly<Position> & { readonly phase: string }): void {
    this.#place = place;
    this.#meter.at(place.bytes);
  }

  /** Bytes a second. */
  get rate(): number {
    return Math.round(this.#meter.rate);
  }

  /** Null before the first word of it. */
  view(): Progress | null {
    if (this.#place === null) return null;
    const { phase, file, fileBytes, fileTotal, bytes, total, files, filesTotal } = this.#place;
    const leftMs = this.#meter.leftMs(total - bytes);
    return {
      phase,
      file: jsonPath(file),
      fileBytes,
      fileTotal,
      bytes,
      total,
      files,
      filesTotal,
      rate: this.rate,
      leftMs: Number.isFinite(leftMs) ? Math.round(leftMs) : null,
    };
  }
}
