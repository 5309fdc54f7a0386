import { alternate } from '../measure/rounds.ts';
import { sendToDestinations } from '../ours/destinations.ts';
import { atMostTimes, readingOf } from '../report/reading.ts';
import type { Result, Runs } from '../report/result.ts';
import { Workspace } from '../workspace.ts';
import type { Row } from './row.ts';

const FAST = 2;
const SLOW_BYTES_PER_SECOND = 1e6;
const MOST_GROWTH = 1.05;
/** The source, the vault, two copies, and what the slow one gets in the meantime. */
const SPACE = FAST + 2.4;

const VARIANTS = [{ name: 'without' }, { name: 'with' }] as const;

type Name = (typeof VARIANTS)[number]['name'];

/** Large to two destinations, without and with a third that reads 1 MB/s. */
export const p9: Row = {
  id: 'P9',
  async *run(bench) {
    const { options, sources, log } = bench;
    if (!options.contenders.includes('ours')) return;
    const space = sources.bytesOf('large') * SPACE;
    await using workspace = Workspace.open(options.where, space, log);
    const source = await sources.make(workspace.path, 'large');
    const runs = await alternate(VARIANTS, options.runs, log, async ({ name }) => {
      const state = await workspace.empty('state');
      const slow = name === 'with' ? { slowBytesPerSecond: SLOW_BYTES_PER_SECOND } : {};
      try {
        return (await sendToDestinations(state, source, FAST, slow)).sample;
      } finally {
        await workspace.remove(state);
      }
    });
    yield resultOf(runs, workspace);
  },
};

function resultOf(runs: readonly Runs<Name>[], { where }: Workspace): Result {
  const both = (
    what: string,
    unit: 's' | 'MB',
    figure: Parameters<typeof readingOf>[3],
  ): [string, ReturnType<typeof readingOf>, ReturnType<typeof readingOf>] => [
    what,
    readingOf(runs, 'without', unit, figure, `${what} without it`),
    readingOf(runs, 'with', unit, figure, `${what} with it`),
  ];
  const pairs = [
    both('fast destinations', 's', (sample) => sample.copiesSeconds),
    both('origin', 's', (sample) => sample.seconds),
    both("hub's memory", 'MB', (sample) => (sample.peakBytes['hub'] ?? 0) / 1e6),
  ];
  return {
    row: 'P9',
    work: 'large to 2 destinations, beside a third that reads 1 MB/s',
    where,
    runs: runs.flatMap(({ name, samples }) => (name === 'with' ? [{ name: 'ours', samples }] : [])),
    readings: pairs.flatMap(([, without, withIt]) => [without, withIt]),
    verdicts: pairs.map(([what, without, withIt]) =>
      atMostTimes(`${what} <= ${MOST_GROWTH} of without it`, withIt, without, MOST_GROWTH),
    ),
    notes: failuresOf(runs),
  };
}

function failuresOf(runs: readonly Runs<Name>[]): string[] {
  return runs.flatMap(({ name, failure }) =>
    failure === undefined ? [] : `${name} it: failed: ${failure}`,
  );
}
