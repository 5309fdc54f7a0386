/** Worlds whose hub or destination is on a disk that loses its power, one after the other. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { SharedArena } from '../../../src/base/shared-arena.ts';
import { createBundlePool } from '../../../src/chunk/bundles.ts';
import { AimBook } from '../kill/aims.ts';
import { freePort } from '../kill/free-port.ts';
import { Tally } from '../kill/tally.ts';
import { WorkBook } from '../kill/victim.ts';
import { World } from '../kill/world.ts';
import type { Books } from '../kill/world.ts';
import { cutRound } from './cuts.ts';
import type { Machine } from './cuts.ts';
import { Disk } from './disk.ts';

const ROUNDS_OF_A_WORLD = 12;
const MOST_FAULTS = 5;
const ARENA_BYTES = 64 * 1024 * 1024;

export type PowerSums = {
  cuts: number;
  hubCuts: number;
  destinationCuts: number;
  rounds: number;
  vaultsRead: number;
  treesCompared: number;
  snapshotsTold: number;
  minutes: number;
  readonly faults: string[];
};

/** @returns once there were as many cuts, or minutes, or too many faults; everything is unmounted then */
export async function powerCuts(
  folder: string,
  seed: number,
  limits: { readonly cuts: number; readonly minutes: number; readonly roundsOfAWorld?: number },
  say: (line: string) => void,
): Promise<PowerSums> {
  const tally = new Tally();
  const readers = createBundlePool(1);
  const arena = new SharedArena(ARENA_BYTES);
  const books: Books = {
    aims: new AimBook(0),
    work: new WorkBook(),
    tally,
    tracer: '',
    readers,
    arena,
  };
  const cuts: Record<Machine, number> = { hub: 0, destination: 0 };
  const isOver = (): boolean =>
    cuts.hub + cuts.destination >= limits.cuts ||
    tally.minutes >= limits.minutes ||
    tally.faults.length >= MOST_FAULTS;
  for (let number = 0; !isOver(); number++) {
    const machine: Machine = number % 2 === 0 ? 'hub' : 'destination';
    const worldSeed = (seed + number * 7919) % 2 ** 31;
    const dir = join(folder, `rbbackup-power-${seed}-${number}`);
    const world = await World.make(dir, worldSeed, await freePort(worldSeed), books);
    const mode = world.random(2) === 0 ? 'ordered' : 'writeback';
    const disk = new Disk(dir, world.path(machine === 'hub' ? 'hub' : 'd1'), mode);
    let isWhole = true;
    try {
      const rounds = limits.roundsOfAWorld ?? ROUNDS_OF_A_WORLD;
      for (let round = 0; round < rounds && !isOver(); round++) {
        cuts[machine] += await cutRound(world, machine, disk);
        tally.rounds++;
      }
    } catch (error) {
      isWhole = false;
      const text = `seed ${seed}, world ${number}: the power of the ${machine}, data=${mode}; kept in ${dir}`;
      tally.faults.push(`${text}: ${String(error)}`);
      say(`FAULT: ${text}\n  ${inspect(error)}\n  alive:\n  ${world.describe()}`);
    }
    await world.end();
    await disk.end();
    if (isWhole) rmSync(dir, { recursive: true, force: true });
    say(line(tally, cuts));
  }
  await readers.close();
  const { rounds, vaultsRead, treesCompared, snapshotsTold, faults } = tally;
  const minutes = Math.round(tally.minutes * 10) / 10;
  const { hub: hubCuts, destination: destinationCuts } = cuts;
  const sums = { cuts: hubCuts + destinationCuts, hubCuts, destinationCuts, rounds, vaultsRead };
  return { ...sums, treesCompared, snapshotsTold, minutes, faults };
}

function line(tally: Tally, cuts: Record<Machine, number>): string {
  return `${tally.minutes.toFixed(1)} min: ${cuts.hub} cuts at the hub, ${cuts.destination} at the destination, ${tally.rounds} rounds, ${tally.vaultsRead} vaults read, ${tally.treesCompared} trees compared, ${tally.faults.length} faults`;
}
