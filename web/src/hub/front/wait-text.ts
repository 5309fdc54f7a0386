import { formatCount, formatDuration } from '../../shared/format.ts';

const MINUTES_FROM_S = 120;

/** How long to wait, rounded up to whole seconds: `8 s`, `2 min 05 s`. */
export function waitDuration(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < MINUTES_FROM_S) return `${formatCount(seconds)}\u00a0s`;
  return formatDuration(seconds * 1000);
}
