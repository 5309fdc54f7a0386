/** Several worlds side by side, each for some rounds, until there were enough kills. */

import { join } from 'node:path';
import { inspect } from 'node:util';

import type { Kind } from './aims.ts';
import { destinationRound, originRound, restoreRound, verifyRound } from './client-rounds.ts';
import { freePort } from './free-port.ts';
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
/** From so many on it is worth the time to make the starts of programs quicker first. */
const LONG_RUN_KILLS = 200;
const LOOK_MS = 5000;

export type Torment = {
  readonly dir: string;
  readonly seed: number;
  readonly kinds: readonly Kind[];
  readonly kills: number;
  readonly minutes: number;
  /** How many at a time. */
  readonly worlds: number;
  readonly books: Books;
  readonly say: (line: string) => void;
  /** Ends it after the rounds that are under way. */
  readonly signal: AbortSignal;
};

/** Ends when there were as many kills, or minutes, as asked, or too many faults, which are told and counted in the tally. */
export async function torment(plan: Torment): Promise<void> {
  const { books } = plan;
  if (plan.kills >= LONG_RUN_KILLS) await warmUp(plan);
  const isOver = (): boolean =>
    plan.signal.aborted ||
    books.tally.kills >= plan.kills ||
    books.tally.minutes >= plan.minutes ||
    books.tally.faults.length >= MOST_FAULTS;
  let number = 0;
  const places = Array.from({ length: plan.worlds }, async () => {
    while (!isOver()) await live(plan, number++, isOver);
  });
  await Promise.all(places);
}

/** Everything once, to its end: only a process that ends by itself keeps its compiled code for the next one. */
async function warmUp(plan: Torment): Promise<void> {
  const dir = join(plan.dir, `rbbackup-kill-${plan.seed}-first`);
  const world = await World.make(dir, plan.seed, await freePort(plan.seed), plan.books);
  try {
    await world.finishBackup();
    const [id = ''] = world.told.keys();
    await world.startClient(['restore', id, world.path('restored')]).ended;
    await world.startClient(['receive', world.path('copy'), '--once']).ended;
    await world.startClient(['verify', world.path('copy')]).ended;
    await world.startCheck().ended;
    await world.destination?.stop();
    await world.hub?.stop();
  } finally {
    await world.end();
    world.remove();
  }
}

async function live(plan: Torment, number: number, isOver: () => boolean): Promise<void> {
  const seed = (plan.seed + number * 7919) % 2 ** 31;
  const dir = join(plan.dir, `rbbackup-kill-${plan.seed}-${number}`);
  const world = await World.make(dir, seed, await freePort(seed), plan.books);
  let kind: Kind | null = null;
  try {
    for (let round = 0; round < ROUNDS_OF_A_WORLD && !isOver(); round++) {
      kind = choose(plan.kinds, world);
      await within(world, ROUNDS[kind](world));
      plan.books.tally.rounds++;
    }
    await world.end();
    await world.lookAtVault();
    world.remove();
  } catch (error) {
    const text = `seed ${plan.seed}, world ${number} (its seed ${seed}), round of the ${kind}, ${world.doing}; kept in ${dir}`;
    plan.books.tally.faults.push(`${text}: ${String(error)}: ${String((error as Error).cause)}`);
    plan.say(
      `FAULT: ${text}\n  ${inspect(error)}\n  alive:\n  ${world.describe()}\n  again: npm run torture -- kill --seed ${plan.seed} --kind ${kind}`,
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

/** Fails when a round neither ends nor starts anything for long. */
async function within(world: World, task: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      const idleMs = performance.now() - world.lastStartMs;
      if (idleMs > HANG_MS) reject(new Error(`nothing has come of it in ${HANG_MS / 1000} s`));
    }, LOOK_MS);
  });
  try {
    await Promise.race([task, hang]);
  } finally {
    clearInterval(timer);
  }
}
