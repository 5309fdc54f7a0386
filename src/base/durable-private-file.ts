import { closeSync, openSync } from 'node:fs';

/**
 * Makes an empty file that only its owner may read and write, if there is none. For a database of SQLite, which makes
 * its file readable for all, and the files beside it like the file: whoever can read one can also lock it.
 *
 * One that is there is not opened: the kernel gives back all locks that a process has on a file as soon as the process
 * closes it once. Throws nothing: where it can't be made, whoever opens it says why.
 */
export function makePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch {
    // It is there, or the one who opens it will meet the same.
  }
}
