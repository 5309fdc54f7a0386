/** One process on its way to be killed, or to its end. */

import type { Program, Where } from '../../e2e/program.ts';
import { aimText } from './aims.ts';
import type { Aim, Kind } from './aims.ts';
import { killAtWork, stepOf, whereFor } from './victim.ts';
import type { World } from './world.ts';

export type Attempt = {
  readonly killed: boolean;
  readonly program: Program;
  /** For messages. */
  readonly when: string;
};

/** Kills one after the other that each goes on from what the one before left, before one is let through. */
const MOST_IN_A_CHAIN = 7;

/**
 * Starts a process of a kind, with a kill waiting for it, again and again until the chain is long enough or one came to
 * its end by itself.
 * @param start starts it
 * @param work is done with it; resolves when it is over, whatever became of it; what it started may still be killed
 * @param after looks at what each killed one left
 * @returns whether the last one came to its end by itself
 */
export async function chain(
  world: World,
  kind: Kind,
  start: (where: Where) => Program,
  work: (program: Program) => Promise<void>,
  after: (when: string) => Promise<void> | void,
): Promise<boolean> {
  const { books, random } = world;
  const most = 1 + random(MOST_IN_A_CHAIN);
  for (let kills = 0; kills < most; kills++) {
    const aim = books.aims.next(kind, random);
    const { killed, when } = await attempt(world, kind, aim, start, work);
    books.aims.ended(kind, aim, killed, kills === 0);
    if (!killed) return true;
    books.tally.longestChain = Math.max(books.tally.longestChain, kills + 1);
    await named(when, async () => await after(when));
  }
  return false;
}

async function attempt(
  world: World,
  kind: Kind,
  aim: Aim,
  start: (where: Where) => Program,
  work: (program: Program) => Promise<void>,
): Promise<{ killed: boolean; when: string }> {
  const log = world.path('trace');
  const when = `${kind} killed at ${aimText(aim)}`;
  world.doing = when;
  const program = start(whereFor(aim, world.books.tracer, world.dir, log));
  let isOver = false;
  const killer =
    aim.at === 'work'
      ? killAtWork(program, kind, aim.share, world.books.work, () => isOver)
      : Promise.resolve();
  await named(when, async () => await work(program));
  isOver = true;
  await killer;
  const killed = program.child.signalCode === 'SIGKILL';
  if (killed) {
    const step = aim.at === 'step' ? stepOf(log, world.dir) : null;
    world.books.tally.add(kind, aim.at === 'step' ? 'step' : 'random', step);
  }
  return { killed, when };
}

/** So that a fault says after which kill it was found. */
async function named(when: string, task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (cause) {
    throw new Error(when, { cause });
  }
}
