/**
 * `npm run torture -- clock [--minutes N] [--seed N]`: the clocks of the hub, the origin and the destination go wrong by up
 * to a year, jump both ways during runs and between them, and their programs end and start anew.
 */

import process from 'node:process';
import { parseArgs } from 'node:util';

import { randomFrom } from '../../rebuild/random-tree.ts';
import { ClockScene, YEAR_SEC } from './clock-scene.ts';
import type { Clocks } from './clock-scene.ts';
import { noFakeTime } from './fake-time.ts';

/** Snapshots of one scene: all of them are restored at its end. */
const RUNS = 8;
const OFFSETS_SEC = [0, -YEAR_SEC, YEAR_SEC, -86_400, 86_400, -3, 3, -YEAR_SEC, YEAR_SEC];
const WHO = ['hub', 'origin', 'destination'] as const;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const why = noFakeTime();
if (why !== false) throw new Error(why);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`seed ${seed}, ${values.minutes} minutes`);
const untilMs = Date.now() + Number(values.minutes) * 60_000;
const random = randomFrom(seed);
const offset = (): number => OFFSETS_SEC[random(OFFSETS_SEC.length)] ?? 0;
let runs = 0;
let jumps = 0;
let restarts = 0;

function jump(clocks: Clocks): string {
  const who = WHO[random(WHO.length)] ?? 'hub';
  clocks[who].set(offset());
  jumps++;
  return `${who} ${clocks[who].offsetMs / 86_400_000} days off`;
}

async function oneScene(): Promise<void> {
  const offsets = { hub: offset(), origin: offset(), destination: offset() };
  await using scene = await ClockScene.open(random(2 ** 31), offsets);
  for (let i = 0; i < RUNS && Date.now() < untilMs; i++) {
    const before = jump(scene.clocks);
    if (random(4) === 0) {
      restarts++;
      await scene.restart(random(2) === 0 ? 'hub' : 'destination');
    }
    let during = '';
    await scene.run(() => {
      during = [jump(scene.clocks), jump(scene.clocks)].join(', ');
    });
    runs++;
    say(`run ${runs}: ${before}; in the middle ${during}`);
  }
  await scene.assertAllThere();
}

try {
  while (Date.now() < untilMs) await oneScene();
  say(`${runs} runs, ${jumps} jumps, ${restarts} restarts, 0 wrong; seed ${seed}`);
} catch (error) {
  say(`WRONG after ${runs} runs: ${error instanceof Error ? error.message : String(error)}`);
  say(`Again: npm run torture -- clock --seed ${seed} --minutes ${values.minutes}`);
  process.exitCode = 1;
}
