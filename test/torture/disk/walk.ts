/** Goes through all faults call by call, in an order that the seed chooses, for as long as there is time. */

import { randomFrom } from '../../rebuild/random-tree.ts';
import { allFaults } from './faults.ts';
import type { Fault } from './faults.ts';
import { Scene } from './scene.ts';

/** Beyond these calls of a thread the walk takes longer and longer steps. */
const DENSE_CALLS = 8;
const GROWTH = 1.4;

export type Tally = { steps: number; hit: number; failed: number };

export type WalkOptions = {
  readonly seed: number;
  readonly untilMs: number;
  /** Scenes that are at work at a time. */
  readonly scenes: number;
  /** Which faults; all if left out. */
  readonly only?: (fault: Fault) => boolean;
  readonly onProgress: (line: string) => void;
};

export type Wrong = { readonly what: string; readonly why: string };

/** One fault, and which call is next; null when the program makes no more. */
type Track = { readonly fault: Fault; n: number };

/** @returns the figures by participant and fault, and what was wrong */
export async function walk(
  options: WalkOptions,
): Promise<{ tallies: Map<string, Tally>; wrong: Wrong[]; isWhole: boolean }> {
  const random = randomFrom(options.seed);
  const tracks: Track[] = allFaults()
    .filter(options.only ?? (() => true))
    .map((fault) => ({ fault, n: 1 }));
  const tallies = new Map<string, Tally>();
  const wrong: Wrong[] = [];
  let busy = 0;
  const worker = async (number: number): Promise<void> => {
    let scene = await Scene.open(options.seed + number);
    try {
      while (tracks.length > 0 && Date.now() < options.untilMs) {
        const [track] = tracks.splice(random(tracks.length), 1) as [Track];
        busy++;
        try {
          const goesOn = await take(scene, track, tallies, options);
          if (goesOn) tracks.push(track);
        } catch (error) {
          const what = `${nameOf(track.fault)}, call ${track.n}`;
          wrong.push({ what, why: error instanceof Error ? error.message : String(error) });
          options.onProgress(`WRONG ${what}: ${wrong.at(-1)?.why}`);
          track.n = nextOf(track.n);
          await scene[Symbol.asyncDispose]();
          scene = await Scene.open(options.seed + number);
        }
        busy--;
      }
      await scene.check().catch((error: unknown) => {
        wrong.push({ what: 'the check at the end', why: String(error) });
      });
    } finally {
      await scene[Symbol.asyncDispose]();
    }
  };
  await Promise.all(
    Array.from({ length: options.scenes }, async (_, number) => await worker(number)),
  );
  return { tallies, wrong, isWhole: tracks.length === 0 && busy === 0 };
}

/** @returns whether there may be further calls */
async function take(
  scene: Scene,
  track: Track,
  tallies: Map<string, Tally>,
  { onProgress }: WalkOptions,
): Promise<boolean> {
  const { fault, n } = track;
  const { hits, failed, said } = await scene.step(fault, n);
  const key = `${fault.participant} | ${fault.name}`;
  const tally = tallies.get(key) ?? { steps: 0, hit: 0, failed: 0 };
  tallies.set(key, tally);
  tally.steps++;
  if (hits > 0) tally.hit++;
  if (failed) tally.failed++;
  onProgress(`${nameOf(fault)}, call ${n}: ${hits} hit, ${failed ? said : 'done all the same'}`);
  track.n = nextOf(n);
  return fault.walks && hits > 0;
}

function nextOf(n: number): number {
  return n < DENSE_CALLS ? n + 1 : Math.ceil(n * GROWTH);
}

export function nameOf({ participant, name, calls, lasts }: Fault): string {
  const which = calls.length === 1 ? ` at ${calls[0]}` : '';
  return `${participant}: ${name}${which}${lasts ? ' and from there on' : ''}`;
}
