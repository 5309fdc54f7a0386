import { medianOf } from '../measure/sample.ts';
import type { Runs, Verdict } from './result.ts';

/**
 * `12.34 (12.10-12.90)`: median and range. Nothing is rounded in our favour: our times go up to the
 * next hundredth, those of others down.
 */
export function formatTimes(runs: Runs | undefined, isOurs: boolean): string {
  if (runs === undefined) return '';
  if (runs.failure !== undefined) return 'failed';
  const seconds = runs.samples.map((sample) => sample.seconds);
  if (seconds.length === 0) return '';
  const show = (value: number): string => (isOurs ? roundUp(value, 2) : roundDown(value, 2));
  const median = show(medianOf(seconds));
  if (seconds.length === 1) return median;
  return `${median} (${show(Math.min(...seconds))}-${show(Math.max(...seconds))})`;
}

/** The ratio, the goal and whether it is met. Decided by the exact figures, not by those shown. */
export function formatVerdict(verdict: Verdict | undefined): readonly [string, string, string] {
  if (verdict === undefined) return ['', '', ''];
  const { goal, most, ratio, unit } = verdict;
  if (ratio === null) return ['', goal, '**missed**: not measured'];
  const figure =
    unit === undefined ? roundUp(ratio, 3) : `${roundUp(ratio, ratio < 2 ? 3 : 1)} ${unit}`;
  return [figure, goal, ratio <= most ? 'met' : '**missed**'];
}

/** Megabytes of a million bytes, rounded up. */
export function formatMegabytes(bytes: number | undefined): string {
  return bytes === undefined ? '' : roundUp(bytes / 1e6, bytes < 10e6 ? 2 : 1);
}

export function roundUp(value: number, digits: number): string {
  return (Math.ceil(value * 10 ** digits - 1e-9) / 10 ** digits).toFixed(digits);
}

function roundDown(value: number, digits: number): string {
  return (Math.floor(value * 10 ** digits + 1e-9) / 10 ** digits).toFixed(digits);
}

/** A table of Markdown. */
export function table(head: readonly string[], lines: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...lines.map(line)];
}
