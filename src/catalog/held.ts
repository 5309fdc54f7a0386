import type { SetKey } from '../model/snapshot.ts';
import type { SnapshotRow } from './catalog.ts';

/** What a run does to the newest state of its set that destinations may have: numbers of files. */
export type Held = { readonly changed: number; readonly deleted: number; readonly of: number };

/** What the hub has found out about a snapshot by itself, whatever the origin said. */
export type Counted = {
  /** Everything in it that is no folder; null: not counted. */
  readonly files: number | null;
  /** Why destinations don't get it until it is released; null: they do. */
  readonly held: Held | null;
};

export const NOT_COUNTED: Counted = { files: null, held: null };

/** Snapshots that are held back from destinations (docs/adr/0014). */
export interface Holding {
  /** The newest snapshot of a set that is not held back: what destinations follow. */
  latestReleased(key: SetKey): SnapshotRow | undefined;

  /**
   * Lets a snapshot go on to the destinations. May be called again.
   * @returns whether it was held back
   * @throws not-found
   */
  release(id: Uint8Array): boolean;

  /** All that are held back, newest first, those that a newer released one has overtaken included. */
  heldSnapshots(): readonly SnapshotRow[];

  /** As {@link Counted} has it; null also for a snapshot that is not known. */
  countedFiles(id: Uint8Array): number | null;
}
