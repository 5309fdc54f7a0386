/**
 * `npm run torture -- many`: many clients do random things at one hub, which is ended and killed meanwhile, against a model
 * of what must be there. `--clients N`, `--minutes N`, `--seed N`.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

import { runCrowd } from './crowd.ts';
import { History } from './history.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    clients: { type: 'string', default: '20' },
    seed: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const minutes = Number(values.minutes);
const clients = Number(values.clients);
const dir = mkdtempSync(join(tmpdir(), 'rbbackup-many-'));
const history = new History(join(dir, 'history.log'));
process.stdout.write(`seed ${seed}, ${clients} clients, ${minutes} minutes, in ${dir}\n`);
const figures = await runCrowd({
  dir: join(dir, 'crowd'),
  seed,
  clients,
  mostSets: 3,
  minutes,
  acts: Infinity,
  quietEveryActs: 10 * clients,
  hubEndsEveryActs: 3 * clients,
  calmShare: 0.5,
  finalSample: 3,
  history,
  onProgress: (line) => process.stdout.write(`${line}\n`),
});
for (const fault of history.faults) process.stdout.write(`FAULT ${fault}\n`);
process.stdout.write(`${figures}; ${history.faults.length} faults\n`);
if (history.faults.length === 0) rmSync(dir, { recursive: true, force: true });
else {
  process.stdout.write(
    `Everything is kept in ${dir}. Again: npm run torture -- many --seed ${seed} --clients ${clients} --minutes ${minutes}\n`,
  );
  process.exitCode = 1;
}
