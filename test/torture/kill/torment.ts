/** Several worlds side by side, each for some rounds, until there were enough kills. */

import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';

import { randomFrom } from '../../rebuild/random-tree.ts';
import type { Random } from '../../rebuild/random-tree.ts';
import type { Kind } from './aims.ts';
import { destinationRound, originRound, restoreRound, verifyRound } from './client-rounds.ts';
import { checkRound, hubRound } from './hub-rounds.ts';
import { HANG_MS, World } from './world.ts';
import type { Books } from './world.ts';

const ROUNDS: Readonly<Record<Kind, (world: World) => Promise<void>>> = {
  origin: originRound,
  hub: hubRound,
  destination: destinationRound,
  restore: restoreRound,
  verify: verifyRound,
  check: checkRound,
};
/** These make a snapshot; the others need one. */
const MAKERS: readonly Kind[] = ['origin', 'hub', 'destination'];
/** Then it makes place for a new one, so that vaults stay small and first starts are met too. */
const ROUNDS_OF_A_WORLD = 30;
const MOST_FAULTS = 10;

export type Torment = {
  readonly dir: string;
  readonly seed: number;
  readonly kinds: readonly Kind[];
  readonly kills: number;
  readonly minutes: number;
  /** How many at a time. */
  readonly worlds: number;
  readonly books: Books;
};

/** Ends when there were as many kills, or minutes, as asked, or too many faults, which are told and counted in the tally. */
export async function torment(plan: Torment): Promise<void> {
  const { books } = plan;
  const isOver = (): boolean =>
    books.tally.kills >= plan.kills ||
    books.tally.minutes >= plan.minutes ||
    books.tally.faults.length >= MOST_FAULTS;
  let number = 0;
  const places = Array.from({ length: plan.worlds }, async () => {
    while (!isOver()) await live(plan, number++, isOver);
  });
  await Promise.all(places);
}

async function live(plan: Torment, number: number, isOver: () => boolean): Promise<void> {
  const seed = (plan.seed + number * 7919) % 2 ** 31;
  const dir = join(plan.dir, `rbbackup-kill-${plan.seed}-${number}`);
  const world = await World.make(dir, seed, await freePort(randomFrom(seed)), plan.books);
  let kind: Kind | null = null;
  try {
    for (let round = 0; round < ROUNDS_OF_A_WORLD && !isOver(); round++) {
      kind = choose(plan.kinds, world);
      await within(HANG_MS, ROUNDS[kind](world));
      plan.books.tally.rounds++;
    }
    await world.end();
    await world.lookAtVault();
    world.remove();
  } catch (error) {
    const text = `seed ${plan.seed}, world ${number} (its seed ${seed}), round of the ${kind}, ${world.doing}; kept in ${dir}`;
    plan.books.tally.faults.push(`${text}: ${String(error)}: ${String((error as Error).cause)}`);
    process.stdout.write(
      `FAULT: ${text}\n  ${inspect(error)}\n  alive:\n  ${world.describe()}\n  again: npm run torture -- kill --seed ${plan.seed} --kind ${kind}\n`,
    );
    await world.end();
  }
}

function choose(kinds: readonly Kind[], world: World): Kind {
  const makers = MAKERS.filter((kind) => kinds.includes(kind));
  // What needs a snapshot finds one even if nobody who makes one is to be killed.
  if (world.told.size === 0) return makers[world.random(makers.length)] ?? 'origin';
  return kinds[world.random(kinds.length)] as Kind;
}

async function within(ms: number, task: Promise<void>): Promise<void> {
  const over = new AbortController();
  try {
    const late = pause(ms, undefined, { signal: over.signal }).then(() => {
      throw new Error(`nothing has come of it in ${ms / 1000} s`);
    });
    late.catch(() => undefined);
    await Promise.race([task, late]);
  } finally {
    over.abort();
  }
}

/** Below those that the system gives out by itself, so that it is free still when the hub comes back. */
async function freePort(random: Random): Promise<number> {
  for (;;) {
    const port = 12_000 + random(18_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ]).catch(() => false);
    if (!isFree) continue;
    server.close();
    return port;
  }
}
