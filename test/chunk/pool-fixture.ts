/** A worker for the tests of the pool: does what the job says, also the wrong thing. */

import { threadId, workerData } from 'node:worker_threads';

import { RbError } from '../../src/base/errors.ts';
import { serveJobs } from '../../src/chunk/serve-jobs.ts';
import type { JobResult } from '../../src/chunk/serve-jobs.ts';

export type FixtureJob =
  | {
      readonly do: 'thread' | 'data' | 'refuse' | 'throw' | 'exit' | 'crash' | 'eat' | 'unclonable';
    }
  | { readonly do: 'wait'; readonly gate: SharedArrayBuffer }
  | { readonly do: 'double'; readonly bytes: ArrayBuffer };

serveJobs(async (job: FixtureJob): Promise<JobResult<unknown>> => {
  switch (job.do) {
    case 'thread':
      return { value: threadId, transfer: [] };
    case 'data':
      return { value: workerData as unknown, transfer: [] };
    case 'refuse':
      throw new RbError('damaged-chunk', 'Not that one.', {
        retry: true,
        context: { offset: 7, odd: () => 1 },
      });
    case 'throw':
      throw new TypeError('something else');
    case 'exit':
      return leave();
    case 'crash':
      setImmediate(() => {
        throw new Error('outside of any job');
      });
      return await new Promise<JobResult<unknown>>(() => undefined);
    case 'eat':
      return eatMemory();
    case 'unclonable':
      return { value: () => 1, transfer: [] };
    case 'wait': {
      const gate = new Int32Array(job.gate);
      const opened = Atomics.waitAsync(gate, 0, 0);
      if (opened.async) await opened.value;
      return { value: threadId, transfer: [] };
    }
    case 'double':
      return doubled(job.bytes);
    default:
      throw new TypeError('no such job');
  }
});

function doubled(buffer: ArrayBuffer): JobResult<Uint8Array> {
  const bytes = new Uint8Array(buffer);
  for (const [index, byte] of bytes.entries()) bytes[index] = byte * 2;
  return { value: bytes, transfer: [buffer] };
}

function leave(): JobResult<unknown> {
  return process.exit(3);
}

function eatMemory(): JobResult<unknown> {
  const eaten: unknown[] = [];
  for (;;) eaten.push(Array.from({ length: 10_000 }, (_, index) => ({ index })));
}
