import type { StoredResult } from './results-file.ts';

/**
 * What stands beside a goal that is missed: what was tried, and what the profile says is left. By row (`P4`), or by row and work
 * (`P5 large, restore`) where that needs words of its own. Written by hand; shown only while the goal is missed.
 */
const REMARKS: Readonly<Record<string, string>> = {};

/** The remarks on the goals that are missed now. */
export function remarksSection(results: readonly StoredResult[]): string[] {
  const missed = results.filter(({ verdicts }) =>
    verdicts.some(({ ratio, most }) => ratio === null || ratio > most),
  );
  const names = new Set(
    missed.flatMap(({ row, work }) => [row, `${row} ${work}`]).filter((name) => name in REMARKS),
  );
  if (names.size === 0) return [];
  return [
    '## Missed: what was tried, and what is left',
    '',
    ...[...names].map((name) => `- ${name}: ${REMARKS[name] ?? ''}`),
    '',
  ];
}
