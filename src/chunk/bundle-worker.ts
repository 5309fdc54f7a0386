/** The script of the worker threads that pack and verify bundles; `bundles.ts` speaks to it. */

import { openBundle, packChunks } from './bundle-jobs.ts';
import type { BundleAnswer, BundleJob } from './bundles.ts';
import { serveJobs } from './serve-jobs.ts';
import type { JobResult } from './serve-jobs.ts';

serveJobs((job: BundleJob): JobResult<BundleAnswer> => {
  if (job.verb === 'pack') {
    const { kind, arena, chunks, level } = job;
    const record = packChunks(kind, new Uint8Array(arena), chunks, level);
    return { value: { record, arena }, transfer: [record.buffer as ArrayBuffer, arena] };
  }
  const { record } = job;
  const { kind, chunks, plain } = openBundle(record);
  const buffers = new Set([record.buffer, chunks.ids.buffer]);
  if (!job.wantsPlain)
    return { value: { record, kind, chunks }, transfer: [...buffers] as ArrayBuffer[] };
  // A bundle that is stored plain has its plain bytes inside the record: one buffer, moved once.
  buffers.add(plain.buffer);
  return { value: { record, kind, chunks, plain }, transfer: [...buffers] as ArrayBuffer[] };
});
