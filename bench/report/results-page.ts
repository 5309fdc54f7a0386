import type { ContenderName } from '../contender.ts';
import { formatMegabytes, formatTimes, formatVerdict, roundUp, table } from './format.ts';
import { HOW } from './how.ts';
import { peaksSection } from './peaks.ts';
import { medianFigure } from './result.ts';
import type { Figure } from './result.ts';
import type { StoredResult } from './results-file.ts';

const NAMES: readonly ContenderName[] = ['ours', 'rsync', 'restic', 'borg'];
/** Those that keep a repository, whose growth is told. */
const PEERS_BESIDE: readonly ContenderName[] = ['restic', 'borg'];

/** The page of results, in Markdown. */
export function resultsPage(results: readonly StoredResult[]): string {
  const isQuick = results.some(({ session }) => session.isQuick);
  return [
    '# Results',
    '',
    'Written by `npm run bench`; what the rows are and how to run them stands in `README.md`.',
    ...(isQuick ? ['', '**A quick run: less data, one run each. Not for comparison.**'] : []),
    '',
    ...(['tmpfs', 'disk'] as const).flatMap((where) =>
      placeSection(
        where,
        results.filter((result) => result.where === where),
      ),
    ),
    ...notesSection(results),
    ...sessionsSection(results),
    ...HOW,
  ].join('\n');
}

function placeSection(where: string, results: readonly StoredResult[]): string[] {
  if (results.length === 0) return [];
  return [
    `## On ${where}`,
    '',
    'Wall time in seconds: median (smallest-largest). Ratio: our median by that of the program in the goal.',
    '',
    ...table(['row', 'work', ...NAMES, 'ratio', 'goal', ''], results.flatMap(linesOf)),
    '',
    '### Beside the time (medians)',
    '',
    ...table(
      [
        'row',
        'work',
        "origin's CPU (s)",
        'sent (MB)',
        'kept (MB)',
        ...PEERS_BESIDE.flatMap((name) => [`${name}: CPU`, 'added (MB)', 'kept (MB)']),
        'rsync: CPU',
      ],
      results.map(besideLine),
    ),
    '',
    ...peaksSection(results),
  ];
}

function linesOf(result: StoredResult): string[][] {
  const times = NAMES.map((name) =>
    formatTimes(
      result.runs.find((runs) => runs.name === name),
      name === 'ours',
    ),
  );
  const [first, ...others] = result.verdicts;
  return [
    [result.row, result.work, ...times, ...formatVerdict(first)],
    ...others.map((verdict) => ['', '', '', '', '', '', ...formatVerdict(verdict)]),
  ];
}

function besideLine(result: StoredResult): string[] {
  const megabytes = (name: ContenderName, figure: Figure): string =>
    formatMegabytes(medianFigure(result.runs, name, figure));
  const cpu = (name: ContenderName): string => {
    const seconds = medianFigure(result.runs, name, 'cpuSeconds');
    return seconds === undefined ? '' : roundUp(seconds, 2);
  };
  const kept = (name: ContenderName): string[] => [
    cpu(name),
    megabytes(name, 'sentBytes'),
    megabytes(name, 'storedBytes'),
  ];
  const peers = PEERS_BESIDE.flatMap(kept);
  return [result.row, result.work, ...kept('ours'), ...peers, cpu('rsync')];
}

function notesSection(results: readonly StoredResult[]): string[] {
  const notes = results.flatMap((result) => [
    ...result.notes.map((note) => `- ${result.row} ${result.work}: ${note}`),
    ...result.runs.flatMap(({ name, failure }) =>
      failure === undefined ? [] : `- ${result.row} ${result.work}, ${name} failed: ${failure}`,
    ),
  ]);
  return notes.length === 0 ? [] : ['## Notes', '', ...notes, ''];
}

/** Which rows come from which command, machine and versions. */
function sessionsSection(results: readonly StoredResult[]): string[] {
  const sessions = new Map(results.map(({ session }) => [session.startedAt, session]));
  const lines = [...sessions.values()].map((session) => {
    const rows = results.filter((result) => result.session.startedAt === session.startedAt);
    const names = [...new Set(rows.map(({ row }) => row))].join(', ');
    const { startedAt, runs, commit, load, machine, versions } = session;
    return [startedAt, names, String(runs), commit, load.toFixed(2), machine, versions];
  });
  return [
    '## Taken',
    '',
    'A `+` behind the commit: with changes that were not committed yet. Load: of the minute before the command.',
    '',
    ...table(['started', 'rows', 'runs', 'commit', 'load', 'machine', 'versions'], lines),
    '',
  ];
}
