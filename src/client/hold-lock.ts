import { setTimeout as sleep } from 'node:timers/promises';

import { lockFile } from '../base/durable-lock.ts';
import type { FileLock } from '../base/durable-lock.ts';
import { RbError, isRbError } from '../base/errors.ts';
import { escapeName } from '../base/names.ts';

const RETRY_MS = 20;

/**
 * Takes a lock, waiting for whoever holds it.
 * @param waitMs 0: not at all
 * @param inUse the sentence when it isn't to be had
 * @throws busy after `waitMs`; dir-unwritable, disk-full
 */
export async function holdLock(path: string, waitMs: number, inUse: string): Promise<FileLock> {
  const busy = (): RbError =>
    new RbError('busy', inUse, { retry: true, context: { path: escapeName(path) } });
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      return lockFile(path, busy);
    } catch (error) {
      if (!isRbError(error, 'busy') || performance.now() >= deadline) throw error;
    }
    await sleep(RETRY_MS);
  }
}
