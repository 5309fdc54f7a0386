import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { medianOf } from '../measure/sample.ts';
import { run } from '../measure/shell.ts';
import type { CommandResult } from '../measure/timed-command.ts';
import { configOf, logIn, startClient } from '../ours/client.ts';
import { Hub } from '../ours/hub.ts';
import { Workspace } from '../workspace.ts';
import { changeTree, makeChangingTree } from './changing-tree.ts';
import type { Series } from './series.ts';

const COUNTS: readonly number[] = [1, 10, 100, 1000];
const QUICK_COUNTS: readonly number[] = [1, 10];
const RUNS = 3;
const SPACE_BYTES = 500e6;
const PROGRAM: string = join(import.meta.dirname, 'make-snapshots.ts');

/** From the first snapshot of a small tree to a thousand. */
export const snapshots: Series = {
  id: 'snapshots',
  title: 'More snapshots',
  work: 'snapshots',
  how: 'A tree of 300 files of which three change from one snapshot to the next; the commands are measured when so many are there, medians of three.',
  columns: [
    { key: 'backup', head: 'next backup', unit: 's', power: 0 },
    { key: 'list', head: '`snapshots`', unit: 's', power: 1 },
    { key: 'restore', head: 'restore of the latest', unit: 's', power: 0 },
    { key: 'start', head: "hub's start", unit: 's', power: 1 },
    { key: 'originBytes', head: 'origin', unit: 'MB', power: 0 },
    { key: 'listBytes', head: '`snapshots`', unit: 'MB', power: 0 },
    { key: 'hubBytes', head: 'hub', unit: 'MB', power: 0 },
  ],
  async *run({ options, log }) {
    await using workspace = Workspace.open(options.where, SPACE_BYTES, log);
    const tree = join(workspace.path, 'changing');
    mkdirSync(tree);
    makeChangingTree(tree);
    let taken = 0;
    for (const count of options.isQuick ? QUICK_COUNTS : COUNTS) {
      // Started anew, so that its peak of memory is this step's own.
      const startMs = performance.now();
      const hub = await Hub.start(workspace.path, 0);
      const start = (performance.now() - startMs) / 1000;
      try {
        taken = await addSnapshots(workspace.path, hub.port, tree, taken, count);
        const values = await measure(workspace, hub, tree, taken);
        taken += RUNS;
        yield { x: count, where: workspace.where, values: { ...values, start } };
      } finally {
        await hub.stop();
      }
    }
  },
};

async function addSnapshots(
  state: string,
  port: number,
  tree: string,
  taken: number,
  wanted: number,
): Promise<number> {
  const config = configOf(state, 'origin');
  await logIn(config, port);
  const numbers = [taken + 1, Math.max(0, wanted - taken)];
  await run(process.execPath, [PROGRAM, config, String(port), tree, ...numbers.map(String)]);
  return Math.max(taken, wanted);
}

async function measure(
  workspace: Workspace,
  hub: Hub,
  tree: string,
  taken: number,
): Promise<Record<string, number>> {
  const config = configOf(workspace.path, 'origin');
  const ends: Record<'backup' | 'list' | 'restore', CommandResult[]> = {
    backup: [],
    list: [],
    restore: [],
  };
  for (let round = 1; round <= RUNS; round += 1) {
    changeTree(tree, taken + round);
    ends.backup.push(await startClient(config, hub.port, ['-rd', tree]).ended);
    ends.list.push(await startClient(config, hub.port, ['snapshots']).ended);
    const target = await workspace.empty('target');
    ends.restore.push(await startClient(config, hub.port, ['restore', 'latest', target]).ended);
  }
  const seconds = (of: readonly CommandResult[]): number => medianOf(of.map((end) => end.seconds));
  const peak = (of: readonly CommandResult[]): number =>
    Math.max(...of.map(({ peakBytes }) => peakBytes));
  return {
    backup: seconds(ends.backup),
    list: seconds(ends.list),
    restore: seconds(ends.restore),
    originBytes: peak(ends.backup),
    listBytes: peak(ends.list),
    hubBytes: hub.peakBytes,
  };
}
