import { largestOf } from '../measure/sample.ts';
import { formatMegabytes, table } from './format.ts';
import type { StoredResult } from './results-file.ts';

/** Goals of P8 in bytes, by our process. */
const MOST_BYTES: Readonly<Record<string, number>> = {
  origin: 200e6,
  destination: 200e6,
  restore: 200e6,
  hub: 250e6,
};

/** P8: the largest resident size of each of our processes, over all rows and in each. */
export function peaksSection(results: readonly StoredResult[]): string[] {
  const peaks = results.flatMap((result) => {
    const ours = result.runs.find(({ name }) => name === 'ours');
    if (ours === undefined || ours.samples.length === 0) return [];
    return { result, bytes: largestOf(ours.samples.map((sample) => sample.peakBytes)) };
  });
  if (peaks.length === 0) return [];
  const processes = Object.keys(MOST_BYTES);
  const all = largestOf(peaks.map((peak) => peak.bytes));
  const goals = processes.flatMap((process) => {
    const bytes = all[process];
    const most = MOST_BYTES[process] ?? 0;
    if (bytes === undefined) return [];
    const where = peaks.find((peak) => peak.bytes[process] === bytes)?.result;
    const verdict = bytes <= most ? 'met' : '**missed**';
    const goal = `<= ${most / 1e6} MB`;
    return [[`P8 ${process}`, formatMegabytes(bytes), goal, verdict, nameOf(where)]];
  });
  return [
    '### P8: peak memory of our processes (MB)',
    '',
    ...table(['process', 'largest of all runs', 'goal', '', 'in'], goals),
    '',
    ...table(
      ['row', 'work', ...processes],
      peaks.map(({ result, bytes }) => [
        result.row,
        result.work,
        ...processes.map((process) => formatMegabytes(bytes[process])),
      ]),
    ),
    '',
  ];
}

function nameOf(result: StoredResult | undefined): string {
  return result === undefined ? '' : `${result.row} ${result.work}`;
}
