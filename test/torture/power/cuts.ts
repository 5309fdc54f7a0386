/** Power cuts of the machine with the hub, and of that with the destination. */

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

import { contentsOf, writtenBytes } from '../../e2e/kill/tree-moment.ts';
import { assertTree, assertVaultWhole } from '../kill/look.ts';
import { backUpInside } from '../kill/origin-inside.ts';
import type { Version, World } from '../kill/world.ts';
import { assertDone } from '../kill/world.ts';
import type { Disk } from './disk.ts';

export type Machine = 'hub' | 'destination';

/** What was known when the power went. */
type Cut = {
  readonly copy: string;
  readonly told: ReadonlySet<string>;
  /** Whether the origin had been told by then that the destination holds the newest version, verified. */
  readonly isVerified: boolean;
};

/** What a run of the tree writes at each machine; learnt from the runs before. */
const learntBytes = new Map<Machine, number>();
const FIRST_GUESS_BYTES = 300_000;
const CUTS = 3;

/**
 * One backup with some power cuts on its way: each leaves a disk that is looked at, and with the last of them it goes on.
 * @returns how many cuts there were
 */
export async function cutRound(world: World, machine: Machine, disk: Disk): Promise<number> {
  await world.ensureHub();
  await world.ensureDestination();
  const before = world.now;
  await world.advance();
  const origin = backUpInside(world, 1);
  // It fails where it is awaited.
  origin.catch(() => undefined);
  const cuts = await cutsOf(world, machine, disk, origin);
  await world[machine]?.kill();
  world[machine] = null;
  if (machine === 'hub') await origin;
  const last = cuts.at(-1);
  assert(last !== undefined);
  for (const cut of cuts.slice(0, -1))
    await disk.look(cut.copy, async (root) => await look(world, machine, root, cut, before));
  await disk.become(last.copy);
  await look(world, machine, disk.mountPoint, last, before);
  if (machine === 'hub') {
    const check = await world.startCheck().ended;
    assertDone(check, 'the check after the power cut');
  }
  await world.ensureHub();
  await world.ensureDestination();
  const isDone = machine === 'hub' ? await backUpInside(world, 1) : await origin;
  assert(isDone, 'the backup after the power cut');
  world.compareCopy();
  return cuts.length;
}

/** Takes copies of the disk while a backup goes on, at moments that go by what the machine has written. */
async function cutsOf(
  world: World,
  machine: Machine,
  disk: Disk,
  origin: Promise<boolean>,
): Promise<Cut[]> {
  const program = world[machine];
  assert(program !== null);
  const startBytes = writtenBytes(program.pid);
  const expectedBytes = learntBytes.get(machine) ?? FIRST_GUESS_BYTES;
  const shares = Array.from({ length: 1 + world.random(CUTS) }, () => world.random(120) / 100);
  const run = { isVerified: false, isOver: false };
  const end = (isDone: boolean): void => {
    run.isVerified = isDone;
    run.isOver = true;
  };
  origin.then(end, () => end(false));
  const cuts: Cut[] = [];
  for (const share of shares.toSorted((left, right) => left - right)) {
    while (!run.isOver && writtenBytes(program.pid) - startBytes < share * expectedBytes)
      await pause(1);
    const known = { told: new Set(world.told.keys()), isVerified: run.isVerified };
    cuts.push({ ...known, copy: await disk.copy() });
  }
  if (run.isOver) learntBytes.set(machine, writtenBytes(program.pid) - startBytes);
  return cuts;
}

async function look(
  world: World,
  machine: Machine,
  root: string,
  { told, isVerified }: Cut,
  before: Version,
): Promise<void> {
  if (machine === 'hub') {
    await assertVaultWhole(root, world.path('look'), told, world.books.readers);
    world.books.tally.vaultsRead++;
    return;
  }
  const tree = `${root}/ana@host-ana/work`;
  if (isVerified) {
    assertTree(tree, world.now.lines, 'what was called verified before the power went');
    world.books.tally.treesCompared++;
  } else assertKept(tree, before, world.now);
}

/** What was verified, and wasn't to be changed by this version, is as it was. */
function assertKept(tree: string, before: Version, now: Version): void {
  const found = contentsOf(tree);
  for (const [path, content] of before.contents)
    if (now.contents.get(path) === content && !path.includes('chameleon'))
      assert.equal(found.get(path), content, `${path} was in place, and wasn't to be changed`);
}
