import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import { formatBytes, formatRate, parseRate, parseSize } from '../../base/format.ts';
import { escapeName } from '../../base/names.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { UserLimits } from '../../catalog/limits.ts';
import { checkLabel } from '../../model/snapshot.ts';

/** Left out: as it was. */
type LimitOption = number | 'none';
export type LimitOptions = {
  readonly bytes?: LimitOption;
  readonly sets?: LimitOption;
  readonly connections?: LimitOption;
  readonly rate?: LimitOption;
};

const MOST = 1_000_000;

/** What `users DIR limit NAME` takes. */
export function addLimitOptions(command: Command): void {
  const options: readonly (readonly [string, string, (text: string) => number])[] = [
    ['--bytes <size>', 'limit: what its backups may add to the vault, such as 100G', parseSize],
    ['--sets <number>', 'limit: how many sets it may have', wholeNumber],
    ['--connections <number>', 'limit: how many connections at a time', wholeNumber],
    ['--rate <rate>', 'limit: bytes a second in each direction, such as 2M', parseRate],
  ];
  for (const [flags, description, parse] of options)
    command.addOption(new Option(flags, `${description}; none: no limit`).argParser(orNone(parse)));
}

/** Sets the limits that are given, if any are, and tells all. */
export function limitUser(
  catalog: Catalog,
  name: string,
  options: LimitOptions,
): { readonly objects: readonly object[]; readonly lines: readonly string[] } {
  checkLabel('user', name);
  const before = catalog.limitsOf(name);
  const limits: UserLimits = {
    storedBytes: chosen(options.bytes, before.storedBytes),
    sets: chosen(options.sets, before.sets),
    connections: chosen(options.connections, before.connections),
    bytesPerSecond: chosen(options.rate, before.bytesPerSecond),
  };
  const isChange = Object.values(options).some((value) => value !== undefined);
  if (isChange) catalog.setLimits(name, limits);
  const taken = catalog.storedBytesOf(name);
  return {
    objects: [{ event: 'limits', name, ...limits, storedBytesNow: taken }],
    lines: [
      `Limits of ${escapeName(name)}:`,
      `  stored       ${shown(limits.storedBytes, formatBytes)} (its backups have added ${formatBytes(taken)})`,
      `  sets         ${shown(limits.sets, String)} (it has ${catalog.sets(name).length})`,
      `  connections  ${shown(limits.connections, String)}`,
      `  rate         ${shown(limits.bytesPerSecond, formatRate)}`,
    ],
  };
}

function chosen(option: LimitOption | undefined, before: number | null): number | null {
  if (option === undefined) return before;
  return option === 'none' ? null : option;
}

function shown(limit: number | null, format: (value: number) => string): string {
  return limit === null ? 'no limit' : format(limit);
}

function orNone(parse: (text: string) => number): (text: string) => LimitOption {
  return (text) => {
    if (text === 'none') return text;
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : 'not a limit.');
    }
  };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= MOST) return value;
  throw new InvalidArgumentError(`it is a whole number from 1 to ${MOST}, or none.`);
}
