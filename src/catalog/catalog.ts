import type { SignedReceipt } from '../model/receipt.ts';
import type { SetKey, Snapshot } from '../model/snapshot.ts';
import type { Counted, Held, Holding } from './held.ts';
import type { Lacking } from './lacking.ts';
import type { Limits } from './limits.ts';
import type { People } from './people.ts';
import type { Proofs } from './proofs.ts';
import type { Sizes } from './vault-sizes.ts';

export type SnapshotRow = {
  readonly id: Uint8Array;
  readonly key: SetKey;
  readonly timeMs: number;
  readonly files: number;
  readonly dirs: number;
  readonly bytes: number;
  readonly skipped: number;
  readonly sourcePath: Uint8Array;
  /** Whether a chunk of it was found to be missing or damaged. */
  readonly damaged: boolean;
  /** Why it is held back from destinations; null: it isn't. */
  readonly held: Held | null;
};

export type SetRow = {
  readonly key: SetKey;
  readonly latest: SnapshotRow | null;
  /** How many snapshots it has. */
  readonly snapshots: number;
  /** How many verified copies its last run asked for; 0 if that was never noted. */
  readonly copiesAsked: number;
};

/** Of all snapshots: how many, and the bytes of their files, each laid out in full (rounded beyond 2^53). */
export type SnapshotTotals = { readonly snapshots: number; readonly bytes: number };

export type Destination = {
  /** 16 bytes that the destination chose for itself. */
  readonly id: Uint8Array;
  readonly user: string;
  readonly name: string;
  readonly lastSeenMs: number;
};

/** What a destination has acknowledged as verified: one snapshot a set, the newest. */
export type Copy = {
  readonly destination: Uint8Array;
  /** The destination's name. */
  readonly name: string;
  readonly key: SetKey;
  readonly snapshot: Uint8Array;
  readonly verifiedMs: number;
  readonly bytes: number;
  /** When pieces of it, chosen at random, were last right; null if they weren't asked for since it was verified. */
  readonly provenMs: number | null;
  /** Whether there is a receipt. */
  readonly signed: boolean;
};

/** A copy among all others. */
export type HeldCopy = Copy & {
  /** When its snapshot was made. */
  readonly timeMs: number;
  /** How many snapshots of its set are newer and not held back; 0: it is the newest of those. */
  readonly behind: number;
};

/** Each field that is given has to match. */
export type SnapshotFilter = {
  readonly user?: string;
  readonly host?: string;
  readonly set?: string;
  /** Only those stamped before this moment. */
  readonly beforeMs?: number;
};

/** Where a page of snapshots ended; opaque. */
export type SnapshotCursor = { readonly timeMs: number; readonly number: number };

export type SnapshotsPage = {
  /** Newest first. */
  readonly rows: readonly SnapshotRow[];
  /** To be given to the next call; null at the end. */
  readonly next: SnapshotCursor | null;
};

/** Sets and their snapshots. */
export interface History {
  /**
   * Makes sure that there is a set, so that it shows before its first snapshot. May be called again; costs no write
   * when nothing is new in it.
   *
   * @param copiesAsked as the run wants that is to begin; left out: what was noted stays
   * @returns whether anything of it was new
   */
  ensureSet(key: SetKey, sourcePath: Uint8Array, copiesAsked?: number): boolean;

  /** All sets, or those of one user, by user, host and name, each with its newest snapshot. Some milliseconds for a thousand sets. */
  sets(user?: string): readonly SetRow[];

  /** Whether there are sets of others than this user. Two look-ups in an index. */
  hasSetsOfOthers(user: string): boolean;

  /** The stamp for a snapshot that is made now: `nowMs`, but later than any of its set, should the clock have jumped. */
  nextTimeMs(key: SetKey, nowMs: number): number;

