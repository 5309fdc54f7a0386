import type { SourceKind } from '../data/sources.ts';
import { alternate } from '../measure/rounds.ts';
import type { Sample } from '../measure/sample.ts';
import { sendToDestinations } from '../ours/destinations.ts';
import { ours } from '../ours/ours.ts';
import type { Result, Runs } from '../report/result.ts';
import { Workspace } from '../workspace.ts';
import { largestPeaks } from './largest-peaks.ts';
import type { Bench, Row } from './row.ts';

const COPIES = 3;
/** Rows whose own peaks say all that this one's runs could. */
const COVERING: readonly string[] = ['P5', 'P6'];
/** The source, the hub, the copies or the restored tree. */
const SPACE = COPIES + 2.5;

/**
 * Peak memory. Every other row keeps its own as well, and the page of results takes all together;
 * those of kernel and large are what there is when the row is asked for alone. The largest trees and
 * files are this row's own.
 */
export const p8: Row = {
  id: 'P8',
  async *run(bench) {
    const { contenders, rows } = bench.options;
    const isCovered = rows.some((row) => COVERING.includes(row));
    if (!contenders.includes('ours')) return;
    if (!isCovered) {
      yield* peaks(bench, 'kernel');
      yield* peaks(bench, 'large');
    }
    yield* largestPeaks(bench);
  },
};

async function* peaks(bench: Bench, kind: SourceKind): AsyncGenerator<Result> {
  const { options, sources, log } = bench;
  await using workspace = Workspace.open(options.where, sources.bytesOf(kind) * SPACE, log);
  const source = await sources.make(workspace.path, kind);
  const once = async (work: (state: string) => Promise<Sample>): Promise<Runs[]> =>
    alternate([ours], 1, log, async () => {
      const state = await workspace.empty('state');
      try {
        return await work(state);
      } finally {
        await workspace.remove(state);
      }
    });
  const common = { row: 'P8', where: workspace.where, verdicts: [], notes: [] };
  const sent = await once(
    async (state) => (await sendToDestinations(state, source, COPIES)).sample,
  );
  yield { ...common, work: `${kind} to ${COPIES} destinations`, runs: sent };
  const restored = await once(async (state) => {
    const store = await ours.open(state);
    try {
      await store.backup(source);
      return (await store.restore(source, await workspace.empty('target'))).sample;
    } finally {
      await store.pause();
    }
  });
  yield { ...common, work: `${kind}, restore`, runs: restored };
}
