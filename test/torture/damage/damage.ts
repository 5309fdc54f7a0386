/**
 * `npm run torture -- damage`: everything that the programs keep is damaged in every way, and all that must never happen is
 * looked for. `--minutes N`, `--seed N`; `--kind TEXT` takes those kinds alone whose names hold it.
 */

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

import { CELLS, tableOf, tryCell } from './trials.ts';
import type { Trial } from './trials.ts';
import { Theatre } from './theatre.ts';

const SAY_EVERY_MS = 10_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string' },
    kind: { type: 'string', default: '' },
  },
});
const firstSeed = Number(values.seed ?? Date.now() % 2 ** 22);
const minutes = Number(values.minutes);
const cells = CELLS.filter(({ kind }) => kind.includes(values.kind));
const trials: Trial[] = [];
// An error that nobody awaits would end the programs too.
process.on('uncaughtException', (error) => fail('uncaught', error));
process.on('unhandledRejection', (error) => fail('unhandled', error));

process.stdout.write(`seed ${firstSeed}, ${cells.length} cells, ${minutes} minutes\n`);
{
  await using theatre = new Theatre(mkdtempSync(join(tmpdir(), 'rbbackup-damage-')));
  const endMs = performance.now() + minutes * 60_000;
  let saidMs = performance.now();
  // Each cell once at least, whatever the time.
  for (let round = 0; round === 0 || performance.now() < endMs; round++) {
    for (const cell of cells) {
      if (round > 0 && performance.now() >= endMs) break;
      const trial = await tryCell(theatre, cell, firstSeed + round);
      trials.push(trial);
      if (trial.fault !== null) tell(trial);
      if (performance.now() - saidMs < SAY_EVERY_MS) continue;
      saidMs = performance.now();
      process.stdout.write(`${trials.length} trials, ${faults()} faults\n`);
    }
  }
}
process.stdout.write(`${tableOf(trials)}\n${trials.length} trials, ${faults()} faults\n`);
process.exit(faults() === 0 ? 0 : 1);

function faults(): number {
  return trials.filter(({ fault }) => fault !== null).length;
}

function tell({ kind, how, seed, fault }: Trial): void {
  process.stdout.write(`FAULT ${kind}, ${how}: ${fault}\n`);
  process.stdout.write(
    `  Again: npm run torture -- damage --minutes 0 --seed ${seed} --kind '${kind}'\n`,
  );
}

function fail(what: string, error: unknown): void {
  const last = trials.at(-1);
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const behind = last === undefined ? '' : ` after ${last.kind}, ${last.how}, seed ${last.seed}`;
  process.stdout.write(`FAULT ${what}${behind}: ${words}\n`);
  process.exit(1);
}
