import { RbError } from '../base/errors.ts';
import type { Stream } from '../transport/transport.ts';
import { ChunkServer } from './chunk-server.ts';
import type { HubContext } from './hub-context.ts';
import type { Client } from './register.ts';
import { isAllowed, reachOf } from './rights.ts';

/**
 * Fetching chunks: for restoring, listing, comparing, verifying. Of snapshots only those are given out whose set the
 * user may read; other chunks are found by ids that nobody can guess, which only such a snapshot tells, or having them.
 */
export async function serveRead(hub: HubContext, client: Client, stream: Stream): Promise<void> {
  const server = new ChunkServer(hub, stream, {
    maySee: (id) => maySeeSnapshot(hub, client, id),
    isComing: () => false,
    maySeeNeighbours: () => maySeeNeighbours(hub, client),
  });
  const serving = server.serve();
  serving.catch((error) => stream.fail(error));
  try {
    for (let incoming = await stream.next(); incoming !== null; incoming = await stream.next()) {
      if (incoming.t !== 'want' || !('ids' in incoming)) {
        throw new RbError('protocol', `A reader sent "${incoming.t}".`);
      }
      server.want(incoming.ids);
    }
    stream.end();
  } finally {
    server.stop();
  }
}

/** Whether a snapshot belongs to a set that the user may read. */
export function maySeeSnapshot(hub: HubContext, client: Client, id: Uint8Array): boolean {
  const row = hub.catalog.snapshot(id);
  return row !== undefined && isAllowed(client.login, 'read', row.key.user);
}

/** Whether all that lies in the vault is of sets that the user may read. */
export function maySeeNeighbours(hub: HubContext, { login }: Client): boolean {
  return reachOf(login, 'read') === undefined || !hub.catalog.hasSetsOfOthers(login.user);
}
