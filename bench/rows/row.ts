import type { Contender, ContenderName } from '../contender.ts';
import type { Sources } from '../data/sources.ts';
import type { Options } from '../options.ts';
import type { Result } from '../report/result.ts';
import { borg } from '../peers/borg.ts';
import { ours } from '../ours/ours.ts';
import { restic } from '../peers/restic.ts';
import { rsync } from '../peers/rsync.ts';

/** What a row is given. */
export interface Bench {
  readonly options: Options;
  readonly sources: Sources;
  readonly log: (line: string) => void;
}

/** A row, or a family of rows, of the table. One file each, listed in rows.ts. */
export interface Row {
  readonly id: string;
  /** Yields each result as soon as it is complete. */
  run(bench: Bench): AsyncGenerator<Result>;
}

const ALL: readonly Contender[] = [ours, rsync, restic, borg];

/** Those that the command line asks for, out of those that a row compares. */
export function contendersOf(bench: Bench, names: readonly ContenderName[]): Contender[] {
  return ALL.filter(({ name }) => names.includes(name) && bench.options.contenders.includes(name));
}
