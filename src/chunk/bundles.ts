import { availableParallelism } from 'node:os';

import type { SharedRange } from '../base/shared-arena.ts';
import type { ChunkKind } from '../model/bundle.ts';
import type { ChunkTable } from './bundle-jobs.ts';
import { WorkerPool } from './worker-pool.ts';

/** Of one thread: bundles are array buffers, which don't count; a young heap of the default size is 48 MB of idle memory. */
const HEAP = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 } as const;

export type PackJob = {
  readonly verb: 'pack';
  readonly kind: ChunkKind;
  readonly room: SharedRange;
  readonly chunks: ChunkTable;
  readonly level: number | undefined;
};

export type VerifyJob = {
  readonly verb: 'verify';
  readonly record: SharedRange;
  readonly room: SharedRange | null;
};

export type BundleJob = PackJob | VerifyJob;

/** Where the record is. */
export type PackAnswer = SharedRange;

export type VerifyAnswer = {
  readonly kind: ChunkKind;
  /** The ids that were checked, and where the chunks lie in the plain bytes. */
  readonly chunks: ChunkTable;
  /** In the record itself if that is stored plain, else in `room`; null if none was given. */
  readonly plain: SharedRange | null;
};

export type BundleAnswer = PackAnswer | VerifyAnswer;

/** A pool for {@link packBundle} and {@link verifyBundle}, by default of a thread for each core. */
export function createBundlePool(size: number = availableParallelism()): WorkerPool {
  const script = new URL('bundle-worker.ts', import.meta.url);
  return new WorkerPool({ script, size, resourceLimits: HEAP });
}

/**
 * Makes one bundle record of chunks, in the memory in which they lie; nothing is copied between threads.
 *
 * @param room all of it is overwritten; its lease stays the caller's, who keeps it until this has settled
 * @param chunks at most 8192 and together at most 8 MiB, in rising order, with room for the record's head in front of
 * them (`bodyOffset` of their number); the table stays the caller's
 * @param level of zstd, 0 to store; default as in compress.ts
 * @returns where in `room` the record is
 * @throws RbError `internal` when the worker died
 */
export async function packBundle(
  pool: WorkerPool,
  kind: ChunkKind,
  room: SharedRange,
  chunks: ChunkTable,
  level?: number,
): Promise<SharedRange> {
  const job: PackJob = { verb: 'pack', kind, room, chunks, level };
  return await pool.run<PackAnswer>(job);
}

/**
 * Checks a bundle record in full: checksum, length, and the id of every chunk.
 *
 * @param record exactly one record; its lease stays the caller's, who keeps it until this has settled
 * @param room for the plain bytes if they are wanted, at least as long as they are; as `record`
 * @throws RbError `damaged-chunk`; `internal` when the worker died
 */
export async function verifyBundle(
  pool: WorkerPool,
  record: SharedRange,
  room: SharedRange | null,
): Promise<VerifyAnswer> {
  const job: VerifyJob = { verb: 'verify', record, room };
  return await pool.run<VerifyAnswer>(job);
}
