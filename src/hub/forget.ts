import { hex } from '../base/bytes.ts';
import { RbError } from '../base/errors.ts';
import { escapeName } from '../base/names.ts';
import { formatSetKey } from '../model/snapshot.ts';
import type { HubContext } from './hub-context.ts';
import type { Client } from './register.ts';
import { isAllowed, requireRight } from './rights.ts';

/**
 * Takes a snapshot out of its set, durably. What it alone named stays in the vault.
 *
 * @throws RbError `not-found`, which is also what somebody is told of others' snapshots; `not-allowed`; `usage` for the newest
 */
export async function forgetSnapshot(
  hub: HubContext,
  { login }: Client,
  id: Uint8Array,
): Promise<void> {
  const row = hub.catalog.snapshot(id);
  if (row === undefined || !isAllowed(login, 'ask-snapshots', row.key.user)) {
    requireRight(login, 'forget', login.user);
    throw new RbError('not-found', 'There is no such snapshot.');
  }
  requireRight(login, 'forget', row.key.user);
  hub.catalog.removeSnapshot(id);
  hub.snapshotCount.value--;
  await forgetRecord(hub, id);
  hub.history.notify();
  hub.log({
    level: 'info',
    event: 'forgotten',
    message: `Snapshot ${hex(id).slice(0, 12)} was removed.`,
    user: escapeName(login.user),
    set: escapeName(formatSetKey(row.key)),
  });
}

/** So that a catalog that is made again from the vault doesn't bring it back. It has a record of its own. */
async function forgetRecord({ vault }: HubContext, id: Uint8Array): Promise<void> {
  for (let place = vault.find(id); place !== undefined; place = vault.find(id))
    await vault.forget(place);
}
