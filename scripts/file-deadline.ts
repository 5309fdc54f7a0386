/**
 * Loaded into every process of tests: ends one that is still there long after any test may last, because
 * something that its tests opened was never closed, and says what that is.
 */

import process from 'node:process';
import { isMainThread } from 'node:worker_threads';

const FILE_DEADLINE_MS = 30 * 60 * 1000;

if (isMainThread) {
  const deadline = setTimeout(() => {
    const open = process.getActiveResourcesInfo().join(', ');
    process.stderr.write(
      `Still not ended after ${FILE_DEADLINE_MS / 60_000} minutes; open: ${open}\n`,
    );
    process.exit(1);
  }, FILE_DEADLINE_MS);
  deadline.unref();
}
