import { parseArgs } from 'node:util';

import type { ContenderName } from './contender.ts';
import type { Where } from './measure/sample.ts';

/** What the bench can do: rows of the results, how figures grow, where the time goes. */
export type Command = 'rows' | 'growth' | 'budget';

/** What the command line asks for. */
export interface Options {
  readonly command: Command;
  /** Less data and one run of each: to see that it works, not for comparison. */
  readonly isQuick: boolean;
  readonly runs: number;
  readonly where: Where;
  /** Of the command's parts, all unless some are named; none of the other commands'. */
  readonly rows: readonly string[];
  readonly parts: readonly string[];
  readonly contenders: readonly ContenderName[];
  /** Numbers of destinations, ascending; null: the row's own. */
  readonly copies: readonly number[] | null;
}

const CONTENDERS: readonly ContenderName[] = ['ours', 'rsync', 'restic', 'borg'];

const USAGE =
  'npm run bench -- [--quick] [--runs 3] [--where tmpfs|disk] [--contenders ours,rsync,restic,borg] [--copies 1,3] [ROW …|growth [SERIES …]|budget [SOURCE …]]';

/**
 * Reads the command line.
 *
 * @param known - the rows there are, and the parts of the other commands
 * @throws Error with a sentence on what is wrong
 */
export function parseOptions(
  parameters: readonly string[],
  known: Readonly<Record<Command, readonly string[]>>,
): Options {
  const { values, positionals } = parseArgs({
    args: [...parameters],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      runs: { type: 'string' },
      where: { type: 'string', default: 'tmpfs' },
      contenders: { type: 'string', default: CONTENDERS.join(',') },
      copies: { type: 'string' },
    },
  });
  const runs = Number(values.runs ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(runs) || runs < 1) throw usage('--runs takes a whole number from 1.');
  const { where } = values;
  if (where !== 'tmpfs' && where !== 'disk') throw usage('--where takes tmpfs or disk.');
  const { command, parts } = partsOf(positionals, known);
  const asked = values.contenders.split(',');
  const contenders = CONTENDERS.filter((name) => asked.includes(name));
  if (contenders.length !== asked.length) {
    throw usage(`--contenders takes some of ${CONTENDERS.join(',')}.`);
  }
  const copies =
    values.copies
      ?.split(',')
      .map(Number)
      .toSorted((a, b) => a - b) ?? null;
  if (copies?.some((count) => !Number.isInteger(count) || count < 1)) {
    throw usage('--copies takes whole numbers from 1, with commas between them.');
  }
  const rows = command === 'rows' ? parts : [];
  return { command, isQuick: values.quick, runs, where, rows, parts, contenders, copies };
}

function partsOf(
  positionals: readonly string[],
  known: Readonly<Record<Command, readonly string[]>>,
): { readonly command: Command; readonly parts: readonly string[] } {
  const [first, ...others] = positionals;
  const command = first === 'growth' || first === 'budget' ? first : 'rows';
  const names = command === 'rows' ? positionals.map((name) => name.toUpperCase()) : others;
  const unknown = names.find((name) => !known[command].includes(name));
  if (unknown !== undefined) {
    throw usage(`There is no ${unknown}; there are ${known[command].join(', ')}.`);
  }
  return { command, parts: names.length > 0 ? names : known[command] };
}

function usage(message: string): Error {
  return new Error(`${message}\n${USAGE}`);
}
