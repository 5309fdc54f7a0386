import { join } from 'node:path';
import process from 'node:process';

import { medianOf } from '../measure/sample.ts';
import { run } from '../measure/shell.ts';
import { configOf, logIn, startClient } from '../ours/client.ts';
import { Hub } from '../ours/hub.ts';
import { Workspace } from '../workspace.ts';
import { makeChangingTree } from './changing-tree.ts';
import type { Series } from './series.ts';

const COUNTS: readonly number[] = [0, 50_000, 500_000, 5_000_000];
const QUICK_COUNTS: readonly number[] = [0, 50_000];
const RUNS = 3;
/** Of each chunk, with its row of a record's table, in the pack and its index. */
const CHUNK_BYTES = 220;
const SPARE_BYTES = 100e6;
const PROGRAM: string = join(import.meta.dirname, 'fill-vault.ts');
/** From an empty vault to one with five million chunks. */
export const chunks: Series = {
  id: 'chunks',
  title: 'A fuller vault',
  work: 'chunks',
  how: 'Chunks of 96 bytes, appended in records of 64 by the code of the vault; then the hub is started on it three times (medians), and 300 new files of 4 KB are backed up after each start.',
  columns: [
    { key: 'start', head: "hub's start", unit: 's', power: 1 },
    { key: 'backup', head: 'a small backup', unit: 's', power: 0 },
    { key: 'backupCpu', head: 'hub: CPU of it', unit: 's', power: 0 },
    { key: 'fill', head: 'filling the vault', unit: 's', power: 1 },
    { key: 'startBytes', head: 'hub after its start', unit: 'MB', power: 1 },
    { key: 'hubBytes', head: 'hub, peak', unit: 'MB', power: 1 },
  ],
  async *run({ options, log }) {
    const counts = options.isQuick ? QUICK_COUNTS : COUNTS;
    const space = Math.max(...counts) * CHUNK_BYTES + SPARE_BYTES;
    for (const count of counts) {
      await using workspace = Workspace.open(options.where, space, log);
      const source = await workspace.empty('new-files');
      const fillMs = performance.now();
      if (count > 0) await run(process.execPath, [PROGRAM, hubFolder(workspace), String(count)]);
      const fill = (performance.now() - fillMs) / 1000;
      const starts: Record<string, number>[] = [];
      for (let round = 0; round < RUNS; round += 1) {
        makeChangingTree(source, round);
        starts.push(await startAndBackUp(workspace.path, source));
      }
      const median = (key: string): number => medianOf(starts.map((start) => start[key] ?? 0));
      const keys = ['start', 'backup', 'backupCpu', 'startBytes', 'hubBytes'];
      const values = Object.fromEntries(keys.map((key) => [key, median(key)]));
      yield { x: count, where: workspace.where, values: { ...values, fill } };
    }
  },
};

function hubFolder(workspace: Workspace): string {
  return join(workspace.path, 'hub');
}

async function startAndBackUp(state: string, source: string): Promise<Record<string, number>> {
  const startMs = performance.now();
  const hub = await Hub.start(state, 0);
  const start = (performance.now() - startMs) / 1000;
  const startBytes = hub.residentBytes;
  try {
    const config = configOf(state, 'origin');
    await logIn(config, hub.port);
    const before = hub.cpuSeconds;
    const ended = await startClient(config, hub.port, ['-rd', source]).ended;
    const backupCpu = hub.cpuSeconds - before;
    return { start, startBytes, backup: ended.seconds, backupCpu, hubBytes: hub.peakBytes };
  } finally {
    await hub.stop();
  }
}
