/** `npm run bench`: measures what is asked for, and writes the pages of results. */

import process from 'node:process';

import { BUDGET_SOURCES, measureBudget } from './budget/budget.ts';
import { Sources } from './data/sources.ts';
import { GROWTH_SERIES, measureGrowth } from './growth/growth.ts';
import { installCleanup } from './measure/cleanup.ts';
import { parseOptions } from './options.ts';
import type { Options } from './options.ts';
import { installPeers } from './peers/install.ts';
import { measureRows } from './rows/measure-rows.ts';
import type { Bench } from './rows/row.ts';
import { ROWS } from './rows/rows.ts';

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** @returns how much of it went wrong */
async function main(options: Options): Promise<number> {
  installCleanup();
  await installPeers(log);
  const bench: Bench = { options, sources: await Sources.open(options.isQuick, log), log };
  if (options.command === 'growth') return await measureGrowth(bench, options.parts);
  if (options.command === 'budget') return await measureBudget(bench, options.parts);
  return await measureRows(bench);
}

try {
  const known = { rows: ROWS.map(({ id }) => id), growth: GROWTH_SERIES, budget: BUDGET_SOURCES };
  const failures = await main(parseOptions(process.argv.slice(2), known));
  process.exitCode = failures === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
