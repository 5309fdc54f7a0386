import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { sizeOf } from '../measure/folder.ts';
import { connectionsTo } from '../measure/process-status.ts';
import type { Sample } from '../measure/sample.ts';
import type { CommandResult, RunningCommand } from '../measure/timed-command.ts';
import { HOST, USER, configOf, logIn, startClient } from './client.ts';
import { Hub } from './hub.ts';
import { doneOf } from './program.ts';

const CONNECT_DEADLINE_MS = 30_000;
const END_DEADLINE_MS = 60_000;

/**
 * One folder to `copies` destinations: `rbbackup -rd --copies N PATH`, the hub and the waiting
 * destinations started before the clock, which stops when the origin knows of N verified copies.
 *
 * @param state - an empty folder for all that is kept
 * @returns the figures, and where the copies are
 */
export async function sendToDestinations(
  state: string,
  source: string,
  copies: number,
): Promise<{ readonly sample: Sample; readonly trees: readonly string[] }> {
  const hub = await Hub.start(state, 0);
  const destinations: RunningCommand[] = [];
  try {
    const origin = configOf(state, 'origin');
    await logIn(origin, hub.port);
    const folders = Array.from({ length: copies }, (_, index) => join(state, `copy-${index + 1}`));
    for (const folder of folders) {
      mkdirSync(folder);
      const config = configOf(state, basename(folder));
      destinations.push(startClient(config, hub.port, ['receive', '--once', folder]));
    }
    await untilConnected(hub.port, copies, destinations);
    const hubBefore = hub.cpuSeconds;
    const ended = await startClient(origin, hub.port, ['-rd', source, '--copies', String(copies)])
      .ended;
    const done = doneOf(ended.stdout);
    const received = await endsOf(destinations);
    const sample: Sample = {
      seconds: ended.seconds,
      cpuSeconds: ended.cpuSeconds,
      otherCpuSeconds: {
        hub: hub.cpuSeconds - hubBefore,
        destinations: received.reduce((sum, end) => sum + end.cpuSeconds, 0),
      },
      sentBytes: Number(done['sentBytes']),
      storedBytes: sizeOf(join(state, 'hub')),
      peakBytes: {
        origin: ended.peakBytes,
        hub: hub.peakBytes,
        destination: Math.max(...received.map((end) => end.peakBytes)),
      },
    };
    return {
      sample,
      trees: folders.map((folder) => join(folder, `${USER}@${HOST}`, basename(source))),
    };
  } finally {
    for (const destination of destinations) destination.stop('SIGKILL');
    await Promise.allSettled(destinations.map((destination) => destination.ended));
    await hub.stop();
  }
}

/** Waits until the hub has a connection for each destination; one that ends before is an error. */
async function untilConnected(
  port: number,
  copies: number,
  destinations: readonly RunningCommand[],
): Promise<void> {
  const failed = new AbortController();
  for (const { ended } of destinations) {
    ended.then(
      () => failed.abort(new Error('A destination ended before anything was sent.')),
      (error: unknown) => failed.abort(error),
    );
  }
  const deadlineMs = performance.now() + CONNECT_DEADLINE_MS;
  while (connectionsTo(port) < copies) {
    failed.signal.throwIfAborted();
    if (performance.now() > deadlineMs) throw new Error(`${copies} destinations did not connect.`);
    await sleep(50);
  }
  // Time to log in and to ask for their orders; the origin waits for those who haven't.
  await sleep(500);
}

/** With `--once` they end by themselves, once what they verified is acknowledged. */
async function endsOf(destinations: readonly RunningCommand[]): Promise<readonly CommandResult[]> {
  const late = setTimeout(() => {
    for (const destination of destinations) destination.stop();
  }, END_DEADLINE_MS);
  try {
    return await Promise.all(destinations.map((destination) => destination.ended));
  } finally {
    clearTimeout(late);
  }
}
