import type { Clock, Timer } from '../base/clock.ts';
import { formatBytes, formatDuration, formatRate } from '../base/format.ts';
import { escapeName } from '../base/names.ts';
import { RateMeter } from '../base/rate-meter.ts';
import { jsonProgress } from './json-lines.ts';
import type { Place } from './json-lines.ts';
import type { Output } from './output.ts';
import { formatCount } from './view/counts.ts';

/** The contract of `--json`: at most ten a second. */
const JSON_PAUSE_MS = 100;
/** Where there is no terminal. */
const LINE_PAUSE_MS = 3000;

/** Where a transfer is, said in the way that was asked for. */
export class ProgressOutput {
  place: Place | null = null;
  readonly #output: Output;
  readonly #clock: Clock;
  readonly #label: string;
  readonly #extra: object;
  readonly #meter: RateMeter;
  #jsonMs = -Infinity;
  #timer: Timer | null = null;
  #lastLine = '';

  /**
   * @param label begins each line, for who follows several transfers
   * @param extra stands in each JSON object as well
   */
  constructor(output: Output, clock: Clock, label: string = '', extra: object = {}) {
    this.#output = output;
    this.#clock = clock;
    this.#label = label;
    this.#extra = extra;
    this.#meter = new RateMeter(clock);
  }

  /** Bytes a second. */
  get rate(): number {
    return this.#meter.rate;
  }

  /** NaN if not known. */
  get leftMs(): number {
    return this.place === null
      ? Number.NaN
      : this.#meter.leftMs(this.place.total - this.place.bytes);
  }

  at(place: Place): void {
    const isOtherPhase = this.place?.phase !== place.phase;
    this.place = place;
    this.#meter.at(place.bytes);
    const now = this.#clock.monotonicMs();
    if (this.#output.mode === 'json' && (isOtherPhase || now - this.#jsonMs >= JSON_PAUSE_MS)) {
      this.#jsonMs = now;
      this.#output.json({ ...jsonProgress(place, this.rate), ...this.#extra });
    }
    if (this.#output.mode === 'lines' && this.#timer === null) this.#lineLater();
  }

  /** No more lines. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #lineLater(): void {
    this.#timer = this.#clock.setTimeout(() => {
      const line =
        this.place === null
          ? ''
          : `${this.#label}${progressLine(this.place, this.rate, this.leftMs)}`;
      if (line !== this.#lastLine) this.#output.line(line);
      this.#lastLine = line;
      this.#lineLater();
    }, LINE_PAUSE_MS);
  }
}

/** `42 %, 12.3 MiB of 29.3 MiB, 120 of 400 files, 4.1 MiB/s, 5 s left: a/b.c` */
export function progressLine(place: Place, rate: number, leftMs: number): string {
  const done = place.total > 0 ? `${Math.floor((place.bytes / place.total) * 100)} %, ` : '';
  const amount = `${formatBytes(place.bytes)} of ${formatBytes(place.total)}`;
  const files = `${formatCount(place.files)} of ${formatCount(place.filesTotal)} files`;
  const speed = rate > 0 ? `, ${formatRate(rate)}` : '';
  const left =
    Number.isFinite(leftMs) && place.bytes < place.total ? `, ${formatDuration(leftMs)} left` : '';
  const file = place.file.length === 0 ? '' : `: ${escapeName(place.file)}`;
  return `${done}${amount}, ${files}${speed}${left}${file}`;
}
