import type { ContenderName } from '../contender.ts';
import type { SourceKind } from '../data/sources.ts';
import { differences } from '../measure/folder.ts';
import { alternate } from '../measure/rounds.ts';
import type { Sample } from '../measure/sample.ts';
import { sendToDestinations } from '../ours/destinations.ts';
import { rsyncOverSsh } from '../peers/rsync-ssh.ts';
import { startSshd } from '../peers/sshd.ts';
import { against, medianFigure, ratioOf } from '../report/result.ts';
import type { Figure, Result, Verdict } from '../report/result.ts';
import { Workspace } from '../workspace.ts';
import type { Bench, Row } from './row.ts';
import { sameTreeOrNote } from './same-tree.ts';

const COPIES: readonly number[] = [1, 3, 5, 10];
const QUICK_COPIES: readonly number[] = [1, 3];
/** What the origin's bytes and time may grow by from one destination to the most. */
const MOST_GROWTH = 1.02;
/** Our vault as a share of the source. */
const KEPT: Readonly<Record<SourceKind, number>> = { kernel: 0.4, large: 1.05 };
/** For each destination's process, when its folder is in memory as well. */
const PROCESS_BYTES = 150e6;

interface FanOut {
  readonly name: ContenderName;
  readonly send: (
    state: string,
    source: string,
    copies: number,
  ) => Promise<{ readonly sample: Sample; readonly trees: readonly string[] }>;
}

/** Kernel and large to N destinations, against N rsync over ssh at once. */
export const p6: Row = {
  id: 'P6',
  async *run(bench) {
    const ssh = await startSshd();
    try {
      const contenders: FanOut[] = [
        { name: 'ours', send: sendToDestinations },
        { name: 'rsync', send: (...parameters) => rsyncOverSsh(ssh, ...parameters) },
      ];
      const asked = contenders.filter(({ name }) => bench.options.contenders.includes(name));
      for (const kind of ['kernel', 'large'] as const) yield* toEach(bench, asked, kind);
    } finally {
      ssh.stop();
    }
  },
};

async function* toEach(
  bench: Bench,
  contenders: readonly FanOut[],
  kind: SourceKind,
): AsyncGenerator<Result> {
  const { copies: asked, isQuick } = bench.options;
  const counts = asked ?? (isQuick ? QUICK_COPIES : COPIES);
  let alone: Result | undefined;
  for (const copies of counts) {
    bench.log(`P6 ${kind} to ${copies}`);
    const result = await toCopies(bench, contenders, kind, copies);
    alone ??= result;
    const isLast = copies === counts.at(-1);
    yield isLast ? { ...result, verdicts: [...result.verdicts, ...growth(result, alone)] } : result;
  }
}

async function toCopies(
  bench: Bench,
  contenders: readonly FanOut[],
  kind: SourceKind,
  copies: number,
): Promise<Result> {
  const { options, sources, log } = bench;
  const space = sources.bytesOf(kind) * (1 + KEPT[kind] + copies) + copies * PROCESS_BYTES;
  await using workspace = Workspace.open(options.where, space, log);
  const source = await sources.make(workspace.path, kind);
  const notes: string[] = [];
  const runs = await alternate(contenders, options.runs, log, async ({ name, send }, round) => {
    const state = await workspace.empty('state');
    try {
      const { sample, trees } = await send(state, source, copies);
      for (const tree of round === 0 ? trees : []) {
        notes.push(...sameTreeOrNote(name, await differences(source, tree)));
      }
      return sample;
    } finally {
      await workspace.remove(state);
    }
  });
  if (workspace.where !== options.where) notes.push('did not fit into memory: measured on disk');
  return {
    row: 'P6',
    work: `${kind} to ${copies} destination${copies === 1 ? '' : 's'}`,
    where: workspace.where,
    runs,
    verdicts: [against(runs, 'rsync', 0.7)],
    notes,
  };
}

/** How the origin's share grew from one destination to the most of them. */
function growth(most: Result, alone: Result): Verdict[] {
  const figures: readonly (readonly [Figure, string])[] = [
    ['sentBytes', "origin's bytes"],
    ['cpuSeconds', "origin's CPU"],
  ];
  return figures.map(([figure, what]) => ({
    goal: `${what} <= ${MOST_GROWTH} of N = 1`,
    most: MOST_GROWTH,
    ratio: ratioOf(
      medianFigure(most.runs, 'ours', figure),
      medianFigure(alone.runs, 'ours', figure),
    ),
  }));
}
