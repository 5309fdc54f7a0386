import type { Column, Point } from './series.ts';

/** How far above what is allowed a power may be measured before it counts: what one run of each size leaves open. */
const TOLERANCE = 0.15;
/** Shorter times and smaller amounts are mostly the start of the programs. */
const LEAST_SECONDS = 0.5;

/** How a figure grew over the last step that could be judged. */
export interface Trend {
  /** Of the work; 1 is in proportion. */
  readonly power: number;
  readonly isFault: boolean;
}

/** Undefined if there is nothing to judge by. */
export function trendOf(column: Column, points: readonly Point[]): Trend | undefined {
  const [before, last] = points.slice(-2);
  if (before === undefined || last === undefined || before.x <= 0) return undefined;
  const from = before.values[column.key] ?? 0;
  const to = last.values[column.key] ?? 0;
  const least = column.unit === 's' ? LEAST_SECONDS : 0;
  if (from <= 0 || to < least) return undefined;
  const power = Math.log(to / from) / Math.log(last.x / before.x);
  return { power, isFault: column.power !== null && power > column.power + TOLERANCE };
}
