import type { SetKey } from '../model/snapshot.ts';

/** A chunk that snapshots need and the vault has lost. */
export type LackingChunk = {
  readonly id: Uint8Array;
  readonly kind: 'data' | 'list' | 'page' | 'snapshot';
};

export type LackingRow = LackingChunk & {
  /** A set that needs it; there is a row for each. */
  readonly key: SetKey;
  /** Whether the log says already that nobody has it. */
  readonly told: boolean;
};

/** What the vault has lost, until it is there again. */
export interface Lacking {
  /** Notes what snapshots of a set need; of what was noted before nothing changes. Unknown sets are ignored. */
  noteLacking(key: SetKey, chunks: readonly LackingChunk[], nowMs: number): void;

  /** All of them: records of snapshots first, then pages, lists, data. */
  lackingChunks(): readonly LackingRow[];

  /** How many different ones. */
  lackingCount(): number;

  /** They are there again, or nobody needs them any more. With a key: this set doesn't. */
  removeLacking(ids: readonly Uint8Array[], key?: SetKey): void;

  /** The log says of all that are noted that nobody has them. */
  markLackingTold(): void;
}
