/**
 * `npm run torture -- power [--cuts N] [--minutes N] [--seed N] [--report FILE]`: the power of the hub's machine, or of the
 * destination's, is cut while a backup goes on: what stands on a file system of its own is copied as the disk has it, the
 * copy is mounted, and everybody goes on with that.
 */

import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';

import { roomyFolder } from '../../e2e/data.ts';
import { noDisk } from './disk.ts';
import { powerCuts } from './power-cuts.ts';

const ROOM_BYTES = 2 ** 30;

const { values } = parseArgs({
  options: {
    cuts: { type: 'string', default: '200' },
    minutes: { type: 'string', default: '600' },
    seed: { type: 'string' },
    report: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const dir = roomyFolder(ROOM_BYTES);
const why = noDisk(dir);
if (why !== false) {
  process.stdout.write(`Nothing was done: ${why}\n`);
} else {
  process.stdout.write(`seed ${seed}\n`);
  const limits = { cuts: Number(values.cuts), minutes: Number(values.minutes) };
  const sums = await powerCuts(dir, seed, limits, (line) => process.stdout.write(`${line}\n`));
  if (values.report !== undefined)
    writeFileSync(values.report, `${JSON.stringify({ seed, ...sums }, null, 2)}\n`);
  process.exitCode = sums.faults.length === 0 && sums.cuts > 0 ? 0 : 1;
}
