/** `npm run bench`: measures the rows that are asked for, and writes the page of results. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { Sources, dataFolder } from './data/sources.ts';
import { installCleanup } from './measure/cleanup.ts';
import { parseOptions } from './options.ts';
import type { Options } from './options.ts';
import { installPeers } from './peers/install.ts';
import { ResultsFile } from './report/results-file.ts';
import type { ResultFiles } from './report/results-file.ts';
import { describeSession } from './report/session.ts';
import { ROWS } from './rows/rows.ts';

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Quick figures never replace real ones: they are kept beside the data. */
function resultFiles(options: Options): ResultFiles {
  if (!options.isQuick) {
    const folder = import.meta.dirname;
    return { figures: join(folder, 'data/figures.json'), page: join(folder, 'RESULTS.md') };
  }
  const folder = join(dataFolder(), 'quick');
  mkdirSync(folder, { recursive: true });
  return { figures: join(folder, 'figures.json'), page: join(folder, 'RESULTS.md') };
}

async function main(options: Options): Promise<void> {
  installCleanup();
  await installPeers(log);
  const sources = await Sources.open(options.isQuick, log);
  const session = await describeSession(options);
  log(`${session.machine}; ${session.versions}; load ${session.load.toFixed(2)}`);
  const files = resultFiles(options);
  const results = new ResultsFile(files);
  let failures = 0;
  for (const row of ROWS.filter(({ id }) => options.rows.includes(id))) {
    log(row.id);
    for await (const result of row.run({ options, sources, log })) {
      results.add(result, session);
      failures += result.runs.filter(({ failure }) => failure !== undefined).length;
      log(`${result.row} ${result.work}, on ${result.where}: written to ${files.page}`);
    }
  }
  process.exitCode = failures === 0 ? 0 : 1;
}

try {
  const known = ROWS.map(({ id }) => id);
  await main(parseOptions(process.argv.slice(2), known));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
