/** How the vault grows, and when the disk will be full if it goes on so. */

import type { VaultReport } from '../../../../src/console/api/hub-api.ts';

type Sample = VaultReport['history'][number];

const DAY_MS = 86_400_000;
const LOOKED_AT_DAYS = 30;
/** A few hours tell nothing about weeks. */
const LEAST_DAYS = 2;
const LEAST_SAMPLES = 5;
const MANY_DAYS = 3 * 365;

export type Outlook =
  | { readonly kind: 'unknown' | 'shrinking' | 'many' }
  | { readonly kind: 'days'; readonly days: number };

/** By the line of least squares through the last 30 days. */
export function outlook({ history, freeBytes }: VaultReport): Outlook {
  const newest = history.at(-1);
  if (newest === undefined) return { kind: 'unknown' };
  const recent = history.filter(({ timeMs }) => timeMs >= newest.timeMs - LOOKED_AT_DAYS * DAY_MS);
  const oldest = recent[0] ?? newest;
  if (recent.length < LEAST_SAMPLES || newest.timeMs - oldest.timeMs < LEAST_DAYS * DAY_MS) {
    return { kind: 'unknown' };
  }
  const perDay = slopePerMs(recent) * DAY_MS;
  if (perDay <= 0) return { kind: 'shrinking' };
  const days = Math.floor(freeBytes / perDay);
  return days > MANY_DAYS ? { kind: 'many' } : { kind: 'days', days };
}

function slopePerMs(samples: readonly Sample[]): number {
  const count = samples.length;
  const meanMs = samples.reduce((sum, { timeMs }) => sum + timeMs, 0) / count;
  const meanBytes = samples.reduce((sum, { storedBytes }) => sum + storedBytes, 0) / count;
  let over = 0;
  let under = 0;
  for (const { timeMs, storedBytes } of samples) {
    over += (timeMs - meanMs) * (storedBytes - meanBytes);
    under += (timeMs - meanMs) ** 2;
  }
  return under === 0 ? 0 : over / under;
}

/** Some of many, evenly, with the first and the last: for a table that can be read. */
export function thinned(history: readonly Sample[], most: number): Sample[] {
  if (history.length <= most) return [...history];
  const step = (history.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => history[Math.round(index * step)]).filter(
    (sample) => sample !== undefined,
  );
}
