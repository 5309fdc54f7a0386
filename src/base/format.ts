/** Sizes, rates and durations as people write and read them. */

import { RbError } from './errors.ts';
import { escapeName } from './names.ts';

const SIZE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;
const STEP = 1024;

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const DURATION_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
};

/**
 * A number of bytes with a binary unit and three digits that matter: `0 B`, `1023 B`, `1.00 KiB`,
 * `12.3 MiB`, `999 GiB`.
 */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  // 1023.5 would be rounded up to 1024 of the smaller unit.
  while (value >= (unit === 0 ? STEP : STEP - 0.5) && unit < SIZE_UNITS.length - 1) {
    value /= STEP;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${SIZE_UNITS[unit] ?? ''}`;
}

/** A rate in bytes a second, like `12.3 MiB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/**
 * A duration in its two largest units: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 07 min`, `4 d 03 h`.
 * What is not finite is shown as `--`.
 */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return '--';
  const tenths = Math.round(Math.max(0, ms) / 100);
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / SECOND_MS);
  if (seconds < 60) return `${seconds} s`;
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
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${largeName} ${String(rest).padStart(2, '0')} ${smallName}`;
}

/**
 * A duration in milliseconds from text like `30s`, `5m`, `24h`, `2d`, `1w`, `1.5h` or `1h30m`.
 *
 * @throws RbError `usage`
 */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/gy)];
  const whole = parts.map(([part]) => part).join('');
  let ms = 0;
  for (const [, amount, unit] of parts)
    ms += Number(amount) * (DURATION_MS[unit ?? ''] ?? Number.NaN);
  ms = Math.round(ms);
  if (whole === '' || whole !== text || !Number.isSafeInteger(ms)) {
    throw new RbError(
      'usage',
      `'${escapeName(text)}' is no duration: write it like 30s, 5m, 24h or 2d.`,
    );
  }
  return ms;
}

/**
 * A number of bytes from text like `4096`, `500k`, `1M`, `1.5G`, `2MiB`. Units are binary: k is 1024.
 *
 * @throws RbError `usage`
 */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?) ?(?:([kmgtp])(?:i?b)?|b)?$/i.exec(text);
  const power = match?.[2] === undefined ? 0 : 'kmgtp'.indexOf(match[2].toLowerCase()) + 1;
  const bytes = Math.round(Number(match?.[1]) * STEP ** power);
  if (match === null || !Number.isSafeInteger(bytes)) {
    throw new RbError('usage', `'${escapeName(text)}' is no size: write it like 500k, 1M or 2G.`);
  }
  return bytes;
}

/**
 * A rate in bytes a second from text like `500k`, `1M` or `1M/s`; `0` is refused.
 *
 * @throws RbError `usage`
 */
export function parseRate(text: string): number {
  const rate = /^\d/.test(text) ? text.replace(/\/s$/, '') : text;
  const bytesPerSecond = parseSize(rate);
  if (bytesPerSecond === 0) throw new RbError('usage', 'A rate of 0 would never finish.');
  return bytesPerSecond;
}
