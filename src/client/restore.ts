import { resolve } from 'node:path';

import type { WorkerPool } from '../chunk/worker-pool.ts';
import { decodeSnapshot } from '../model/snapshot.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { RebuildDone, RebuildEvent } from '../rebuild/protocol.ts';
import { ChunkReader } from './chunk-reader.ts';
import { RestoreFolder } from './left-restore.ts';
import { rebuildFrom } from './rebuild-from.ts';
import type { HubSession } from './session.ts';

/** Most bytes asked for and not here yet. */
const WINDOW_BYTES = 16 * 1024 * 1024;

export type RestoreRequest = {
  readonly snapshot: Uint8Array;
  /** Only this file or folder; it lands in `into` under its own name. Null: the whole tree becomes `into`. */
  readonly subtree: Uint8Array | null;
  readonly into: string;
  readonly overwrite: boolean;
  readonly keepSetId: boolean;
  readonly listFiles: boolean;
};

export type RestoreContext = {
  readonly session: HubSession;
  readonly pool: WorkerPool;
  /** What the snapshot is, before anything of it is laid out. */
  readonly onSnapshot?: (snapshot: Snapshot) => void;
  readonly onEvent: (event: RebuildEvent) => void;
  readonly signal: AbortSignal;
};

/**
 * Lays a snapshot, or a part of it, out under a folder. Never outside it; never over something newer or of another
 * kind without `overwrite`: that is reported as a problem, and the rest is restored. The same again after an interruption
 * fetches only what isn't there yet.
 * @throws not-found, missing-chunk, disk-full, dir-unwritable, connection-lost
 */
export async function restore(
  request: RestoreRequest,
  context: RestoreContext,
): Promise<RebuildDone & { readonly receivedBytes: number }> {
  const reader = new ChunkReader(context.session.connection, context.pool);
  const snapshot = decodeSnapshot(await reader.get('snapshot', request.snapshot));
  reader.close();
  context.onSnapshot?.(snapshot);
  const into = resolve(request.into);
  const isWhole = request.subtree === null;
  const folder = new RestoreFolder(into, request.snapshot, request.subtree);
  try {
    return await rebuildFrom(
      {
        policy: 'restore',
        root: Buffer.from(into),
        stateDir: folder.path,
        subtree: request.subtree,
        overwrite: request.overwrite,
        windowBytes: WINDOW_BYTES,
        listFiles: request.listFiles,
        keepSetId: request.keepSetId,
        canRepair: true,
        total: isWhole ? snapshot.bytes : 0,
        filesTotal: isWhole ? snapshot.files : 0,
      },
      snapshot.pages,
      request.snapshot,
      context,
    );
  } catch (error) {
    folder.leave();
    throw error;
  }
}
