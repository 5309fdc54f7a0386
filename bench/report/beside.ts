import type { ContenderName } from '../contender.ts';
import { medianOf } from '../measure/sample.ts';
import { formatMegabytes, roundUp, table } from './format.ts';
import { medianFigure } from './result.ts';
import type { StoredResult } from './results-file.ts';

/** Those that keep a repository, whose growth is told. */
const KEEPERS: readonly ContenderName[] = ['restic', 'borg'];

/** What the runs cost beside time: processor time, bytes sent and kept. */
export function besideSection(results: readonly StoredResult[]): string[] {
  const ours = ['origin: CPU', 'hub: CPU', 'destinations: CPU', 'sent', 'kept'];
  const peers = KEEPERS.flatMap((name) => [`${name}: CPU`, 'added', 'kept']);
  return [
    '### Beside the time: processor seconds and megabytes, medians',
    '',
    ...table(['row', 'work', ...ours, ...peers, 'rsync: CPU'], results.map(line)),
    '',
  ];
}

function line(result: StoredResult): string[] {
  const peers = KEEPERS.flatMap((name) => [cpu(result, name), ...bytes(result, name)]);
  return [
    result.row,
    result.work,
    cpu(result, 'ours'),
    otherCpu(result, 'hub'),
    otherCpu(result, 'destinations'),
    ...bytes(result, 'ours'),
    ...peers,
    cpu(result, 'rsync'),
  ];
}

function cpu(result: StoredResult, name: ContenderName): string {
  const seconds = medianFigure(result.runs, name, 'cpuSeconds');
  return seconds === undefined ? '' : roundUp(seconds, 2);
}

function bytes(result: StoredResult, name: ContenderName): string[] {
  return (['sentBytes', 'storedBytes'] as const).map((figure) =>
    formatMegabytes(medianFigure(result.runs, name, figure)),
  );
}

function otherCpu(result: StoredResult, process: string): string {
  const ours = result.runs.find(({ name }) => name === 'ours')?.samples ?? [];
  const seconds = ours.flatMap((sample) => sample.otherCpuSeconds?.[process] ?? []);
  return seconds.length === 0 ? '' : roundUp(medianOf(seconds), 2);
}
