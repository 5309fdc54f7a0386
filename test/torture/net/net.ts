/**
 * `npm run torture -- net`: everything a network may do, to everybody who uses one. `--fault TEXT` takes only faults whose
 * names have it. As root on Linux also in networks of their own, where packets of TCP are lost.
 */

import process from 'node:process';
import { parseArgs } from 'node:util';

import { Stage } from '../../e2e/stage.ts';
import { CASES } from './cases.ts';
import { FAULTS } from './faults.ts';
import type { FaultKind, Lane } from './faults.ts';
import { FaultyWay } from './faulty-way.ts';
import { tortureLinks } from './links.ts';
import { randomOf } from './random-of.ts';
import { Report } from './report.ts';
import { NET_TREE, SLOW_TREE, Scene } from './scene.ts';
import type { Carrier } from './scene.ts';
import { within } from './within.ts';

const TELL_EVERY_MS = 15_000;
/** Twice as long as any recovery takes; the slow link alone takes minutes. */
const MOST_MS: Readonly<Record<Lane, number>> = { quick: 300_000, silent: 300_000, slow: 600_000 };

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    fault: { type: 'string', default: '' },
  },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const untilMs = performance.now() + Number(values.minutes) * 60_000;
process.stdout.write(`seed ${seed}\n`);

const report = new Report();
const beganMs = performance.now();
const timer = setInterval(() => {
  const minutes = ((performance.now() - beganMs) / 60_000).toFixed(1);
  process.stdout.write(`${minutes} min: ${report.cases} cases, ${report.wrongs.length} wrong\n`);
}, TELL_EVERY_MS);

const lanes = (['quick', 'silent', 'slow'] as const).flatMap((lane) =>
  (['tcp', 'udp'] as const).map(async (carrier) => await runLane(lane, carrier)),
);
await Promise.all([...lanes, tortureLinks({ seed, untilMs, report, only: values.fault })]);
clearInterval(timer);

process.stdout.write(`\n${report.table()}\n`);
for (const wrong of report.wrongs) process.stdout.write(`WRONG ${wrong}\n`);
const again = report.wrongs.length === 0 ? '' : `; again: npm run torture -- net --seed ${seed}`;
process.stdout.write(
  `${report.cases} cases, ${report.wrongs.length} wrong, seed ${seed}${again}\n`,
);
process.exitCode = report.wrongs.length === 0 && report.cases > 0 ? 0 : 1;

/** One scene after the other, each until something went wrong in it, through all faults again and again. */
async function runLane(lane: Lane, carrier: Carrier): Promise<void> {
  const kinds = FAULTS.filter(
    (kind) =>
      kind.lane === lane && kind.carriers.includes(carrier) && kind.name.includes(values.fault),
  );
  const random = randomOf(seed, `${lane} ${carrier}`);
  for (let number = 0; kinds.length > 0 && performance.now() < untilMs;) {
    await using stage = await Stage.open();
    const sceneSeed = random(2 ** 31);
    await using scene = await Scene.open(stage, {
      carrier,
      seed: sceneSeed,
      size: lane === 'slow' ? SLOW_TREE : NET_TREE,
      way: async (port) => await FaultyWay.open(port, sceneSeed),
    });
    for (let isWell = true; isWell && performance.now() < untilMs; number++) {
      for (const kind of kinds) {
        isWell &&= await runKind(scene, kind, carrier, number, sceneSeed);
      }
    }
  }
}

async function runKind(
  scene: Scene,
  kind: FaultKind,
  carrier: Carrier,
  number: number,
  sceneSeed: number,
): Promise<boolean> {
  for (const participant of kind.participants) {
    if (performance.now() > untilMs) return true;
    const name = `${kind.name} (${carrier})`;
    const trouble = kind.trouble(randomOf(sceneSeed, `${name} ${participant} ${number}`), number);
    try {
      const figures = await within(MOST_MS[kind.lane], CASES[participant](scene, trouble));
      report.add(name, participant, figures);
    } catch (error) {
      report.wrong(name, participant, error, `trial ${number}`);
      return false;
    }
  }
  return true;
}
