import { parseArgs } from 'node:util';

import type { ContenderName } from './contender.ts';
import type { Where } from './measure/sample.ts';

/** What the command line asks for. */
export interface Options {
  /** Less data and one run of each: to see that it works, not for comparison. */
  readonly isQuick: boolean;
  readonly runs: number;
  readonly where: Where;
  /** All of them unless some are named. */
  readonly rows: readonly string[];
  readonly contenders: readonly ContenderName[];
  /** Numbers of destinations, ascending; null: the row's own. */
  readonly copies: readonly number[] | null;
}

const CONTENDERS: readonly ContenderName[] = ['ours', 'rsync', 'restic', 'borg'];

const USAGE =
  'npm run bench -- [--quick] [--runs 3] [--where tmpfs|disk] [--contenders ours,rsync,restic,borg] [--copies 1,3] [ROW …]';

/**
 * Reads the command line.
 *
 * @param known - the rows there are
 * @throws Error with a sentence on what is wrong
 */
export function parseOptions(parameters: readonly string[], known: readonly string[]): Options {
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
  const names = positionals.map((name) => name.toUpperCase());
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw usage(`There is no row ${unknown}; there are ${known.join(', ')}.`);
  }
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
  const rows = names.length > 0 ? names : known;
  return { isQuick: values.quick, runs, where, rows, contenders, copies };
}

function usage(message: string): Error {
  return new Error(`${message}\n${USAGE}`);
}
