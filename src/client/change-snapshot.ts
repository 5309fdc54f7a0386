import { RbError } from '../base/errors.ts';
import type { HubSession } from './session.ts';

/**
 * Takes a snapshot out of its set (`forget`), or lets one that is held back go on to the destinations (`release`).
 *
 * @returns when the hub has done it, durably
 * @throws RbError not-found, not-allowed, usage, connection-lost
 */
export async function changeSnapshot(
  session: HubSession,
  what: 'forget' | 'release',
  snapshot: Uint8Array,
): Promise<void> {
  const stream = session.connection.openStream({ t: 'ask', what, snapshot });
  const message = await stream.next();
  if (message?.t !== 'done') throw new RbError('protocol', 'The hub did not say that it is done.');
  stream.end();
}
