import { nowMs } from '../clock.ts';
import { formatAgo, formatBytes, formatDuration, formatRate, formatTime } from '../format.ts';

export function Bytes({ value }: { value: number }) {
  return <span class="whitespace-nowrap">{formatBytes(value)}</span>;
}

/** Bytes a second. */
export function Rate({ value }: { value: number }) {
  return <span class="whitespace-nowrap">{formatRate(value)}</span>;
}

export function Duration({ ms }: { ms: number }) {
  return <span class="whitespace-nowrap">{formatDuration(ms)}</span>;
}

/** How long ago, kept right by one timer for the whole page; the exact time when pointed at. */
export function RelativeTime({ ms }: { ms: number }) {
  return (
    <time dateTime={new Date(ms).toISOString()} title={formatTime(ms)} class="whitespace-nowrap">
      {formatAgo(ms, Math.max(nowMs.value, ms))}
    </time>
  );
}

/** Day and time. */
export function Time({ ms }: { ms: number }) {
  return <time dateTime={new Date(ms).toISOString()}>{formatTime(ms)}</time>;
}
