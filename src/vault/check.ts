import { RbError, toRbError } from '../base/errors.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { SetKey } from '../model/snapshot.ts';
import { TreeCheck } from './check-trees.ts';
import type { Vault } from './vault.ts';

/**
 * Decompresses a record and recomputes the id of each chunk.
 * @param record read only: neither kept, changed nor transferred
 * @returns the plain chunks in the order of the record's table
 * @throws RbError `damaged-chunk`
 */
export type Unpack = (record: Uint8Array) => Promise<readonly Uint8Array[]>;

export type CheckProblem = {
  readonly code: ErrorCode;
  /** A sentence; names in it are escaped. */
  readonly message: string;
  /** Where in the vault, safe to print; empty for what is missing. */
  readonly where: string;
  /** The snapshot that can't be restored whole, if it is known. */
  readonly snapshot: Uint8Array | null;
  /** What of it, if it is known. */
  readonly path: Uint8Array | null;
};

export type CheckProgress = {
  readonly phase: 'records' | 'snapshots';
  /** Of the records. */
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly snapshots: number;
  readonly snapshotsTotal: number;
};

export type CheckOptions = {
  readonly vault: Vault;
  /** The snapshots that the catalog has. */
  readonly snapshots: readonly { readonly id: Uint8Array; readonly key: SetKey }[];
  /** Also decompress every record of data and recompute the ids; pages and lists always are. */
  readonly readData: boolean;
  readonly unpack: Unpack;
  readonly onProgress?: (progress: CheckProgress) => void;
  /** Ends the check with `interrupted`. */
  readonly signal?: AbortSignal;
};

/** More than anybody reads; what lies behind is counted in one last problem. */
const MOST_PROBLEMS = 10_000;

/**
 * Verifies a vault: the name of each pack, the checksum of each record, and that for each snapshot its record, its
 * pages, its lists and its chunks are there. Damaged records are forgotten, so that the next backup sends their
 * chunks again. One record of data, and about four of pages, are in memory at a time.
 *
 * @returns everything that is wrong; empty means that each snapshot can be restored whole
 * @throws RbError `interrupted`; `unreadable` when reading fails for a reason that isn't damage
 */
export async function checkVault(options: CheckOptions): Promise<CheckProblem[]> {
  const problems: CheckProblem[] = [];
  let beyond = 0;
  const report = (problem: CheckProblem): void => {
    if (problems.length < MOST_PROBLEMS) problems.push(problem);
    else beyond++;
  };
  await checkRecords(options, report);
  await checkSnapshots(options, report);
  if (beyond > 0) {
    const message = `There are ${beyond} more problems.`;
    problems.push({ code: 'damaged-chunk', message, where: '', snapshot: null, path: null });
  }
  return problems;
}

async function checkRecords(
  options: CheckOptions,
  report: (problem: CheckProblem) => void,
): Promise<void> {
  const { vault, onProgress } = options;
  const totalBytes = vault.stats().storedBytes;
  const snapshotsTotal = options.snapshots.length;
  for await (const { where, record, place, problem, doneBytes } of vault.inspect()) {
    checkSignal(options);
    const error = problem ?? (record === null ? null : await problemOfContent(options, record));
    if (error?.code === 'unreadable') throw error;
    if (error !== null) {
      report({ code: error.code, message: error.message, where, snapshot: null, path: null });
      if (place !== null) await vault.forget(place);
    }
    onProgress?.({ phase: 'records', doneBytes, totalBytes, snapshots: 0, snapshotsTotal });
  }
}

/** Byte 5 of a record is the kind of its chunks, 0 for data. */
async function problemOfContent(
  options: CheckOptions,
  record: Uint8Array,
): Promise<RbError | null> {
  if (record[5] === 0 && !options.readData) return null;
  try {
    await options.unpack(record);
    return null;
  } catch (error) {
    if (error instanceof RbError && error.code === 'damaged-chunk') return error;
    throw toRbError(error);
  }
}

async function checkSnapshots(
  options: CheckOptions,
  report: (problem: CheckProblem) => void,
): Promise<void> {
  const totalBytes = options.vault.stats().storedBytes;
  const trees = new TreeCheck(options.vault, options.unpack);
  let snapshots = 0;
  for (const { id, key } of options.snapshots) {
    checkSignal(options);
    for await (const { error, path } of trees.check(id, key)) {
      report({ code: error.code, message: error.message, where: '', snapshot: id, path });
    }
    snapshots++;
    const snapshotsTotal = options.snapshots.length;
    options.onProgress?.({
      phase: 'snapshots',
      doneBytes: totalBytes,
      totalBytes,
      snapshots,
      snapshotsTotal,
    });
  }
}

function checkSignal(options: CheckOptions): void {
  if (options.signal?.aborted === true)
    throw new RbError('interrupted', 'The check was interrupted.');
}
