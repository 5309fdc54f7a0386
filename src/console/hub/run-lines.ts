import type { Clock } from '../../base/clock.ts';
import { jsonPath } from '../../base/json-path.ts';
import { RateMeter } from '../../base/rate-meter.ts';
import type { RunView } from '../../hub/overview.ts';
import type { Copy } from '../../wire/messages-backup.ts';
import type { CopyLine, Progress } from '../api/common.ts';
import type { RunLine } from '../api/hub-api.ts';

/** Lines of destinations in one state, of all its runs: some 200 bytes each, four times a second. */
const MOST_COPIES = 2000;

/** Runs as the page shows them, with rates that follow from one look to the next. */
export class RunLines {
  readonly #clock: Clock;
  #meters = new Map<string, RateMeter>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param runs that are shown; the rates of others are forgotten */
  of(runs: readonly RunView[]): RunLine[] {
    const meters = new Map<string, RateMeter>();
    let room = MOST_COPIES;
    const lines = runs.map((run): RunLine => {
      const meter = this.#meters.get(run.run) ?? new RateMeter(this.#clock);
      meters.set(run.run, meter);
      const copies = run.copies.slice(0, room).map(copyLine);
      room -= copies.length;
      const { key, phase, connected, needed } = run;
      const progress = run.progress === null ? null : progressOf(run.progress, meter);
      return { run: run.run, key, phase, progress, connected, needed, copies };
    });
    this.#meters = meters;
    return lines;
  }
}

function progressOf(at: NonNullable<RunView['progress']>, meter: RateMeter): Progress {
  const { phase, fileBytes, fileTotal, bytes, total, files, filesTotal } = at;
  meter.at(bytes);
  const leftMs = meter.leftMs(Math.max(0, total - bytes));
  const counts = { fileBytes, fileTotal, bytes, total, files, filesTotal };
  const rate = Math.max(0, meter.rate);
  const file = jsonPath(at.file);
  return { phase, file, ...counts, rate, leftMs: Number.isFinite(leftMs) ? leftMs : null };
}

function copyLine({ destination, name, state, bytes, total, file, message }: Copy): CopyLine {
  const said = message === undefined || message === '' ? null : message;
  return { destination, name, state, bytes, total, file: jsonPath(file), message: said };
}
