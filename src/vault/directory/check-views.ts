import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { isProcessAlive } from '../../base/process-alive.ts';

/** Names its process, so that what a killed check left is known for what it is. */
const VIEW = /^check-(\d+)-[0-9a-f]{16}$/;

/** Where a check of a vault in use may have its view. */
export function newViewPath(directory: string): string {
  return join(directory, `check-${process.pid}-${randomBytes(8).toString('hex')}`);
}

/** Removes the views of checks that were killed: their links would keep the bytes of packs that are gone. */
export async function removeDeadViews(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const pid = VIEW.exec(name)?.[1];
    if (pid === undefined || isProcessAlive(Number(pid))) continue;
    // Whatever can't be removed now is there for the next time.
    await rm(join(directory, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
