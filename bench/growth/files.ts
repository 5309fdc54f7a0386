import { MANY_FILE_BYTES } from '../data/many.ts';
import { MANY_FILES } from '../data/scales.ts';
import { SMALL_FILES_LIFE_SPACE, liveThrough } from '../ours/life.ts';
import { nameOfMany, peaksOfLife } from '../rows/largest-peaks.ts';
import { Workspace } from '../workspace.ts';
import { LIFE_COLUMNS, lifeValues } from './life-columns.ts';
import type { Series } from './series.ts';

const COUNTS: readonly number[] = [1000, 10_000, 100_000, MANY_FILES];
const QUICK_COUNTS: readonly number[] = [1000, 5000];

/** From a thousand small files to a million. */
export const files: Series = {
  id: 'files',
  title: 'More files',
  work: 'files',
  how: 'Text files of 100 to 2,000 bytes, a hundred in a folder: sent to a destination, sent again without a change, restored.',
  columns: LIFE_COLUMNS,
  async *run({ options, sources, log, keepResult }) {
    const counts = options.isQuick ? QUICK_COUNTS : COUNTS;
    // All in one place, where the largest fits: a step from memory to disk would look like growth.
    const space = Math.max(...counts) * MANY_FILE_BYTES * SMALL_FILES_LIFE_SPACE;
    await using workspace = Workspace.open(options.where, space, log);
    for (const count of counts) {
      const source = sources.makeMany(workspace.path, count);
      const life = await liveThrough(workspace, source);
      const values = lifeValues(life);
      if (count === MANY_FILES) {
        for (const peaks of peaksOfLife(nameOfMany(count), workspace, life, [])) keepResult(peaks);
      }
      yield { x: count, where: workspace.where, values };
    }
  },
};
