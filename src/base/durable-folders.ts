import { closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';

import { bufferOver } from './bytes.ts';
import { systemCodeOf } from './errors.ts';

const SLASH = 0x2f;

/**
 * Makes a folder, and those above it that are missing; what is written durably into it would be lost with it. Node's
 * own way of doing so never ends where a file system takes no new folders and says ENOENT, as /proc and automounted
 * ones do (Node 24.21).
 *
 * @param path - absolute
 * @param mode - of the folders that are made, less the process's umask
 * @throws what the system says; not when it can't confirm that the new folders are on stable storage
 */
export function makeFolders(path: string | Uint8Array, mode: number = 0o777): void {
  const bytes = typeof path === 'string' ? Buffer.from(path) : bufferOver(path);
  if (isThere(bytes, mode, 'ENOENT')) return;
  const above = folderAbove(bytes);
  if (above.length < bytes.length) makeFolders(above, mode);
  isThere(bytes, mode);
}

/** Makes it if it is missing. @param passed the error that is answered with false, not thrown */
function isThere(path: Buffer, mode: number, passed?: string): boolean {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (systemCodeOf(error) === passed) return false;
    // Some systems say first that nothing may be made here, and not that it is there already.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return true;
    throw error;
  }
  syncIfPossible(folderAbove(path));
  return true;
}

function folderAbove(path: Buffer): Buffer {
  return path.subarray(0, Math.max(1, path.lastIndexOf(SLASH)));
}

/** A folder that may be written need not be readable, and not every file system can. */
function syncIfPossible(folder: Buffer): void {
  try {
    const file = openSync(folder, 'r');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
  }
}
