import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';

import { RbError, systemCodeOf } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';
import type { ScanWhat } from '../../scan/protocol.ts';

export type BackupSource = {
  /** Absolute, as it was named: the set's name is taken from it. */
  readonly named: Uint8Array;
  /** Absolute, with all links followed: what is read. */
  readonly path: Uint8Array;
  readonly what: ScanWhat;
};

/**
 * Looks at what is to be backed up; a link is followed.
 *
 * @param named absolute
 * @throws RbError `not-found`, `unreadable`, `unsupported` for a device or the like
 */
export async function inspectSource(
  named: Uint8Array,
  isRecursive: boolean,
): Promise<BackupSource> {
  const shown = escapeName(named);
  try {
    const path = await realpath(Buffer.from(named), { encoding: 'buffer' });
    const found = await stat(path);
    await access(path, found.isDirectory() ? constants.R_OK | constants.X_OK : constants.R_OK);
    if (found.isDirectory()) return { named, path, what: isRecursive ? 'tree' : 'flat' };
    if (found.isFile()) return { named, path, what: 'file' };
  } catch (cause) {
    throw sourceError(shown, cause);
  }
  throw new RbError(
    'unsupported',
    `${shown} is neither a folder nor a file; name the folder that it is in.`,
  );
}

function sourceError(shown: string, cause: unknown): RbError {
  const code = systemCodeOf(cause) ?? 'unknown error';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new RbError('not-found', `${shown} does not exist; check the path.`, { cause });
  }
  if (code === 'ELOOP') {
    return new RbError('not-found', `${shown} is a link that leads in a circle.`, { cause });
  }
  const what = 'change its mode, or run this as its owner';
  return new RbError('unreadable', `${shown} can't be read (${code}); ${what}.`, { cause });
}
