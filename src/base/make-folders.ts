import { mkdirSync, statSync } from 'node:fs';

import { bufferOver } from './bytes.ts';
import { systemCodeOf } from './errors.ts';

const SLASH = 0x2f;

/**
 * Makes a folder, and those above it that are missing. Node's own way of doing so never ends where a file system
 * takes no new folders and says ENOENT, as /proc and automounted ones do (Node 24.21).
 *
 * @param path - absolute
 * @param mode - of the folders that are made, less the process's umask
 * @throws what the system says
 */
export function makeFolders(path: string | Uint8Array, mode: number = 0o777): void {
  const bytes = typeof path === 'string' ? Buffer.from(path) : bufferOver(path);
  if (isFolderNow(bytes, mode, 'ENOENT')) return;
  const above = bytes.subarray(0, Math.max(1, bytes.lastIndexOf(SLASH)));
  if (above.length < bytes.length) makeFolders(above, mode);
  isFolderNow(bytes, mode);
}

/** @param passed the error that is answered with false, not thrown */
function isFolderNow(path: Buffer, mode: number, passed?: string): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    if (systemCodeOf(error) === passed) return false;
    // Some systems say first that nothing may be made here, and not that it is there already.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return true;
    throw error;
  }
}
