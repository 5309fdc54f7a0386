/** Rounds in which the hub, a check of its vault, or somebody who needs both is killed. */

import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync } from 'node:fs';

import type { Program } from '../../e2e/program.ts';
import { chain } from './attempt.ts';
import { backUpInside } from './origin-inside.ts';
import { assertDone } from './world.ts';
import type { World } from './world.ts';

/** The hub is killed from its start on, with a backup on the way; then the backup is made again. */
export async function hubRound(world: World): Promise<void> {
  await world.killIdle('hub');
  await world.advance();
  await chain(
    world,
    'hub',
    (where) => (world.hub = world.startHub(where)),
    async (hub) => await backUpTo(world, hub),
    async (when) => {
      world.hub = null;
      world.lookAtCopy(when);
      await world.lookAtVault();
    },
  );
  if (world.hub !== null) {
    await world.killIdle('hub');
    await world.lookAtVault();
  }
  if (world.told.size > 0 && world.random(3) === 0) await tornRound(world);
  await finish(world);
}

/** With a program now and then, else with what it is made of. */
async function finish(world: World): Promise<void> {
  if (world.random(4) === 0) return await world.finishBackup();
  await world.ensureHub();
  await world.ensureDestination();
  assert(await backUpInside(world, 1), 'the backup after the kill');
  world.compareCopy();
}

async function backUpTo(world: World, hub: Program): Promise<void> {
  const isUp = await Promise.race([
    hub.event('listening').then(
      () => true,
      () => false,
    ),
    hub.ended.then(() => false),
  ]);
  if (!isUp) return;
  // With a copy, a destination is on the wire as well.
  const isFollowed = world.destination !== null && world.random(2) === 0;
  const isDone = await backUpInside(world, isFollowed ? 1 : 0);
  if (!isDone) await hub.ended;
  else if (isFollowed) world.compareCopy();
}

/** A check is killed: of a vault in use, or of one whose hub was killed in the middle of a write. */
export async function checkRound(world: World): Promise<void> {
  if (world.random(2) === 0) {
    await world.killIdle('hub');
    await tornRound(world);
    return;
  }
  await world.ensureHub();
  await checks(world);
}

async function tornRound(world: World): Promise<void> {
  tearPack(world);
  await checks(world);
  await world.lookAtVault();
}

async function checks(world: World): Promise<void> {
  const isOver = await chain(
    world,
    'check',
    (where) => world.startCheck(where),
    async (check) => {
      const { signal, status, stderr, lines } = await check.ended;
      assert(signal === 'SIGKILL' || status === 0, `${status} ${stderr} ${JSON.stringify(lines)}`);
    },
    () => undefined,
  );
  if (!isOver) assertDone(await world.startCheck().ended, 'the check after the kill');
  const views = readdirSync(world.path('hub')).filter((name) => name.startsWith('check-'));
  assert.deepEqual(views, [], 'views of killed checks stay behind');
}

/** What a power cut may leave of a record: its beginning. */
function tearPack(world: World): void {
  const folder = world.path('hub', 'packs');
  if (!existsSync(folder)) return;
  const open = readdirSync(folder).find((name) => name.startsWith('open-'));
  if (open !== undefined)
    appendFileSync(`${folder}/${open}`, Buffer.alloc(1 + world.random(5000), world.random(256)));
}
