import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { dataFolder } from '../data/sources.ts';
import { ResultsFile } from '../report/results-file.ts';
import type { ResultFiles } from '../report/results-file.ts';
import { describeSession } from '../report/session.ts';
import type { Bench } from './row.ts';
import { ROWS } from './rows.ts';

/**
 * Measures the rows that are asked for, and writes the page of results after each.
 *
 * @returns how many programs failed
 */
export async function measureRows(bench: Bench): Promise<number> {
  const { options, log } = bench;
  const session = await describeSession(options);
  log(`${session.machine}; ${session.versions}; load ${session.load.toFixed(2)}`);
  const files = resultFiles(options.isQuick);
  const results = new ResultsFile(files);
  let failures = 0;
  for (const row of ROWS.filter(({ id }) => options.rows.includes(id))) {
    log(row.id);
    for await (const result of row.run(bench)) {
      results.add(result, session);
      failures += result.runs.filter(({ failure }) => failure !== undefined).length;
      log(`${result.row} ${result.work}, on ${result.where}: written to ${files.page}`);
    }
  }
  return failures;
}

/** Quick figures never replace real ones: they are kept beside the data. */
export function resultFiles(isQuick: boolean): ResultFiles {
  if (!isQuick) {
    const folder = join(import.meta.dirname, '..');
    return { figures: join(folder, 'data/figures.json'), page: join(folder, 'RESULTS.md') };
  }
  const folder = join(dataFolder(), 'quick');
  mkdirSync(folder, { recursive: true });
  return { figures: join(folder, 'figures.json'), page: join(folder, 'RESULTS.md') };
}
