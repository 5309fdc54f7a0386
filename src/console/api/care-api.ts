/** Whether the vault is whole, and a check of it: what the hub's console and its page say to each other. */

import { Type } from 'typebox';
import type { Static } from 'typebox';

import { Count, Failure, Ms, Nullable, SetKey } from './common.ts';

/** How far a check is: first all is read, then snapshots are gone through. */
export const CheckProgress = Type.Object({
  startedMs: Ms,
  readBytes: Count,
  totalBytes: Count,
  snapshots: Count,
  snapshotsTotal: Count,
});
export type CheckProgress = Static<typeof CheckProgress>;

export const DamagedSnapshot = Type.Object({
  id: Type.String(),
  key: SetKey,
  timeMs: Ms,
  /** How many of its paths can't be restored. */
  problems: Count,
});
export type DamagedSnapshot = Static<typeof DamagedSnapshot>;

/** What came of a check. */
export const CheckOutcome = Type.Object({
  endedMs: Ms,
  /** Why it did not come to its end. */
  problem: Nullable(Failure),
  /** Chunks that were fetched again, and names of the destinations that had them. */
  healedChunks: Count,
  from: Type.Array(Type.String()),
  /** What can't be restored whole, after healing; at most 100. */
  damaged: Type.Array(DamagedSnapshot),
  damagedTotal: Count,
});
export type CheckOutcome = Static<typeof CheckOutcome>;

/**
 * GET /api/check: whether the vault is whole. POST /api/check reads every byte and gets back from destinations what is
 * damaged; `busy` while a check is under way. DELETE /api/check breaks it off.
 */
export const VaultCare = Type.Object({
  /** The last one that came to its end, wherever it was begun. */
  lastCheck: Nullable(
    Type.Object({
      timeMs: Ms,
      ok: Type.Boolean(),
      readData: Type.Boolean(),
      damagedSnapshots: Count,
      damagedRecords: Count,
    }),
  ),
  /** The reading of the whole vault in the background: the round that is under way, or ended last. Null: never yet. */
  scrub: Nullable(
    Type.Object({
      startedMs: Ms,
      /** Null while it is under way. */
      endedMs: Nullable(Ms),
      doneBytes: Count,
      totalBytes: Count,
      damagedRecords: Count,
    }),
  ),
  /** Chunks that snapshots need and the vault has not got. */
  lackingChunks: Count,
  /** Whether destinations are being asked for them now. */
  isHealing: Type.Boolean(),
  /** Whether a check is under way, wherever it was begun. */
  isChecking: Type.Boolean(),
  /** Of the check that was begun here; null while there is none. */
  progress: Nullable(CheckProgress),
  /** Of the last check that was begun here since the hub was started; null while one is under way. */
  outcome: Nullable(CheckOutcome),
});
export type VaultCare = Static<typeof VaultCare>;
