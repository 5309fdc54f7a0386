import { setTimeout as sleep } from 'node:timers/promises';

import { connectionsTo } from '../measure/process-status.ts';
import type { RunningCommand } from '../measure/timed-command.ts';

const CONNECT_DEADLINE_MS = 60_000;
/** From a connection to a login with its order: the origin waits for those who haven't got there. */
const LOGIN_MS = 500;

/**
 * Waits until a hub has so many connections.
 *
 * @throws Error if one of the destinations ends before, or it takes too long
 */
export async function untilConnected(
  port: number,
  connections: number,
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
  while (connectionsTo(port) < connections) {
    failed.signal.throwIfAborted();
    if (performance.now() > deadlineMs) throw new Error(`${connections} did not connect.`);
    await sleep(50);
  }
  await sleep(LOGIN_MS);
}
