import type { ErrorCode } from '../base/errors.ts';
import { RbError } from '../base/errors.ts';
import type { WorkerPool } from '../chunk/worker-pool.ts';
import { checkRecords } from './check-records.ts';
import type { RecordProblem } from './check-records.ts';
import { TreeCheck } from './check-trees.ts';
import type { OnLacking } from './check-trees.ts';
import type { ChunkKind } from '../model/bundle.ts';
import type { Place, Vault } from './vault.ts';

/** What a snapshot can't be restored whole for. */
export type SnapshotProblem = {
  /** Its id. */
  readonly snapshot: Uint8Array;
  /** In the tree; null where a page or the record itself is gone and it isn't known what it held. */
  readonly path: Uint8Array | null;
  readonly code: ErrorCode;
  /** A part of a sentence, safe to print. */
  readonly why: string;
};

export type CheckProblem =
  | ({ readonly of: 'record' } & RecordProblem)
  | ({ readonly of: 'snapshot' } & SnapshotProblem);

export type CheckProgress = {
  /** Bytes of records that were read, of {@link VaultStats.storedBytes}; 0 if they aren't to be. */
  readonly readBytes: number;
  /** Snapshots looked at. */
  readonly snapshots: number;
};

export type CheckOptions = {
  readonly vault: Vault;
  /** Ids of the snapshots that the catalog has. */
  readonly snapshots: readonly Uint8Array[];
  /** Threads that read every record and recompute every id; null: what snapshots name is looked for, no more. */
  readonly readers: WorkerPool | null;
  /**
   * Told every chunk that a snapshot needs and the vault has lost, as often as it is needed; the id is to be copied. Then each
   * file is looked at to its end, and not to the first piece that is wrong.
   */
  readonly onLacking?: (snapshot: Uint8Array, id: Uint8Array, kind: ChunkKind) => void;
  /** How a damaged record is forgotten. Default: {@link Vault.forget}. */
  readonly forget?: (place: Place) => Promise<void>;
  readonly onProgress?: (progress: CheckProgress) => void;
  /** Ends the check with `interrupted`. */
  readonly signal?: AbortSignal;
};

/**
 * Verifies a vault: first, if wanted, that every record is as it was written, then that for each snapshot its record,
 * its pages and its lists can be read and the chunks of its files are there. Yields everything that is wrong, snapshots
 * in the order given and each in the order of its tree; nothing means that each snapshot can be restored whole.
 *
 * Damaged records are forgotten so that the next backup sends their chunks again: at the very end, when the caller
 * has seen which snapshots they cost. A check that is broken off changes nothing.
 *
 * @throws RbError `interrupted`; `unreadable` when reading fails for a reason that isn't damage
 */
export async function* checkVault(options: CheckOptions): AsyncGenerator<CheckProblem, void, void> {
  const { vault, readers, signal, onProgress } = options;
  const checkSignal = (): void => {
    if (signal?.aborted === true) throw new RbError('interrupted', 'The check was interrupted.');
  };
  const damaged = new Set<Place>();
  let readBytes = 0;
  if (readers !== null) {
    const onRead = (doneBytes: number): void => {
      readBytes = doneBytes;
      onProgress?.({ readBytes, snapshots: 0 });
    };
    for await (const problem of checkRecords(vault, readers, damaged, onRead, checkSignal))
      yield { of: 'record', ...problem };
  }
  const { onLacking } = options;
  let snapshot: Uint8Array = new Uint8Array();
  const note: OnLacking | null =
    onLacking === undefined ? null : (id, kind) => onLacking(snapshot, id, kind);
  const trees = new TreeCheck(vault, damaged, checkSignal, note);
  let index = 0;
  for (snapshot of options.snapshots) {
    for await (const problem of trees.check(snapshot))
      yield { of: 'snapshot', snapshot, ...problem };
    onProgress?.({ readBytes, snapshots: ++index });
  }
  const forget = options.forget ?? (async (place: Place) => await vault.forget(place));
  for (const place of damaged) await forget(place);
}
