/** The key that a console's cookies are encrypted with. */

import { randomBytes } from 'node:crypto';
import { constants, open } from 'node:fs/promises';

import { writeDurably } from '../../base/durable-file.ts';
import { RbError, systemCodeOf } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';

const KEY_BYTES = 32;
const OF_OTHERS = 0o077;

/**
 * The 32 bytes of a key file, which only its owner may read. It is made if it is missing; and made anew if it has another
 * length or others may read it, which only ends the sessions there are. Durable when this returns.
 *
 * @param path - its folder must exist
 * @throws RbError `unreadable`, `dir-unwritable`, `disk-full`
 */
export async function loadSecretKey(path: string): Promise<Buffer> {
  const kept = await readKey(path);
  if (kept !== null) return kept;
  const key = randomBytes(KEY_BYTES);
  await writeDurably(path, key);
  return key;
}

async function readKey(path: string): Promise<Buffer | null> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { mode, size } = await file.stat();
      if ((mode & OF_OTHERS) !== 0 || size !== KEY_BYTES) return null;
      const key = await file.readFile();
      return key.length === KEY_BYTES ? key : null;
    } finally {
      await file.close();
    }
  } catch (error) {
    // ELOOP: a link, which is replaced by a file.
    const code = systemCodeOf(error);
    if (code === 'ENOENT' || code === 'ELOOP') return null;
    throw new RbError(
      'unreadable',
      `${escapeName(path)} cannot be read (${code ?? 'unknown'}); check its owner and permissions.`,
      { cause: error },
    );
  }
}
