import type { SourceKind } from '../data/sources.ts';
import { differences } from '../measure/folder.ts';
import { alternate } from '../measure/rounds.ts';
import { against } from '../report/result.ts';
import type { Result } from '../report/result.ts';
import { Workspace } from '../workspace.ts';
import { Bases } from './bases.ts';
import { contendersOf } from './row.ts';
import type { Bench, Row } from './row.ts';
import { sameTreeOrNote } from './same-tree.ts';

/** The source, four repositories or copies, the restored tree. */
const SPACE: Readonly<Record<SourceKind, number>> = { kernel: 5, large: 7 };

/** Restore into an empty folder, of kernel and of large. */
export const p5: Row = {
  id: 'P5',
  async *run(bench) {
    yield await restore(bench, 'kernel');
    yield await restore(bench, 'large');
  },
};

async function restore(bench: Bench, kind: SourceKind): Promise<Result> {
  const { options, sources, log } = bench;
  const space = sources.bytesOf(kind) * SPACE[kind];
  await using workspace = Workspace.open(options.where, space, log);
  const source = await sources.make(workspace.path, kind);
  const contenders = contendersOf(bench, ['ours', 'rsync', 'restic', 'borg']);
  await using bases = await Bases.make(workspace, contenders, source, log);
  const notes: string[] = [];
  const runs = await alternate(contenders, options.runs, log, async ({ name }, round) => {
    const target = await workspace.empty('target');
    try {
      const { sample, tree } = await (await bases.store(name)).restore(source, target);
      if (round === 0) notes.push(...sameTreeOrNote(name, await differences(source, tree)));
      return sample;
    } finally {
      await workspace.remove(target);
    }
  });
  return {
    row: 'P5',
    work: `${kind}, restore`,
    where: workspace.where,
    runs,
    verdicts: [against(runs, 'restic', 0.6)],
    notes,
  };
}
