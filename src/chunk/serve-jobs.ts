import assert from 'node:assert';
import { parentPort } from 'node:worker_threads';
import type { Transferable } from 'node:worker_threads';

import { errorToMessage } from './job-messages.ts';
import type { JobReply, JobRequest } from './job-messages.ts';

/** What a job comes to, and the buffers in it that move to the pool's thread instead of being cloned. */
export type JobResult<T> = { readonly value: T; readonly transfer: readonly Transferable[] };

/** Does one job. `Input` is what the typed wrappers of the pool hand to `run`. */
export type JobHandler<Input> = (input: Input) => JobResult<unknown> | Promise<JobResult<unknown>>;

/**
 * Makes the worker thread that calls it, once, at its start, answer the jobs of a `WorkerPool`. Jobs are
 * begun in the order of their coming; those that are asynchronous may overlap. What the handler throws
 * reaches the caller of `run` as an `RbError`: with its code if it has one, else `internal`.
 */
export function serveJobs<Input>(handler: JobHandler<Input>): void {
  const port = parentPort;
  assert(port !== null, 'serveJobs is for worker threads');
  const reply = (message: JobReply, transfer: readonly Transferable[]): void => {
    port.postMessage(message, transfer);
  };
  const answer = async ({ job, input }: JobRequest): Promise<void> => {
    try {
      // The pool's types bind Input to the script; between threads nothing can check it.
      const { value, transfer } = await handler(input as Input);
      reply({ job, value }, transfer);
    } catch (error) {
      reply({ job, error: errorToMessage(error) }, []);
    }
  };
  port.on('message', (request: JobRequest) => void answer(request));
}
