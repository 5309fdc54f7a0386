/** Figures as people read them, in the language of the page and with the units of the command line. */

import { language, locale } from './i18n/language.ts';

const SIZE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;
const STEP = 1024;

const numbers = new Map<string, Intl.NumberFormat>();

function numberFormat(digits: number): Intl.NumberFormat {
  const key = `${locale.value} ${digits}`;
  let format = numbers.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale.value, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      useGrouping: 'always',
    });
    numbers.set(key, format);
  }
  return format;
}

/** `100,000`, in the language's way. */
export function formatCount(count: number): string {
  return numberFormat(0).format(count);
}

/** `0 B`, `1.00 KiB`, `12.3 MiB`, `999 GiB`: three digits that matter. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  // 1023.5 would be rounded up to 1024 of the smaller unit.
  while (value >= (unit === 0 ? STEP : STEP - 0.5) && unit < SIZE_UNITS.length - 1) {
    value /= STEP;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${numberFormat(digits).format(value)}\u00a0${SIZE_UNITS[unit] ?? ''}`;
}

/** `1.4`, `12`: how many times, to what can be told apart. */
export function formatRatio(ratio: number): string {
  return numberFormat(ratio < 9.95 ? 1 : 0).format(ratio);
}

/** Bytes a second: `12.3 MiB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** The two largest units: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 07 min`, `4 d 03 h`; `--` for what is not finite. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return '--';
  const seconds = Math.round(Math.max(0, ms) / 1000);
  if (ms < 9950) return `${numberFormat(1).format(Math.max(0, ms) / 1000)}\u00a0s`;
  if (seconds < 60) return `${seconds}\u00a0s`;
  if (seconds < 3600) return twoUnits(seconds, 60, 'min', 1, 's');
  if (seconds < 86_400) return twoUnits(seconds, 3600, 'h', 60, 'min');
  return twoUnits(seconds, 86_400, 'd', 3600, 'h');
}

function twoUnits(
  seconds: number,
  large: number,
  largeName: string,
  small: number,
  smallName: string,
): string {
  const rest = String(Math.floor((seconds % large) / small)).padStart(2, '0');
  return `${Math.floor(seconds / large)}\u00a0${largeName} ${rest}\u00a0${smallName}`;
}

/** `42 %`: rounded down, so that 100 means all of it; 0 where there is nothing to do. */
export function formatPercent(done: number, total: number): string {
  return `${Math.floor(share(done, total) * 100)}\u00a0%`;
}

/** Between 0 and 1; 0 where the whole is not known. */
export function share(done: number, total: number): number {
  return total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
}

/** Day and time, to the minute. */
export function formatTime(timeMs: number): string {
  return new Intl.DateTimeFormat(locale.value, {
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(timeMs);
}

/** `3 minutes ago`, `yesterday`. */
export function formatAgo(timeMs: number, nowMs: number): string {
  const seconds = Math.round((timeMs - nowMs) / 1000);
  const size = Math.abs(seconds);
  const format = new Intl.RelativeTimeFormat(language.value, { numeric: 'auto' });
  // Seconds would change all the time and say nothing.
  if (size < 45) return format.format(0, 'second');
  if (size < 45 * 60) return format.format(Math.round(seconds / 60), 'minute');
  if (size < 22 * 3600) return format.format(Math.round(seconds / 3600), 'hour');
  if (size < 26 * 86_400) return format.format(Math.round(seconds / 86_400), 'day');
  if (size < 320 * 86_400) return format.format(Math.round(seconds / (30.44 * 86_400)), 'month');
  return format.format(Math.round(seconds / (365.25 * 86_400)), 'year');
}

/** Names in a sentence: `a, b and c`. */
export function formatList(names: readonly string[]): string {
  return new Intl.ListFormat(language.value, { type: 'conjunction' }).format(names);
}
