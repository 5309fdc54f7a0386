import { readdir } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';

import { RbError, toRbError } from '../base/errors.ts';
import { trashTimeMs } from './trash-names.ts';

/** By what is judged whether the time of something in the trash is over. */
export type TrashTimes = {
  /** The hub's time now. */
  readonly hubMs: number;
  /** This machine's. */
  readonly ownMs: number;
  readonly keepMs: number;
};

export type PurgeRequest = TrashTimes & {
  /** Absolute path of the destination's own folder. */
  readonly home: string;
};

/**
 * Whether a folder of the trash may go: it has to be old by the hub's time, which its name tells, and by this machine's,
 * which the system has stamped it with. So neither clock alone empties the trash when it jumps; and what comes from the
 * future, as one of them has gone back, stays.
 *
 * @param changedMs when it was last changed
 */
export function isOver(
  name: string,
  changedMs: number,
  { hubMs, ownMs, keepMs }: TrashTimes,
): boolean {
  const timeMs = trashTimeMs(name);
  if (timeMs === null) return false;
  return keepMs === 0 || (hubMs - timeMs > keepMs && ownMs - changedMs > keepMs);
}

/**
 * Removes what has been in the trash for long enough, in a thread of its own, which is not made if there is nothing.
 * @throws RbError what may not be removed stays, and is tried again the next time
 */
export async function purgeTrash(request: PurgeRequest): Promise<void> {
  const names = await readdir(`${request.home}/trash`).catch(() => []);
  if (!names.some((name) => isOver(name, Number.NEGATIVE_INFINITY, request))) return;
  await new Promise<void>((resolve, reject) => {
    const url = new URL('trash-worker.ts', import.meta.url);
    const worker = new Worker(url, { workerData: request });
    worker.on('error', (error) => reject(toRbError(error)));
    worker.on('exit', (status) => {
      if (status === 0) resolve();
      else reject(new RbError('internal', 'The thread that empties the trash ended early.'));
    });
  });
}
