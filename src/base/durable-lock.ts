/** A lock on a directory that the kernel gives back when its holder dies, however that happens. */

import { DatabaseSync } from 'node:sqlite';

import { RbError, toRbError } from './errors.ts';
import { escapeName } from './names.ts';

/** SQLITE_BUSY of https://www.sqlite.org/rescode.html; its extended codes have it in the low byte. */
const SQLITE_BUSY = 5;

/** A lock that is held. */
export interface FileLock {
  /** Gives it back; calling again does nothing. The file stays: deleting it would let two holders in. */
  release(): void;
}

/**
 * Takes the lock that a file stands for, against other processes and within this one. It does not wait.
 *
 * Node has neither flock nor fcntl locks, SQLite has: an exclusive transaction on a database in which nothing is
 * ever written. Good on local disks; over NFS as good as its locks.
 *
 * @param path - the file; made if it is missing, its folder must exist
 * @param inUse - made and thrown when someone else holds it
 * @throws RbError `dir-unwritable`, `disk-full`
 */
export function lockFile(path: string, inUse: () => RbError): FileLock {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (isBusy(error)) throw inUse();
    const code = toRbError(error, 'dir-unwritable').code;
    const message = `The lock ${escapeName(path)} could not be taken; check that its folder exists and may be written.`;
    throw new RbError(code, message, { cause: error });
  }
  const held = database;
  return {
    release: () => {
      if (held.isOpen) held.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  const number = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
  return (number & 0xff) === SQLITE_BUSY;
}
