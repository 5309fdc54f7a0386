import type { SourceKind } from '../data/sources.ts';
import { alternate } from '../measure/rounds.ts';
import type { Sample } from '../measure/sample.ts';
import type { Result, Runs, Verdict } from '../report/result.ts';
import { Workspace } from '../workspace.ts';
import { contendersOf } from './row.ts';
import type { Bench } from './row.ts';

/** A source, one copy of it, and what repositories and temporary files come to. */
const SPACE = 2.5;

/** A first backup into a fresh repository, by all contenders. */
export async function measureFirstBackup(
  bench: Bench,
  row: string,
  kind: SourceKind,
  verdictsOf: (runs: readonly Runs[]) => readonly Verdict[],
): Promise<Result> {
  const { options, sources, log } = bench;
  await using workspace = Workspace.open(options.where, sources.bytesOf(kind) * SPACE, log);
  const source = await sources.make(workspace.path, kind);
  const contenders = contendersOf(bench, ['ours', 'rsync', 'restic', 'borg']);
  const runs = await alternate(
    contenders,
    options.runs,
    log,
    async (contender): Promise<Sample> => {
      const state = await workspace.empty('state');
      const store = await contender.open(state);
      try {
        return await store.backup(source);
      } finally {
        await store.pause();
        await workspace.remove(state);
      }
    },
  );
  return {
    row,
    work: `${kind}, first backup`,
    where: workspace.where,
    runs,
    verdicts: verdictsOf(runs),
    notes: [sources.describe(kind, source)],
  };
}