  /**
   * Commits a snapshot; from here on it is the newest of its set. Only for one whose record and chunks are all
   * durable in the vault. Doing it again with the same id does nothing.
   * @param counted nothing if left out, and then it is not held back
   * @throws busy when its stamp isn't later than the newest one's: another run was faster
   */
  commitSnapshot(id: Uint8Array, snapshot: Snapshot, counted?: Counted): void;

  /** Takes in a snapshot found in the vault, in any order; as one that isn't held back. @returns whether it was unknown */
  importSnapshot(id: Uint8Array, snapshot: Snapshot): boolean;

  snapshot(id: Uint8Array): SnapshotRow | undefined;
  latestSnapshot(key: SetKey): SnapshotRow | undefined;

  /** Newest first, at most `limit` of them, going on where `after` ended. */
  snapshots(filter: SnapshotFilter, limit: number, after?: SnapshotCursor | null): SnapshotsPage;

  snapshotTotals(): SnapshotTotals;

  /**
   * The one snapshot whose id begins with these hexadecimal digits.
   * @param user look only among this user's; undefined: everybody's
   * @throws not-found, ambiguous
   */
  findSnapshot(prefix: string, user?: string): SnapshotRow;

  /**
   * Takes a snapshot out of its set, and the copies of it out of the account; its chunks stay in the vault. The newest one
   * of a set can't be taken out, since that would take the destinations back to the one before; unless it is held back, or
   * the only one.
   * @throws not-found; usage for the newest one
   */
  removeSnapshot(id: Uint8Array): void;

  /** Notes what a check found. Unknown ids are ignored. */
  markDamaged(id: Uint8Array, damaged: boolean): void;
}

/** Which destination holds what. */
export interface Copies {
  /**
   * Notes a destination and its name. May be called at every login.
   * @returns whether it, or its name, is new
   * @throws not-allowed when this id is another user's destination
   */
  recordDestination(destination: Destination): boolean;

  /** All, or those of one user, by name. */
  destinations(user?: string): readonly Destination[];

  /**
   * Notes that a destination holds a verified copy, in place of what it held of the set before; an older
   * snapshot than the one noted does not replace it. What a failed proof left in doubt is settled.
   * @param receipt of exactly this copy, checked
   * @throws not-found when the destination or the snapshot is unknown
   */
  recordCopy(
    destination: Uint8Array,
    snapshot: Uint8Array,
    verifiedMs: number,
    bytes: number,
    receipt?: SignedReceipt,
  ): void;

  /** The destinations whose copy is exactly this snapshot. */
  copiesOf(snapshot: Uint8Array): readonly Copy[];

  /** What each destination holds of a set, whichever snapshot that is. */
  copiesOfSet(key: SetKey): readonly Copy[];

  /** What every destination holds of every set, by user, host and name of the set, then by destination; they share arrays and keys. */
  copies(): readonly HeldCopy[];
}

/**
 * What the hub knows besides the chunks: users, devices, sets, snapshots, copies. Several processes use it at the
 * same time (`rbbackupd invite` beside the hub). Every method is one transaction: when it returns it is on
 * stable storage, when it throws nothing has changed. Besides what a method names, each may throw `disk-full`,
 * `busy` (another process held it for more than five seconds), `dir-unwritable` and `damaged-catalog`. Everything is synchronous
 * and takes well under a millisecond, a durable change a few; lists of everything take longer in proportion. Snapshots, sets, but not users, can
 * be rebuilt from the vault ({@link History.importSnapshot}).
 */
export interface Catalog extends People, History, Holding, Copies, Proofs, Sizes, Limits, Lacking {
  setting(key: string): string | undefined;
  setSetting(key: string, value: string): void;

  /**
   * Reads all of it: what an index has otherwise than its table, and what no program of ours writes. For who opens it for
   * long; some tenths of a second for 100,000 snapshots.
   * @throws damaged-catalog
   */
  verify(): void;

  /** Calling again does nothing; nothing else may be called after it. */
  close(): void;
}
