import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { onExit } from '../measure/cleanup.ts';
import { connectionsTo } from '../measure/process-status.ts';
import { Hub } from '../ours/hub.ts';
import { startServer } from '../ours/program.ts';
import { atMost } from '../report/reading.ts';
import type { Reading } from '../report/result.ts';
import { Workspace } from '../workspace.ts';
import type { Row } from './row.ts';

const DESTINATIONS = 1000;
const QUICK_DESTINATIONS = 100;
const WATCH_MS = 60_000;
const QUICK_WATCH_MS = 5000;
/** From the last login until the hub has nothing more to do with it. */
const SETTLE_MS = 3000;
const PROGRAM: string = join(import.meta.dirname, '../ours/idle-destinations.ts');
/** Of each destination: its configuration and its folder. */
const SPACE_BYTES = 100_000;

interface Idle {
  readonly hub: Hub;
  readonly destinations: number;
  readonly watchMs: number;
  readonly before: number;
}

/** Destinations that are connected, each with a key of its own, and to which nothing is sent. */
export const p11: Row = {
  id: 'P11',
  async *run(bench) {
    const { isQuick, contenders, where } = bench.options;
    if (!contenders.includes('ours')) return;
    const destinations = isQuick ? QUICK_DESTINATIONS : DESTINATIONS;
    const watchMs = isQuick ? QUICK_WATCH_MS : WATCH_MS;
    await using workspace = Workspace.open(where, destinations * SPACE_BYTES, bench.log);
    const hub = await Hub.start(workspace.path, 0);
    const before = hub.residentBytes;
    const stop = await connect(workspace.path, hub, destinations);
    try {
      const [cpu, memory] = await watch({ hub, destinations, watchMs, before });
      yield {
        row: 'P11',
        work: `${destinations} idle destinations, over ${watchMs / 1000} s`,
        where: workspace.where,
        runs: [],
        readings: [memory, { what: 'before', unit: 'MB', values: [before / 1e6] }, cpu],
        verdicts: [atMost(memory, 300), atMost(cpu, 3)],
        notes: [],
      };
    } finally {
      await stop();
      await hub.stop();
    }
  },
};

/** Several processes, so that making a thousand keys and logins takes no longer than it must. */
async function connect(
  folder: string,
  hub: Hub,
  destinations: number,
): Promise<() => Promise<void>> {
  const processes = 2 * availableParallelism();
  const each = Math.ceil(destinations / processes);
  const servers = await Promise.all(
    Array.from({ length: processes }, (_, index) => {
      const first = index * each;
      const numbers = [hub.port, first, Math.max(0, Math.min(each, destinations - first))];
      return startServer(process.execPath, [PROGRAM, folder, ...numbers.map(String)]);
    }),
  );
  const forget = servers.map((server) => onExit(() => server.kill()));
  return async () => {
    await Promise.all(servers.map((server) => server.stop()));
    for (const undo of forget) undo();
  };
}

async function watch({ hub, destinations, watchMs }: Idle): Promise<[Reading, Reading]> {
  await sleep(SETTLE_MS);
  const startMs = performance.now();
  const before = hub.cpuSeconds;
  await sleep(watchMs);
  const share = (hub.cpuSeconds - before) / ((performance.now() - startMs) / 1000);
  const connected = connectionsTo(hub.port);
  if (connected !== destinations) throw new Error(`Only ${connected} are connected at the end.`);
  return [
    { what: "hub's CPU", unit: '% of a core', values: [share * 100] },
    { what: "hub's peak memory", unit: 'MB', values: [hub.peakBytes / 1e6] },
  ];
}
