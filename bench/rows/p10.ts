import { alternate } from '../measure/rounds.ts';
import { otherCpu } from '../measure/sample.ts';
import type { Sample } from '../measure/sample.ts';
import { sendToDestinations } from '../ours/destinations.ts';
import { bareFanOut } from '../peers/bare-tls.ts';
import { atMostTimes, readingOf } from '../report/reading.ts';
import { Workspace } from '../workspace.ts';
import type { Row } from './row.ts';

const COPIES = 3;
/** Half of the rate is twice the time. */
const MOST_TIMES = 2;
/** The source, the vault, the copies. */
const SPACE = COPIES + 2.2;

const VARIANTS = [{ name: 'ours' }, { name: 'bare' }] as const;

/** Large to three destinations, against a relay of the same bytes over TLS that does nothing else. */
export const p10: Row = {
  id: 'P10',
  async *run(bench) {
    const { options, sources, log } = bench;
    if (!options.contenders.includes('ours')) return;
    const bytes = sources.bytesOf('large');
    await using workspace = Workspace.open(options.where, bytes * SPACE, log);
    const source = await sources.make(workspace.path, 'large');
    const once = async (name: 'ours' | 'bare'): Promise<Sample> => {
      if (name === 'bare') return await bareFanOut(bytes, COPIES);
      const state = await workspace.empty('state');
      try {
        return (await sendToDestinations(state, source, COPIES)).sample;
      } finally {
        await workspace.remove(state);
      }
    };
    const runs = await alternate(VARIANTS, options.runs, log, ({ name }) => once(name));
    const ours = readingOf(runs, 'ours', 's', ({ seconds }) => seconds);
    const bare = readingOf(runs, 'bare', 's', ({ seconds }) => seconds, 'bare relay');
    const hub = (sample: Sample): number => otherCpu(sample, 'hub');
    yield {
      row: 'P10',
      work: `large through the hub to ${COPIES} destinations`,
      where: workspace.where,
      runs: runs.flatMap(({ name, samples }) => (name === 'ours' ? [{ name, samples }] : [])),
      readings: [
        ours,
        bare,
        readingOf(runs, 'ours', 's', hub, "our hub's CPU"),
        readingOf(runs, 'bare', 's', hub, "the bare hub's CPU"),
      ],
      verdicts: [
        atMostTimes(`<= ${MOST_TIMES.toFixed(2)} of the bare relay's time`, ours, bare, MOST_TIMES),
      ],
      notes: runs.flatMap(({ name, failure }) => (failure ? [`${name} failed: ${failure}`] : [])),
    };
  },
};
