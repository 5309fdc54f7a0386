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
  readonly arena: ArrayBuffer;
  readonly chunks: ChunkTable;
  readonly level: number | undefined;
};

export type VerifyJob = {
  readonly verb: 'verify';
  readonly record: SharedRange;
  readonly room: SharedRange | null;
};

export type BundleJob = PackJob | VerifyJob;

export type PackAnswer = {
  /** One whole bundle record, in an array buffer of its own. */
  readonly record: Uint8Array;
  /** The arena again, to be filled anew. */
  readonly arena: ArrayBuffer;
};

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
 * Compresses chunks that lie in an arena into one bundle record. The arena is the pool's until the answer
 * brings it back, and is lost when the job fails.
 *
 * @param chunks at most 8192 and together at most 8 MiB; they stay the caller's
 * @param level of zstd, 0 to store; default as in compress.ts
 * @throws RbError `internal` when the worker died
 */
export async function packBundle(
  pool: WorkerPool,
  kind: ChunkKind,
  arena: ArrayBuffer,
  chunks: ChunkTable,
  level?: number,
): Promise<PackAnswer> {
  const { ids, offsets, lengths } = chunks;
  // Cloning a view clones all of its buffer.
  const tight: ChunkTable = {
    ids: ids.slice(),
    offsets: offsets.slice(),
    lengths: lengths.slice(),
  };
  const job: PackJob = { verb: 'pack', kind, arena, chunks: tight, level };
  return await pool.run<PackAnswer>(job, [arena]);
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
