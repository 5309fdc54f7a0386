import type { RbError } from '../../base/errors.ts';
import { isRbError, toRbError } from '../../base/errors.ts';
import { verifyBundle } from '../../chunk/bundles.ts';
import type { WorkerPool } from '../../chunk/worker-pool.ts';
import type { Place, Vault } from '../../vault/vault.ts';

export type DataCheck = {
  readonly damaged: ReadonlySet<Place>;
  readonly problems: readonly { readonly where: string; readonly error: RbError }[];
};

/** Records being looked at: enough to keep some threads busy. */
const AT_A_TIME = 8;

/**
 * Reads all of the vault, and recomputes the id of every chunk.
 *
 * @param onProgress bytes of records done so far, at every record
 * @throws RbError `interrupted` when the signal aborts
 */
export async function readEverything(
  vault: Vault,
  pool: WorkerPool,
  onProgress: (doneBytes: number) => void,
  signal: AbortSignal,
): Promise<DataCheck> {
  const damaged = new Set<Place>();
  const problems: { where: string; error: RbError }[] = [];
  const underWay = new Set<Promise<void>>();
  const note = (where: string, place: Place | null, error: RbError): void => {
    if (place !== null) damaged.add(place);
    problems.push({ where, error });
  };
  for await (const { where, record, place, problem, doneBytes } of vault.inspect()) {
    signal.throwIfAborted();
    if (problem !== null) note(where, place, problem);
    else if (record !== null) {
      // A copy: the vault keeps its buffer, the pool moves this one to a thread.
      const work: Promise<void> = verifyBundle(pool, new Uint8Array(record))
        .then(
          () => undefined,
          (error: unknown) => {
            if (!isRbError(error, 'damaged-chunk')) throw error;
            note(where, place, toRbError(error));
          },
        )
        .finally(() => underWay.delete(work));
      underWay.add(work);
      if (underWay.size >= AT_A_TIME) await Promise.race(underWay);
    }
    onProgress(doneBytes);
  }
  await Promise.all(underWay);
  return { damaged, problems };
}
