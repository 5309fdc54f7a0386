import { keptSize } from './kept-size.ts';
import { nextVersion } from './p3.ts';
import type { Row } from './row.ts';

/** The size kept of two versions: P3's, unless it is asked for without P3. */
export const p7: Row = {
  id: 'P7',
  async *run(bench) {
    if (bench.options.rows.includes('P3')) return;
    const contenders = bench.options.contenders.filter((name) => name !== 'rsync');
    const once = { ...bench, options: { ...bench.options, contenders, runs: 1 } };
    yield keptSize(await nextVersion(once, 'kernel', () => []));
  },
};
