import type { SourceKind } from '../data/sources.ts';
import { alternate } from '../measure/rounds.ts';
import { against } from '../report/result.ts';
import type { Result, Runs, Verdict } from '../report/result.ts';
import { Workspace } from '../workspace.ts';
import { Bases } from './bases.ts';
import { contendersOf } from './row.ts';
import { keptSize } from './kept-size.ts';
import type { Bench, Row } from './row.ts';

/** The source twice while it is replaced, four saved repositories, one of them copied and growing. */
const SPACE: Readonly<Record<SourceKind, number>> = { kernel: 5, large: 8 };

/**
 * The next version at the same path. All start from a repository that holds the first version, put back
 * before each run.
 */
export const p3: Row = {
  id: 'P3',
  async *run(bench) {
    const kernel = await nextVersion(bench, 'kernel', (runs) => [
      against(runs, 'restic', 0.3),
      against(runs, 'restic', 1, 'sentBytes'),
    ]);
    yield kernel;
    yield keptSize(kernel);
    // Without a goal: how much of a shifted file travels.
    yield await nextVersion(bench, 'large', () => []);
  },
};

/** A first version, and the next one over it. */
export async function nextVersion(
  bench: Bench,
  kind: SourceKind,
  verdictsOf: (runs: readonly Runs[]) => readonly Verdict[],
): Promise<Result> {
  const { options, sources, log } = bench;
  const space = sources.bytesOf(kind) * SPACE[kind];
  await using workspace = Workspace.open(options.where, space, log);
  const source = await sources.make(workspace.path, kind);
  const contenders = contendersOf(bench, ['ours', 'rsync', 'restic', 'borg']);
  await using bases = await Bases.make(workspace, contenders, source, log);
  await bases.save();
  await sources.update(source, kind);
  const runs = await alternate(contenders, options.runs, log, ({ name }) =>
    bases.rewound(name, (store) => store.backup(source)),
  );
  return {
    row: 'P3',
    work: `${kind}, next version`,
    where: workspace.where,
    runs,
    verdicts: verdictsOf(runs),
    notes: [],
  };
}
