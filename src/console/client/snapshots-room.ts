import { Type } from 'typebox';

import type { Clock } from '../../base/clock.ts';
import type { WorkerPool } from '../../chunk/worker-pool.ts';
import { againWhenLost } from '../../client/browse/again-when-lost.ts';
import type { SnapshotBrowser } from '../../client/browse/snapshot-browser.ts';
import { eachSnapshot } from '../../client/browse/snapshots.ts';
import type { SnapshotFilter } from '../../client/browse/snapshots.ts';
import type { HubSession } from '../../client/session.ts';
import type { SnapshotRow } from '../../wire/messages-ask.ts';
import { SetKey } from '../api/common.ts';

export type BrowseContext = {
  /**
   * A login at the hub in use: shared with others, the same one as long as its connection lives, then another. Rejects
   * with what `openSession` throws; with usage if no hub is known.
   */
  readonly session: () => Promise<HubSession>;
  /** Checks what comes from the hub. */
  readonly pool: WorkerPool;
  readonly clock: Clock;
};

/** What all of these routes share. */
export type BrowseRoom = BrowseContext & {
  /** The browser, once it is known that it looks at the hub in use. @throws what opening a session throws */
  readonly ready: () => Promise<SnapshotBrowser>;
};

export const SetQuery = Type.Partial(SetKey);

type RowTaker = {
  /** Called before the first row, and again if the list has to be begun anew. */
  readonly begin: () => void;
  /** @returns whether there may be more */
  readonly row: (row: SnapshotRow) => boolean;
};

/** Lists snapshots; once more from the beginning if the connection turns out to be lost. */
export async function forSnapshots(
  { session }: BrowseContext,
  filter: SnapshotFilter,
  taker: RowTaker,
): Promise<void> {
  await againWhenLost(session, async (current) => {
    taker.begin();
    for await (const row of eachSnapshot(current, filter)) if (!taker.row(row)) return;
  });
}
