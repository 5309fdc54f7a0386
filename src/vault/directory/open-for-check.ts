import { copyFile, link, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { isRbError, systemCodeOf, toRbError } from '../../base/errors.ts';
import type { Vault } from '../vault.ts';
import { newViewPath, removeDeadViews } from './check-views.ts';
import { openDirectoryVault } from './open-directory-vault.ts';

export type VaultToCheck = {
  readonly vault: Vault;
  /** Whether it is the vault itself; else a view of it, while a hub serves it. */
  readonly isOwn: boolean;
  readonly close: () => Promise<void>;
};

/**
 * Opens a hub's vault for a check. If a hub is serving it, a view is opened that shares the finished packs by hard
 * links and has a copy of the one that is being written: so the hub is not disturbed, and what the check forgets is
 * forgotten in the view alone.
 *
 * @throws RbError `dir-unwritable`, `disk-full`
 */
export async function openForCheck(
  directory: string,
  onProblem: (message: string) => void,
): Promise<VaultToCheck> {
  try {
    const vault = await openDirectoryVault({ directory, onProblem });
    return { vault, isOwn: true, close: async () => await vault.close() };
  } catch (error) {
    if (!isRbError(error, 'hub-in-use')) throw error;
  }
  await removeDeadViews(directory);
  const view = newViewPath(directory);
  const remove = async (): Promise<void> => await rm(view, { recursive: true, force: true });
  try {
    await linkPacks(join(directory, 'packs'), join(view, 'packs'));
    // What the hub is writing just now ends in the middle of a record; that is no damage.
    const vault = await openDirectoryVault({ directory: view });
    const close = async (): Promise<void> => {
      await vault.close();
      await remove();
    };
    return { vault, isOwn: false, close };
  } catch (error) {
    await remove();
    throw toRbError(error, 'dir-unwritable');
  }
}

/** Packs being written first: one that is finished meanwhile is found among the finished ones then. */
async function linkPacks(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const name of await readdir(from)) {
    const isCopied = name === 'forgotten' || /^open-.*\.(?:pack|offsets)$/.test(name);
    if (isCopied) await ifThere(copyFile(join(from, name), join(to, name)));
  }
  for (const shelf of await readdir(from)) {
    if (!/^[0-9a-f]{2}$/.test(shelf)) continue;
    await mkdir(join(to, shelf), { mode: 0o700 });
    for (const name of await readdir(join(from, shelf))) {
      await ifThere(link(join(from, shelf, name), join(to, shelf, name)));
    }
  }
}

async function ifThere(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}
