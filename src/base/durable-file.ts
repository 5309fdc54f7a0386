/** Writing a small file so that after a power cut there is either the old one or the new one. */

import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { RbError, systemCodeOf, toRbError } from './errors.ts';
import { escapeName } from './names.ts';

const PRIVATE_MODE = 0o600;

/**
 * Makes what was created, renamed or removed directly in a directory survive a power cut.
 *
 * @throws RbError `disk-full`, `dir-unwritable`
 */
export async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = await open(path, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  } catch (error) {
    throw writeError(path, error);
  }
}

/**
 * Replaces a file's contents as a whole: a temporary file beside it, fsync, rename over it, fsync of the
 * folder. When this returns, the new contents are on stable storage under that name. When it throws, the
 * name holds the old contents or, if only the last step failed, the new ones; no temporary file stays
 * behind, except after a crash (`.NAME.HEX.tmp`, which may be deleted at any time).
 *
 * @param path - its folder must exist
 * @param bytes - must not change before the promise settles
 * @param mode - permissions of the new file, whatever the process's umask
 * @throws RbError `disk-full`, `dir-unwritable`
 */
export async function writeDurably(
  path: string,
  bytes: Uint8Array | string,
  mode: number = PRIVATE_MODE,
): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    // 'wx': never through something that lies in wait under the name.
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(bytes);
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeError(path, error);
  }
  await syncDirectory(dirname(path));
}

/** The name is cut so that it stays within the 255 bytes a component may have. */
function temporaryBeside(path: string): string {
  const folder = dirname(path);
  const name = Buffer.from(path.slice(path.lastIndexOf('/') + 1)).subarray(0, 200);
  return `${folder}/.${name.toString('latin1').replace(/[^\w.-]/g, '_')}.${randomBytes(8).toString('hex')}.tmp`;
}

function writeError(path: string, error: unknown): RbError {
  const known = toRbError(error, 'dir-unwritable');
  const where = escapeName(path);
  const message =
    known.code === 'disk-full'
      ? `There is no space left to write ${where}; free some and try again.`
      : `${where} could not be written (${systemCodeOf(error) ?? known.message}); check that the folder exists and may be written.`;
  return new RbError(known.code, message, { cause: error, retry: known.code === 'disk-full' });
}
