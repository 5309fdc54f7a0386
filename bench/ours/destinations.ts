import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { sizeOf } from '../measure/folder.ts';
import type { Sample } from '../measure/sample.ts';
import type { CommandResult, RunningCommand } from '../measure/timed-command.ts';
import { HOST, USER, configOf, logIn, startClient } from './client.ts';
import { Hub } from './hub.ts';
import { doneOf } from './program.ts';
import { startSlowReader } from './slow-reader.ts';
import { untilConnected } from './until-connected.ts';

const END_DEADLINE_MS = 60_000;

/** What a run to destinations came to. */
export interface Sent {
  readonly sample: Sample;
  /** Where the copies are. */
  readonly trees: readonly string[];
}

/** How a run to destinations differs from the usual one. */
export interface SendOptions {
  /** A destination more, which reads so many bytes a second, and which nobody waits for. */
  readonly slowBytesPerSecond?: number;
}

/**
 * One folder to `copies` destinations: `rbbackup -rd --copies N PATH`, the hub and the waiting
 * destinations started before the clock, which stops when the origin knows of N verified copies.
 *
 * @param state - an empty folder for all that is kept
 */
export async function sendToDestinations(
  state: string,
  source: string,
  copies: number,
  options: SendOptions = {},
): Promise<Sent> {
  const hub = await Hub.start(state, 0);
  const folders = Array.from({ length: copies }, (_, index) => join(state, `copy-${index + 1}`));
  const destinations: RunningCommand[] = [];
  const slow = options.slowBytesPerSecond;
  let stopSlow = (): Promise<void> => Promise.resolve();
  try {
    await logIn(configOf(state, 'origin'), hub.port);
    for (const folder of folders) {
      mkdirSync(folder);
      const config = configOf(state, basename(folder));
      destinations.push(startClient(config, hub.port, ['receive', '--once', folder]));
    }
    if (slow !== undefined) stopSlow = await startSlowReader(state, hub.port, slow);
    await untilConnected(hub.port, copies + (slow === undefined ? 0 : 1), destinations);
    const sample = await send(state, source, hub, destinations);
    const trees = folders.map((folder) => join(folder, `${USER}@${HOST}`, basename(source)));
    return { sample, trees };
  } finally {
    await stopSlow();
    for (const destination of destinations) destination.stop('SIGKILL');
    await Promise.allSettled(destinations.map((destination) => destination.ended));
    await hub.stop();
  }
}

async function send(
  state: string,
  source: string,
  hub: Hub,
  destinations: readonly RunningCommand[],
): Promise<Sample> {
  const hubBefore = hub.cpuSeconds;
  const startMs = performance.now();
  const order = ['-rd', source, '--copies', String(destinations.length)];
  const ended = await startClient(configOf(state, 'origin'), hub.port, order).ended;
  const done = doneOf(ended.stdout);
  const received = await endsOf(destinations);
  return {
    seconds: ended.seconds,
    cpuSeconds: ended.cpuSeconds,
    otherCpuSeconds: {
      hub: hub.cpuSeconds - hubBefore,
      destinations: received.reduce((sum, end) => sum + end.cpuSeconds, 0),
    },
    sentBytes: Number(done['sentBytes']),
    storedBytes: sizeOf(join(state, 'hub')),
    copiesSeconds: (Math.max(...received.map(({ endMs }) => endMs)) - startMs) / 1000,
    peakBytes: {
      origin: ended.peakBytes,
      hub: hub.peakBytes,
      destination: Math.max(...received.map((end) => end.peakBytes)),
    },
  };
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
