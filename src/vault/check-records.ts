import { RbError, isRbError } from '../base/errors.ts';
import { SharedArena, leaseCopy } from '../base/shared-arena.ts';
import type { SharedLease } from '../base/shared-arena.ts';
import { verifyBundle } from '../chunk/bundles.ts';
import type { WorkerPool } from '../chunk/worker-pool.ts';
import type { Inspection, Place, RecordAt, Vault } from './vault.ts';

/** Something that is kept and isn't as it was written. */
export type RecordProblem = {
  /** Which pack, and where in it. Safe to print. */
  readonly where: string;
  readonly at: RecordAt;
  readonly error: RbError;
};

/** Records being looked at: enough to keep some threads busy. */
const AT_A_TIME = 8;
/** Room for so many of the usual length; longer ones lie in memory of their own. */
const ARENA_BYTES = 16 * 1024 * 1024;

/**
 * Reads all of a vault, and recomputes the id of every chunk. Eight records are in memory at a time.
 *
 * @param damaged gets the places of what is damaged
 * @param onRead bytes of records done so far, at every record
 * @throws RbError `unreadable` when reading fails for a reason that isn't damage; what `checkSignal` throws
 */
export async function* checkRecords(
  vault: Vault,
  pool: WorkerPool,
  damaged: Set<Place>,
  onRead: (doneBytes: number) => void,
  checkSignal: () => void,
): AsyncGenerator<RecordProblem, void, void> {
  const arena = new SharedArena(ARENA_BYTES);
  const found: RecordProblem[] = [];
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const note = ({ where, place, at }: Inspection, error: RbError): void => {
    if (place !== null) damaged.add(place);
    found.push({ where, at, error });
  };
  try {
    for await (const step of vault.inspect()) {
      const { record, problem, doneBytes } = step;
      checkSignal();
      if (isRbError(problem, 'unreadable')) throw problem;
      if (problem !== null) note(step, problem);
      else if (record !== null) {
        // A copy: the vault reads the next record into its buffer.
        const work = damageOf(pool, leaseCopy(record, arena))
          .then((error) => (error === null ? undefined : note(step, error)))
          // Kept, as it may fail while nobody waits for it.
          .catch((error: unknown) => void failures.push(error))
          .finally(() => underWay.delete(work));
        underWay.add(work);
        if (underWay.size >= AT_A_TIME) await Promise.race(underWay);
      }
      if (failures.length > 0) throw failures[0];
      onRead(doneBytes);
      yield* found.splice(0);
    }
    await Promise.all(underWay);
    if (failures.length > 0) throw failures[0];
    yield* found.splice(0);
  } finally {
    await Promise.all(underWay);
  }
}

/** @returns null for a record that is right */
async function damageOf(pool: WorkerPool, record: SharedLease): Promise<RbError | null> {
  try {
    await verifyBundle(pool, record.range, null);
    return null;
  } catch (error) {
    if (error instanceof RbError && error.code === 'damaged-chunk') return error;
    throw error;
  } finally {
    record.release();
  }
}
