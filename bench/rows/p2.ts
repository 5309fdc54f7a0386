import { alternate } from '../measure/rounds.ts';
import { against } from '../report/result.ts';
import { Workspace } from '../workspace.ts';
import { Bases } from './bases.ts';
import { contendersOf } from './row.ts';
import type { Row } from './row.ts';

/** The source, rsync's copy, three repositories. */
const SPACE = 4;

/** Kernel, nothing changed: the same command again. */
export const p2: Row = {
  id: 'P2',
  async *run(bench) {
    const { options, sources, log } = bench;
    await using workspace = Workspace.open(options.where, sources.bytesOf('kernel') * SPACE, log);
    const source = await sources.make(workspace.path, 'kernel');
    const contenders = contendersOf(bench, ['ours', 'rsync', 'restic', 'borg']);
    await using bases = await Bases.make(workspace, contenders, source, log);
    const runs = await alternate(contenders, options.runs, log, async ({ name }) =>
      (await bases.store(name)).backup(source),
    );
    yield {
      row: 'P2',
      work: 'kernel, nothing changed',
      where: workspace.where,
      runs,
      verdicts: [against(runs, 'rsync', 1), against(runs, 'restic', 0.25)],
      notes: [],
    };
  },
};
