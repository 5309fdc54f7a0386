/** Some of `npm run torture -- net`: faults on the way between clients and the hub. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { CASES } from '../torture/net/cases.ts';
import { strikesAt } from '../torture/net/faults.ts';
import { FaultyWay } from '../torture/net/faulty-way.ts';
import { SLOW_TREE, Scene, assertLost } from '../torture/net/scene.ts';
import { FAIR } from '../torture/net/weather.ts';
import { noise, writeNoise } from './data.ts';
import { RegisterWatch } from './register-watch.ts';
import { Stage } from './stage.ts';

const SEED = 20_261_121;
const MIB = 1024 * 1024;
const LONG_BYTES = 32 * MIB;
/** Promised are 30 s; the rest is for a machine that is busy. */
const GONE_WITHIN_MS = 45_000;
/** Two handshakes, offers, pages. */
const SURPLUS_BYTES = 60_000;
/** The handshake, the first words, the run. */
const WALK = {
  origin: [0, 1200, 40_000, 160_000],
  destination: [1800, 100_000],
} as const;

let stage: Stage;
let scene: Scene;
let way: FaultyWay;

before(async () => {
  stage = await Stage.open();
  scene = await Scene.open(stage, {
    carrier: 'tcp',
    seed: SEED,
    size: SLOW_TREE,
    way: async (port) => (way = await FaultyWay.open(port, SEED)),
  });
});

after(async () => {
  await scene[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

for (const [participant, direction] of [
  ['origin', 'up'],
  ['destination', 'down'],
] as const) {
  test(`a connection of the ${participant} is reset after N bytes: all is well in the end, and nothing wrong was said`, async () => {
    let struck = 0;
    for (const afterBytes of WALK[participant]) {
      const trouble = { isMild: false, begin: strikesAt('reset', direction, afterBytes) };
      const figures = await CASES[participant](scene, trouble);
      struck += figures.struck ? 1 : 0;
    }
    // Else nothing was tried.
    assert.equal(struck, WALK[participant].length);
  });
}

test('a destination that is answered with rubbish by what stands where its hub stood waits on', async () => {
  const trouble = { isMild: false, begin: strikesAt('garble', 'down', 1) };
  const { struck } = await CASES.destination(scene, trouble);
  assert(struck);
});

test('over a slow and long link nothing is taken for dead, and nothing goes twice', async () => {
  const begin = (): Promise<() => boolean> => {
    way.weather = { ...FAIR, delayMs: 100, bytesPerSec: 80_000 };
    return Promise.resolve(() => true);
  };
  const { movedBytes, neededBytes } = await CASES.origin(scene, { isMild: true, begin });
  way.weather = FAIR;
  const surplus = movedBytes - neededBytes;
  assert(surplus < SURPLUS_BYTES, `${movedBytes} bytes were sent where ${neededBytes} were needed`);
});

test('a restore that was cut goes on within a long file', async () => {
  const source = await stage.folder('long');
  writeNoise(join(source, 'long.bin'), 'long', LONG_BYTES);
  scene.done(await scene.here(['-rd', source]).ended);
  const into = stage.path('restored');
  way.weather = { ...FAIR, bytesPerSec: 24 * MIB };
  way.set({ strike: 'reset', direction: 'down', afterBytes: LONG_BYTES - 4 * MIB });
  const cut = await scene.yonder(['restore', 'long@latest', into]).ended;
  assertLost(cut, ['connection-lost']);
  assert(!existsSync(join(into, 'long.bin')), 'half a file is no file');
  const beforeBytes = way.bytes('down');
  scene.done(await scene.yonder(['restore', 'long@latest', into]).ended);
  way.weather = FAIR;
  // At most a window was in hand and not yet written, and a piece on its way.
  const secondBytes = way.bytes('down') - beforeBytes;
  assert(secondBytes < LONG_BYTES - 6 * MIB, `${secondBytes} bytes came again`);
  assert.equal(Buffer.compare(readFileSync(join(into, 'long.bin')), noise('long', LONG_BYTES)), 0);
  assert.deepEqual(readdirSync(into), ['long.bin']);
});

test('who vanishes without a word is off the register in 30 s, stalls nobody, and comes back by himself', async () => {
  const watch = await RegisterWatch.start(scene.client);
  const yonder = scene.yonder(['receive', stage.path('yonder'), '--as', 'yonder']);
  const first = await watch.untilThere('yonder');
  way.set({ strike: 'silence', direction: 'down', afterBytes: 50_000 });
  await scene.advance();
  const origin = scene.here(['-rd', scene.tree.root, '--copies', '2']);
  const committed = await origin.line(({ event }) => event === 'committed', 'a commit');
  await scene.steadyHas(committed['snapshot']);
  assert.equal(origin.child.exitCode, null, 'it waits for the second copy');
  const goneMs = await watch.untilLeft(first);
  assert(goneMs < GONE_WITHIN_MS, `it took ${goneMs} ms`);
  scene.done(await origin.ended);
  scene.assertTree('yonder');
  assert(yonder.lines.some(({ event }) => event === 'disconnected'));
});
