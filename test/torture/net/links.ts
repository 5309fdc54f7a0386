/** The faults below TCP and UDP: packets lost, late, twice and out of order, in networks of their own. */

import process from 'node:process';

import { FAR_ADDRESS, Link, atFar, atNear, whyNoLink } from '../../../bench/link/link.ts';
import type { LinkOptions } from '../../../bench/link/link.ts';
import { Stage } from '../../e2e/stage.ts';
import type { Random } from '../../rebuild/random-tree.ts';
import { CASES } from './cases.ts';
import type { Trouble } from './cases.ts';
import { PARTICIPANTS } from './faults.ts';
import { randomOf } from './random-of.ts';
import type { Report } from './report.ts';
import { NET_TREE, SLOW_TREE, Scene } from './scene.ts';
import type { Carrier, Way } from './scene.ts';
import type { Direction } from './trap.ts';
import { within } from './within.ts';

/** The slow link takes minutes for a run. */
const MOST_MS = 600_000;
const MOST_UNTIL_DOWN_MS = 2500;
const QUIET: LinkOptions = { delayMs: 5, lossPercent: 0, mbit: 100 };

type LinkFault = {
  readonly name: string;
  readonly options: LinkOptions;
  /** How long nothing passes, beginning somewhere in a run. */
  readonly downMs?: number;
};

const LINKS: readonly LinkFault[] = [
  { name: 'link: 5 % of packets lost', options: { ...QUIET, lossPercent: 5 } },
  { name: 'link: 200 ms', options: { ...QUIET, delayMs: 200 } },
  {
    name: 'link: reordered and doubled',
    options: { ...QUIET, reorderedPercent: 10, doubledPercent: 5 },
  },
  { name: 'link: gone for 8 s', options: QUIET, downMs: 8000 },
  { name: 'link: gone for 40 s', options: QUIET, downMs: 40_000 },
  { name: 'link: 64 kbit/s, 200 ms', options: { delayMs: 200, lossPercent: 0, mbit: 0.064 } },
];

export type LinkTorture = {
  readonly seed: number;
  readonly untilMs: number;
  readonly report: Report;
  /** Only faults whose names have it. */
  readonly only: string;
};

/** One link after the other, over TCP and UDP, again and again. */
export async function tortureLinks({ seed, untilMs, report, only }: LinkTorture): Promise<void> {
  const faults = LINKS.filter(({ name }) => name.includes(only));
  const why = whyNoLink();
  if (why !== null) process.stdout.write(`no links: ${why}\n`);
  if (why !== null || faults.length === 0) return;
  const random = randomOf(seed, 'links');
  while (performance.now() < untilMs) {
    for (const fault of faults) {
      for (const carrier of ['tcp', 'udp'] as const) {
        if (performance.now() < untilMs) await tortureLink(fault, carrier, random, untilMs, report);
      }
    }
  }
}

async function tortureLink(
  { name: fault, options, downMs }: LinkFault,
  carrier: Carrier,
  random: Random,
  untilMs: number,
  report: Report,
): Promise<void> {
  await using stage = await Stage.open();
  await using link = await Link.open(options);
  const name = `${fault} (${carrier})`;
  const places = { near: prefix(atNear), far: prefix(atFar) };
  const size = options.mbit < 1 ? SLOW_TREE : NET_TREE;
  const way = (port: number): Promise<Way> => Promise.resolve(new LinkWay(link, port));
  await using scene = await Scene.open(stage, {
    carrier,
    seed: random(2 ** 31),
    size,
    places,
    way,
  });
  for (const participant of PARTICIPANTS) {
    if (performance.now() > untilMs) return;
    const trouble = downMs === undefined ? NONE : goneFor(link, downMs, random);
    try {
      report.add(name, participant, await within(MOST_MS, CASES[participant](scene, trouble)));
    } catch (error) {
      return report.wrong(name, participant, error, `after ${report.cases} cases`);
    }
  }
}

/** The link is bad enough as it is. */
const NONE: Trouble = { isMild: true, begin: () => Promise.resolve(() => true) };

function goneFor(link: Link, downMs: number, random: Random): Trouble {
  const begin = (): Promise<() => boolean> => {
    let struck = false;
    const inMs = random(MOST_UNTIL_DOWN_MS);
    const down = setTimeout(() => {
      struck = true;
      link.down(true);
    }, inMs);
    const up = setTimeout(() => link.down(false), inMs + downMs);
    return Promise.resolve(() => {
      clearTimeout(down);
      clearTimeout(up);
      link.down(false);
      return struck;
    });
  };
  return { isMild: false, begin };
}

/** Over a link; what goes twice below TCP counts as well. */
class LinkWay implements Way {
  readonly address: string;
  readonly #link: Link;

  constructor(link: Link, port: number) {
    this.#link = link;
    this.address = `${FAR_ADDRESS}:${port}`;
  }

  bytes(direction: Direction): number {
    const { sent, received } = this.#link.bytes();
    return direction === 'up' ? sent : received;
  }

  /** A link that is gone resets nothing. */
  hangUp(): void {
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve();
  }
}

/** What starts a program at an end of the link. */
function prefix(at: typeof atNear): string[] {
  const [command, parameters] = at('program', []);
  return [command, ...parameters.slice(0, -1)];
}
