import { nowMs } from '../clock.ts';
import { formatAgo, formatTime } from '../format.ts';

/** How long ago, kept right by one timer for the whole page; the exact time when pointed at. */
export function RelativeTime({ ms }: { ms: number }) {
  return (
    <time dateTime={new Date(ms).toISOString()} title={formatTime(ms)} class="whitespace-nowrap">
      {formatAgo(ms, Math.max(nowMs.value, ms))}
    </time>
  );
}
