/**
 * `npm run torture -- disk [--minutes N] [--seed N] [--only TEXT]`: lets every call by which the hub, an origin, a
 * destination and a restore touch the disk fail once, and from there on, with every error that a disk may give.
 */

import process from 'node:process';
import { parseArgs } from 'node:util';

import { noInjection } from './inject.ts';
import { nameOf, walk } from './walk.ts';

const SCENES = 3;
const PROGRESS_EVERY_MS = 5000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string' },
    only: { type: 'string', default: '' },
    scenes: { type: 'string', default: String(SCENES) },
    verbose: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const why = noInjection();
if (why !== false) throw new Error(why);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`seed ${seed}, at most ${values.minutes} minutes`);
let saidMs = 0;
let steps = 0;
const { tallies, wrong, isWhole } = await walk({
  seed,
  untilMs: Date.now() + Number(values.minutes) * 60_000,
  scenes: Number(values.scenes),
  only: (fault) => nameOf(fault).includes(values.only),
  onProgress: (line) => {
    steps++;
    const isDue = Date.now() - saidMs > PROGRESS_EVERY_MS;
    if (!isDue && !values.verbose && !line.startsWith('WRONG')) return;
    saidMs = Date.now();
    say(`${steps}. ${line}`);
  },
});
say(`\n${'participant | fault'.padEnd(30)} steps    hit  ended by itself, said why`);
for (const [key, { steps: tried, hit, failed }] of [...tallies].toSorted(([a], [b]) =>
  a.localeCompare(b),
)) {
  const figures = [tried, hit, failed].map((figure) => String(figure).padStart(6)).join(' ');
  say(`${key.padEnd(29)}${figures}`);
}
for (const { what, why: reason } of wrong) say(`WRONG ${what}: ${reason}`);
const all = [...tallies.values()].reduce((sum, { hit }) => sum + hit, 0);
say(
  `${steps} steps, ${all} faults hit, ${wrong.length} wrong${isWhole ? '; all calls were walked' : '; the time was over first'}; seed ${seed}`,
);
process.exitCode = wrong.length === 0 ? 0 : 1;
