/** The faults, as a table. */

import type { Random } from '../../rebuild/random-tree.ts';
import type { Participant, Trouble } from './cases.ts';
import { FaultyWay } from './faulty-way.ts';
import type { Carrier, Scene } from './scene.ts';
import type { Direction, Strike } from './trap.ts';
import { FAIR } from './weather.ts';
import type { Weather } from './weather.ts';

/** Which faults share a scene: those that take half a minute each are tried beside the others. */
export type Lane = 'quick' | 'silent' | 'slow';

export type FaultKind = {
  readonly name: string;
  readonly lane: Lane;
  readonly carriers: readonly Carrier[];
  readonly participants: readonly Participant[];
  /** @param number which trial of this fault it is: the first ones are spread evenly */
  readonly trouble: (random: Random, number: number) => Trouble;
};

export const PARTICIPANTS: readonly Participant[] = ['origin', 'destination', 'restore', 'verify'];
const BOTH: readonly Carrier[] = ['tcp', 'udp'];
/** A fast line: with the loopback's speed all of a version would be under way at the same time. */
const PLAIN: Weather = { ...FAIR, bytesPerSec: 4_000_000 };
/** From the first byte of a handshake to the last of a run. */
const MOST_BYTES = 4_000_000;
const WALK = 16;

export const FAULTS: readonly FaultKind[] = [
  strikes('cut after N bytes', 'cut', 'quick', ['tcp']),
  strikes('reset after N bytes', 'reset', 'quick', ['tcp']),
  strikes('a bit changed after N bytes', 'garble', 'quick', BOTH),
  strikes('out of reach for 3 s after N bytes', 'down', 'quick', ['tcp']),
  strikes('another port after N bytes', 'rebind', 'silent', ['udp']),
  strikes('half-open after N bytes', 'silence', 'silent', BOTH),
  strikes('nothing passes for 8 s after N bytes', 'hold', 'silent', BOTH),
  { ...mild('5 % loss', { loss: 5, delayMs: 10 }), carriers: ['udp'] },
  {
    ...mild('reordered and doubled', { reordered: 10, duplicates: 5, delayMs: 5 }),
    carriers: ['udp'],
  },
  mild('200 ms', { delayMs: 200 }),
  { ...mild('64 kbit/s, 200 ms', { delayMs: 200, bytesPerSec: 8000 }), lane: 'slow' },
  {
    name: "the hub's address changes",
    lane: 'quick',
    carriers: ['tcp'],
    participants: ['destination'],
    trouble: () => ({ isMild: false, begin: moved }),
  },
];

function strikes(
  name: string,
  strike: Strike,
  lane: Lane,
  carriers: readonly Carrier[],
): FaultKind {
  const trouble = (random: Random, number: number): Trouble => {
    const direction: Direction = random(2) === 0 ? 'up' : 'down';
    return { isMild: false, begin: strikesAt(strike, direction, bytesFor(random, number)) };
  };
  return { name, lane, carriers, participants: PARTICIPANTS, trouble };
}

/** A fault after so many bytes of new connections. */
export function strikesAt(
  strike: Strike,
  direction: Direction,
  afterBytes: number,
): (scene: Scene) => Promise<() => boolean> {
  return (scene) => {
    const way = faulty(scene);
    way.weather = PLAIN;
    way.set({ strike, direction, afterBytes });
    return Promise.resolve(() => way.unset());
  };
}

/** As many at the handshake as later: the first ones are walked through, the others are by chance. */
function bytesFor(random: Random, number: number): number {
  const share = number < WALK ? (number + random(100) / 100) / WALK : random(10_000) / 10_000;
  return Math.floor(MOST_BYTES ** share) - 1;
}

function mild(name: string, weather: Partial<Weather>): FaultKind {
  const begin = (scene: Scene): Promise<() => boolean> => {
    const way = faulty(scene);
    way.weather = { ...PLAIN, ...weather };
    return Promise.resolve(() => {
      way.weather = PLAIN;
      return true;
    });
  };
  const trouble = (): Trouble => ({ isMild: true, begin });
  return { name, lane: 'silent', carriers: BOTH, participants: PARTICIPANTS, trouble };
}

async function moved(scene: Scene): Promise<() => boolean> {
  await scene.moveHub();
  return () => true;
}

function faulty({ way }: Scene): FaultyWay {
  if (!(way instanceof FaultyWay)) throw new Error('This way has faults of its own.');
  return way;
}
