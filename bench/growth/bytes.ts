import { HUGE_MIB, fittingMib } from '../data/scales.ts';
import { LIFE_SPACE, liveThrough } from '../ours/life.ts';
import { nameOfHuge, peaksOfLife } from '../rows/largest-peaks.ts';
import { Workspace } from '../workspace.ts';
import { LIFE_COLUMNS, lifeValues } from './life-columns.ts';
import type { Series } from './series.ts';

const MIB = 2 ** 20;
const SIZES_MIB: readonly number[] = [1, 16, 256, 4096, HUGE_MIB];
const QUICK_SIZES_MIB: readonly number[] = [1, 64];

/** From one megabyte in one file to 20 GiB. */
export const bytes: Series = {
  id: 'bytes',
  title: 'A longer file',
  work: 'MB',
  how: 'One file that does not compress: sent to a destination, sent again without a change, restored.',
  columns: LIFE_COLUMNS,
  async *run({ options, sources, log, keepResult }) {
    const sizes = options.isQuick ? QUICK_SIZES_MIB : SIZES_MIB;
    // All in one place, where the largest fits: a step from memory to disk would look like growth.
    const most = fittingMib(Math.max(...sizes));
    await using workspace = Workspace.open(options.where, most * MIB * LIFE_SPACE, log);
    for (const wanted of sizes) {
      const mib = Math.min(wanted, most);
      if (mib < wanted) log(`  ${wanted} MiB do not fit on the disk: ${mib} MiB`);
      const source = sources.makeHuge(workspace.path, mib);
      const life = await liveThrough(workspace, source);
      const values = lifeValues(life);
      if (wanted === HUGE_MIB) {
        for (const peaks of peaksOfLife(nameOfHuge(mib), workspace, life, [])) keepResult(peaks);
      }
      yield { x: (mib * MIB) / 1e6, where: workspace.where, values };
    }
  },
};
