import { formatVerdict, table } from './format.ts';
import { formatReading } from './reading.ts';
import type { StoredResult } from './results-file.ts';

/** The rows whose goals are no times beside other programs. */
export function otherGoalsSection(results: readonly StoredResult[]): string[] {
  if (results.length === 0) return [];
  return [
    '### Goals of other kinds',
    '',
    'Medians (smallest-largest).',
    '',
    ...table(['row', 'work', 'measured', 'figure', 'goal', ''], results.flatMap(linesOf)),
    '',
  ];
}

function linesOf({ row, work, readings, verdicts }: StoredResult): string[][] {
  const measured = (readings ?? []).map(formatReading).join('; ');
  const [first, ...others] = verdicts;
  return [
    [row, work, measured, ...formatVerdict(first)],
    ...others.map((verdict) => ['', '', '', ...formatVerdict(verdict)]),
  ];
}
