/** A lock on a directory that the kernel gives back when its holder dies, however that happens. */

import { truncateSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

import { RbError, toRbError } from './errors.ts';
import { escapeName } from './names.ts';
import { makePrivateFile } from './durable-private-file.ts';

/** SQLITE_BUSY of https://www.sqlite.org/rescode.html; its extended codes have it in the low byte. */
const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;

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
  let held: DatabaseSync;
  try {
    held = lockedEvenIfDamaged(path);
  } catch (error) {
    if (sqliteCodeOf(error) === SQLITE_BUSY) throw inUse();
    const isFull = sqliteCodeOf(error) === SQLITE_FULL || toRbError(error).code === 'disk-full';
    const message = isFull
      ? `There is no space left for the lock ${escapeName(path)}; free some and try again.`
      : `The lock ${escapeName(path)} could not be taken; check that its folder exists and may be written, its disk, and the limit of open files.`;
    throw new RbError(isFull ? 'disk-full' : 'dir-unwritable', message, { cause: error });
  }
  return {
    release: () => {
      if (held.isOpen) held.close();
    },
  };
}

/** Nothing stands in the file: one with rubbish in it is emptied, in place, for others may have it open. */
function lockedEvenIfDamaged(path: string): DatabaseSync {
  try {
    return lockedDatabase(path);
  } catch (error) {
    const code = sqliteCodeOf(error);
    if (code !== SQLITE_NOTADB && code !== SQLITE_CORRUPT) throw error;
  }
  truncateSync(path, 0);
  return lockedDatabase(path);
}

function lockedDatabase(path: string): DatabaseSync {
  makePrivateFile(path);
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Without what extends it. */
function sqliteCodeOf(error: unknown): number {
  return (error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0) & 0xff;
}
