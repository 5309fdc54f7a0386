import type { ContenderName } from '../contender.ts';
import { besideSection } from './beside.ts';
import { formatTimes, formatVerdict, table } from './format.ts';
import { HOW } from './how.ts';
import { otherGoalsSection } from './other-goals.ts';
import { peaksSection } from './peaks.ts';
import { remarksSection } from './remarks.ts';
import type { StoredResult } from './results-file.ts';

const NAMES: readonly ContenderName[] = ['ours', 'rsync', 'restic', 'borg'];

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
    ...remarksSection(results),
    ...notesSection(results),
    ...sessionsSection(results),
    ...HOW,
  ].join('\n');
}

function placeSection(where: string, results: readonly StoredResult[]): string[] {
  if (results.length === 0) return [];
  // P8 is about memory; what it runs has been timed by other rows, against others.
  const timed = results.filter(({ row, readings }) => row !== 'P8' && readings === undefined);
  return [
    `## On ${where}`,
    '',
    ...timesSection(timed),
    ...otherGoalsSection(results.filter(({ readings }) => readings !== undefined)),
    ...besideSection(results.filter(({ runs }) => runs.length > 0)),
    ...peaksSection(results),
  ];
}

function timesSection(timed: readonly StoredResult[]): string[] {
  if (timed.length === 0) return [];
  return [
    'Wall time in seconds: median (smallest-largest). Ratio: our median by that of the program in the goal.',
    '',
    ...table(['row', 'work', ...NAMES, 'ratio', 'goal', ''], timed.flatMap(linesOf)),
    '',
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
