import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { syncDirectory } from '../../base/durable-file.ts';
import { lockFile } from '../../base/durable-lock.ts';
import { RbError, toRbError } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';
import type { Vault } from '../vault.ts';
import { removeDeadViews } from './check-views.ts';
import { DirectoryVault } from './directory-vault.ts';
import type { DirectoryVaultOptions } from './directory-vault.ts';
import { ForgottenList } from './forgotten-list.ts';

/**
 * Opens the vault of a directory: takes the lock, learns what is in every pack (from the packs' indexes, a few
 * milliseconds each at most), and checks and mends what was being written when the last hub ended.
 *
 * @throws RbError `hub-in-use`, `dir-unwritable`, `disk-full`
 */
export async function openDirectoryVault(options: DirectoryVaultOptions): Promise<Vault> {
  const folder = join(options.directory, 'packs');
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await syncDirectory(options.directory);
  } catch (error) {
    const { code } = toRbError(error, 'dir-unwritable');
    const message = `The hub's directory ${escapeName(options.directory)} can't be written; check its permissions.`;
    throw new RbError(code, message, { cause: error });
  }
  const lock = lockFile(join(options.directory, 'lock.db'), () => hubInUse(options.directory));
  try {
    await removeDeadViews(options.directory);
    const vault = new DirectoryVault(folder, options, lock, await ForgottenList.load(folder));
    await vault.load();
    return vault;
  } catch (error) {
    lock.release();
    throw toRbError(error, 'dir-unwritable');
  }
}

function hubInUse(directory: string): RbError {
  const message = `Another hub is running on ${escapeName(directory)}; stop it first, or choose another directory.`;
  return new RbError('hub-in-use', message);
}
