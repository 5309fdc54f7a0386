import { RbError } from '../base/errors.ts';
import type { HubContext } from './hub-context.ts';
import type { Client } from './register.ts';

/** How long somebody who was removed, or whose rights were changed, may stay. */
const RECHECK_EVERY_MS = 2000;

/**
 * Ends connections whose device or user is let in no more, or has other rights than it came with. Users and devices
 * are changed by another process, in the catalog that both have open, so they are looked up again and again: one
 * indexed row a connection. At an open hub everybody may come back at once, so nobody is sent away.
 *
 * @returns stops it
 */
export function recheckLogins(hub: HubContext): () => void {
  if (hub.isOpen) return () => undefined;
  const look = (): void => {
    for (const client of hub.register.clients()) {
      const reason = reasonToLeave(hub, client);
      if (reason !== null) client.connection.close(reason);
    }
    timer = hub.clock.setTimeout(look, RECHECK_EVERY_MS);
  };
  let timer = hub.clock.setTimeout(look, RECHECK_EVERY_MS);
  return () => timer.cancel();
}

function reasonToLeave({ catalog }: HubContext, { login, connection }: Client): RbError | null {
  const user = catalog.userOfDevice(connection.peerFingerprint);
  if (user === undefined || user.name !== login.user) {
    return new RbError(
      'not-trusted',
      'This device was removed from the hub: ask for an invitation to come back.',
    );
  }
  if (user.rights === login.rights && user.duty === login.duty) return null;
  const message = 'The rights of this user were changed; connect again to use those it has now.';
  return new RbError('busy', message, { retry: true });
}
