import type { SourceKind } from '../data/sources.ts';
import { table } from '../report/format.ts';
import type { Session } from '../report/session.ts';
import { GROUPS } from './groups.ts';
import type { Group } from './groups.ts';
import type { PartProfile } from './profiled-run.ts';

/** A source's profiles as they are kept. */
export interface StoredBudget {
  readonly files: number;
  readonly bytes: number;
  readonly parts: readonly PartProfile[];
  readonly session: Session;
}

/** What a source's time is divided by. */
const UNITS: Readonly<Record<SourceKind, string>> = { kernel: 'µs a file', large: 'ns a byte' };

/** The document's section of one source: where the time of each program goes, and in which thread. */
export function budgetSection(kind: SourceKind, stored: StoredBudget): string[] {
  const { files, bytes, parts, session } = stored;
  const perUnit = (seconds: number): string => {
    const value = kind === 'kernel' ? (seconds * 1e6) / files : (seconds * 1e9) / bytes;
    return value < 0.005 ? '' : value.toFixed(2);
  };
  const rows = GROUPS.map((group) => [
    group,
    ...parts.map((part) => perUnit(secondsOf(part, [group]) * scaleOf(part))),
  ]);
  const unseen = parts.map((part) =>
    perUnit(part.cpuSeconds - secondsOf(part, GROUPS) * scaleOf(part)),
  );
  const sums = parts.map(({ cpuSeconds }) => `**${perUnit(cpuSeconds)}**`);
  const amount = kind === 'kernel' ? `${files.toLocaleString('en')} files, ` : '';
  return [
    `${UNITS[kind]}, of ${amount}${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 0 })} MB:`,
    '',
    ...table(
      [kind, ...parts.map(({ part }) => part)],
      [...rows, ['threads that V8 does not see', ...unseen], ['**all of it**', ...sums]],
    ),
    '',
    'Busy seconds by thread, as sampled, and what most of them are:',
    '',
    ...table(['program', 'thread', 'busy', 'most of it'], parts.flatMap(threadRows)),
    '',
    `Taken ${session.startedAt} at ${session.commit}, load ${session.load.toFixed(2)}: ${session.machine}.`,
  ];
}

/**
 * A thread that waits for a core is sampled as if it worked: where the samples come to more than the process was given, all of
 * them count for less.
 */
function scaleOf(part: PartProfile): number {
  return Math.min(1, part.cpuSeconds / secondsOf(part, GROUPS));
}

function secondsOf({ threads }: PartProfile, groups: readonly Group[]): number {
  let sum = 0;
  for (const { seconds } of threads) for (const group of groups) sum += seconds[group] ?? 0;
  return sum;
}

function threadRows({ part, threads }: PartProfile): string[][] {
  return threads.map(({ thread, seconds }) => {
    const groups = (Object.entries(seconds) as [Group, number][]).toSorted((a, b) => b[1] - a[1]);
    const busy = groups.reduce((sum, [, value]) => sum + value, 0);
    const most = groups
      .slice(0, 3)
      .map(([group, value]) => `${group} ${value.toFixed(2)}`)
      .join(', ');
    return [part, thread, busy.toFixed(2), most];
  });
}
