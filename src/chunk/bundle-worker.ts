/** The script of the worker threads that pack and verify bundles; `bundles.ts` speaks to it. */

import { LIMITS } from '../model/limits.ts';
import { openBundle, packChunks } from './bundle-jobs.ts';
import type { BundleAnswer, BundleJob } from './bundles.ts';
import { serveJobs } from './serve-jobs.ts';
import type { JobResult } from './serve-jobs.ts';

/** Plain bytes that nobody asked for are looked at here: allocating them anew each time leaves heaps full of holes. */
let ownRoom: Uint8Array | undefined;

serveJobs((job: BundleJob): JobResult<BundleAnswer> => {
  if (job.verb === 'pack') {
    const { kind, arena, chunks, level } = job;
    const record = packChunks(kind, new Uint8Array(arena), chunks, level);
    return { value: { record, arena }, transfer: [record.buffer as ArrayBuffer, arena] };
  }
  const { record } = job;
  if (!job.wantsPlain) {
    ownRoom ??= Buffer.allocUnsafeSlow(LIMITS.bundlePlainBytes);
    const { kind, chunks } = openBundle(record, ownRoom);
    const transfer = [record.buffer, chunks.ids.buffer] as ArrayBuffer[];
    return { value: { record, kind, chunks }, transfer };
  }
  const room = job.room === undefined ? undefined : Buffer.from(job.room);
  const { kind, chunks, plain } = openBundle(record, room);
  // A bundle that is stored plain has its plain bytes inside the record: one buffer, moved once.
  const buffers = new Set([record.buffer, chunks.ids.buffer, plain.buffer]);
  const isUnused = job.room !== undefined && !buffers.has(job.room);
  const answer = { record, kind, chunks, plain };
  if (!isUnused) return { value: answer, transfer: [...buffers] as ArrayBuffer[] };
  const unusedRoom = job.room;
  return { value: { ...answer, unusedRoom }, transfer: [...buffers, unusedRoom] as ArrayBuffer[] };
});
