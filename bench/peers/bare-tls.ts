import { join } from 'node:path';
import process from 'node:process';

import { onExit } from '../measure/cleanup.ts';
import { cpuSecondsOf, peakBytesOf } from '../measure/process-status.ts';
import type { Sample } from '../measure/sample.ts';
import { startCommand, timeCommand } from '../measure/timed-command.ts';
import { startServer } from '../ours/program.ts';
import { untilConnected } from '../ours/until-connected.ts';

const SCRIPT: string = join(import.meta.dirname, '../bare-fan-out.ts');

/** So many bytes through the bare relay to so many sinks, to the end of the last sink. */
export async function bareFanOut(bytes: number, sinkCount: number): Promise<Sample> {
  const hub = await startServer(process.execPath, [SCRIPT, 'hub']);
  const forget = onExit(() => hub.kill());
  const port = Number(hub.first['port']);
  try {
    const sinks = Array.from({ length: sinkCount }, () =>
      startCommand(process.execPath, [SCRIPT, 'sink', String(port)]),
    );
    await untilConnected(port, sinkCount, sinks);
    const before = cpuSecondsOf(hub.pid);
    const startMs = performance.now();
    const source = timeCommand(process.execPath, [SCRIPT, 'source', String(port), String(bytes)]);
    const sent = await source;
    const peakBytes = peakBytesOf(hub.pid);
    const ends = await Promise.all(sinks.map(({ ended }) => ended));
    return {
      seconds: (Math.max(...ends.map(({ endMs }) => endMs)) - startMs) / 1000,
      cpuSeconds: sent.cpuSeconds,
      otherCpuSeconds: {
        hub: cpuSecondsOf(hub.pid) - before,
        destinations: ends.reduce((sum, end) => sum + end.cpuSeconds, 0),
      },
      peakBytes: { hub: peakBytes },
    };
  } finally {
    hub.kill();
    forget();
  }
}
