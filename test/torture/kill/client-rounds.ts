/** Rounds in which one of the clients is killed. The hub goes on all the while. */

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';

import { assertOldOrNew } from '../../e2e/kill/tree-moment.ts';
import type { Program } from '../../e2e/program.ts';
import { chain } from './attempt.ts';
import { damage } from './damage.ts';
import { backUpInside } from './origin-inside.ts';
import { assertTree } from './look.ts';
import { assertDone, versionOf } from './world.ts';
import type { Version, World } from './world.ts';

/** The origin is killed, and started again. */
export async function originRound(world: World): Promise<void> {
  await world.ensureHub();
  await world.ensureDestination();
  await world.advance();
  const isOver = await chain(
    world,
    'origin',
    (where) => world.startBackup(where),
    async (origin) => {
      const ended = await origin.ended;
      world.ofBackup(ended, ended.signal === 'SIGKILL' ? null : 0);
      if (ended.status === 0) world.compareCopy();
    },
    (when) => world.lookAtCopy(when),
  );
  if (!isOver) await world.finishBackup();
}

/** The destination is killed while an origin waits for its copy, and comes back. */
export async function destinationRound(world: World): Promise<void> {
  await world.ensureHub();
  await world.killIdle('destination');
  await world.advance();
  const origin = backUpInside(world, 1);
  // It fails where it is awaited, at the end.
  origin.catch(() => undefined);
  const isOver = await chain(
    world,
    'destination',
    (where) => (world.destination = world.startClient(['receive', world.path('d1')], where)),
    async (destination) => {
      await Promise.race([destination.ended, origin]);
    },
    (when) => {
      world.destination = null;
      world.lookAtCopy(when);
    },
  );
  if (!isOver) await world.ensureDestination();
  assert(await origin, 'the backup whose destination was killed');
  world.compareCopy();
  if (!isOver) return;
  // It may be under the tracer still, and has just said that all is verified.
  await world.killIdle('destination');
  world.compareCopy();
}

/** A restore of any snapshot that was ever told is killed, and started again. */
export async function restoreRound(world: World): Promise<void> {
  await world.ensureHub();
  const told = [...world.told];
  const [id, version] = told[world.random(told.length)] as [string, Version];
  const into = world.path('restored');
  const start = ['restore', id, into];
  const nothing = new Map<string, string>();
  const isOver = await chain(
    world,
    'restore',
    (where) => world.startClient(start, where),
    async (restore) => await endOf(restore),
    (when) => void assertOldOrNew(into, nothing, version.contents, when),
  );
  if (!isOver) assertDone(await world.startClient(start).ended, 'the restore after the kill');
  assertTree(into, version.lines, 'what was restored');
  world.books.tally.restoresCompared++;
  rmSync(into, { recursive: true });
}

/** A destination's folder is damaged; its mending is killed, and started again. */
export async function verifyRound(world: World): Promise<void> {
  await world.ensureHub();
  const dir = world.path('copy');
  const root = world.path('copy', 'ana@host-ana', 'work');
  // Of what it has already nothing would come.
  if (world.kept === null || (world.kept !== world.now && world.random(8) === 0)) {
    assertDone(await world.startClient(['receive', dir, '--once']).ended, 'receive --once');
    world.kept = world.now;
  }
  const whole = world.kept;
  damage(root, world.random);
  const damaged = versionOf(root).contents;
  const isOver = await chain(
    world,
    'verify',
    (where) => world.startClient(['verify', dir], where),
    async (verify) => await endOf(verify),
    (when) => void assertOldOrNew(root, damaged, whole.contents, when),
  );
  if (!isOver) assertDone(await world.startClient(['verify', dir]).ended, 'verify after the kill');
  assertTree(root, whole.lines, 'what was verified');
  world.books.tally.treesCompared++;
}

async function endOf(program: Program): Promise<void> {
  const { signal, status, lines, stderr } = await program.ended;
  assert(
    signal === 'SIGKILL' || status === 0,
    `${status} ${JSON.stringify(lines.slice(-4))} ${stderr}`,
  );
}
