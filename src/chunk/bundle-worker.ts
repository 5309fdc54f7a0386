/** The script of the worker threads that pack and verify bundles; `bundles.ts` speaks to it. */

import { viewOf } from '../base/shared-arena.ts';
import { LIMITS } from '../model/limits.ts';
import { openBundle } from './bundle-jobs.ts';
import type { BundleAnswer, BundleJob } from './bundles.ts';
import { packInPlace } from './pack-in-place.ts';
import { serveJobs } from './serve-jobs.ts';
import type { JobResult } from './serve-jobs.ts';

/** Plain bytes that nobody asked for are looked at here: allocating them anew each time leaves heaps full of holes. */
let ownRoom: Uint8Array | undefined;

serveJobs((job: BundleJob): JobResult<BundleAnswer> => {
  if (job.verb === 'pack') {
    const { kind, room, chunks, level } = job;
    const { byteOffset, length } = packInPlace(kind, viewOf(room), chunks, level);
    return { value: { memory: room.memory, at: byteOffset, length }, transfer: [] };
  }
  const record = viewOf(job.record);
  ownRoom ??= Buffer.allocUnsafeSlow(LIMITS.bundlePlainBytes);
  const { kind, chunks, plain } = openBundle(
    record,
    job.room === null ? ownRoom : viewOf(job.room),
  );
  const { buffer, byteOffset: at, length } = plain;
  // What nobody asked for lies in this thread's own room.
  const range = buffer instanceof SharedArrayBuffer ? { memory: buffer, at, length } : null;
  return { value: { kind, chunks, plain: range }, transfer: [] };
});
