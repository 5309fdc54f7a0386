import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { makeFolders } from '../base/durable-folders.ts';
import { RbError, toRbError } from '../base/errors.ts';
import { escapeName } from '../base/names.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { openSqliteCatalog } from '../catalog/sqlite/sqlite-catalog.ts';
import { holdLock } from '../client/hold-lock.ts';
import { loadOrCreateIdentity } from '../transport/identity.ts';
import type { Identity } from '../transport/transport.ts';
import { textArgument } from './argument-bytes.ts';

const LOCK_WAIT_MS = 20_000;

/** DIR as an absolute path. @throws usage */
export function hubFolder(text: string): string {
  return resolve(textArgument(text, 'DIR'));
}

/** Makes DIR, for nobody but its owner, if it is missing. @throws dir-unwritable, disk-full */
export function makeHubFolder(dir: string): void {
  try {
    makeFolders(dir, 0o700);
  } catch (error) {
    const { code } = toRbError(error, 'dir-unwritable');
    const message = `The hub's directory ${escapeName(dir)} can't be made; choose another, or change the rights of the folder above it.`;
    throw new RbError(code, message, { cause: error });
  }
}

/** @throws not-found if DIR is no hub's directory */
export async function requireHubFolder(dir: string): Promise<void> {
  const files = await Promise.allSettled([stat(join(dir, 'packs')), stat(catalogPath(dir))]);
  if (files.some(({ status }) => status === 'fulfilled')) return;
  throw new RbError(
    'not-found',
    `${escapeName(dir)} is no hub's directory; \`rbbackupd DIR\` makes one.`,
  );
}

/** The hub's identity, made at first use; several processes may ask at the same time. */
export async function hubIdentity(dir: string): Promise<Identity> {
  const lock = await holdLock(
    join(dir, 'identity-lock.db'),
    LOCK_WAIT_MS,
    `Another command holds ${escapeName(dir)}; try again.`,
  );
  try {
    return await loadOrCreateIdentity(dir, await hasRecords(dir));
  } finally {
    lock.release();
  }
}

/** Whether anything was ever backed up: by a client that knew the hub by its key. */
async function hasRecords(dir: string): Promise<boolean> {
  const names = await readdir(join(dir, 'packs')).catch((): string[] => []);
  return names.length > 0;
}

/** For a process that keeps it open: all of it is looked at first. @throws damaged-catalog */
export async function openCatalog(dir: string): Promise<Catalog> {
  const catalog = await openSqliteCatalog(catalogPath(dir));
  try {
    catalog.verify();
    return catalog;
  } catch (error) {
    catalog.close();
    throw error;
  }
}

/** Does something with a hub's catalog, also while the hub runs. */
export async function withCatalog<T>(dir: string, work: (catalog: Catalog) => T): Promise<T> {
  const catalog = await openSqliteCatalog(catalogPath(dir));
  try {
    return work(catalog);
  } finally {
    catalog.close();
  }
}

function catalogPath(dir: string): string {
  return join(dir, 'catalog.db');
}
