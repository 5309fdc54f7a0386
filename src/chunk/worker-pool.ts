import assert from 'node:assert';
import { Worker } from 'node:worker_threads';
import type { ResourceLimits, Transferable } from 'node:worker_threads';

import { RbError } from '../base/errors.ts';
import { errorFromMessage } from './job-messages.ts';
import type { JobReply, JobRequest } from './job-messages.ts';

export type WorkerPoolOptions = {
  /** A module that calls `serveJobs`. */
  readonly script: URL;
  /** Most threads. They are started when there is work for them. */
  readonly size: number;
  /** Most jobs handed to one thread at a time: 2 keep it busy while answers travel. Default: 2. */
  readonly jobsPerWorker?: number;
  /** Reaches each thread as `workerData`. */
  readonly workerData?: unknown;
  /** Bounds of each thread's heap; array buffers are not counted. */
  readonly resourceLimits?: ResourceLimits;
};

type Job = {
  readonly input: unknown;
  readonly transfer: readonly Transferable[];
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: RbError) => void;
};

type Member = { readonly worker: Worker; readonly jobs: Map<number, Job> };

const DEFAULT_JOBS_PER_WORKER = 2;

/**
 * Worker threads that do one kind of jobs. A job goes to the thread with the fewest; while all have as many
 * as they may, it waits here, in order, with its buffers still attached: how many wait is the caller's to
 * bound, by awaiting. Idle threads do not keep the process alive.
 *
 * A thread that ends or fails (out of memory, a fault in its script) takes its jobs with it: they reject with
 * `internal`, and the next job starts another thread.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #jobsPerWorker: number;
  readonly #members = new Set<Member>();
  readonly #waiting: Job[] = [];
  #nextJob = 1;
  #isClosed = false;

  constructor(options: WorkerPoolOptions) {
    assert(options.size > 0, 'a pool of no workers');
    this.#options = options;
    this.#jobsPerWorker = options.jobsPerWorker ?? DEFAULT_JOBS_PER_WORKER;
  }

  /** Most threads. */
  get size(): number {
    return this.#options.size;
  }

  /** Jobs begun or waiting. */
  get pending(): number {
    let begun = 0;
    for (const member of this.#members) begun += member.jobs.size;
    return begun + this.#waiting.length;
  }

  /**
   * Does one job.
   *
   * @param transfer buffers in `input` that move to the thread: they are detached here once the job is begun
   * and are lost if it fails, unless the answer brings them back
   * @throws RbError what the job threw; `internal` when its thread died; `interrupted` after {@link close}
   */
  async run<Output>(input: unknown, transfer: readonly Transferable[] = []): Promise<Output> {
    if (this.#isClosed) throw closed();
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.push({ input, transfer, resolve, reject });
    });
    this.#dispatch();
    // What a script answers with is its own promise: typed wrappers pair the two.
    return (await answer) as Output;
  }

  /** Rejects all jobs with `interrupted` and ends the threads; resolved when they are gone. May be called again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const members = [...this.#members];
    for (const job of this.#waiting.splice(0)) job.reject(closed());
    for (const member of members) this.#drop(member, closed());
    await Promise.all(members.map((member) => member.worker.terminate()));
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const member = this.#leastBusy();
      if (member === undefined) return;
      this.#begin(member, this.#waiting.shift() as Job);
    }
  }

  /** A thread that may take a job, a new one if all are busy; undefined if all have as many as they may. */
  #leastBusy(): Member | undefined {
    let best: Member | undefined;
    for (const member of this.#members) {
      if (best === undefined || member.jobs.size < best.jobs.size) best = member;
    }
    const isStarting =
      (best === undefined || best.jobs.size > 0) && this.#members.size < this.#options.size;
    if (isStarting) return this.#start();
    return best !== undefined && best.jobs.size < this.#jobsPerWorker ? best : undefined;
  }

  #begin(member: Member, job: Job): void {
    const number = this.#nextJob++;
    const request: JobRequest = { job: number, input: job.input };
    try {
      member.worker.postMessage(request, job.transfer);
    } catch (cause) {
      job.reject(
        new RbError('internal', 'A job could not be handed to a worker thread.', { cause }),
      );
      return;
    }
    member.jobs.set(number, job);
    member.worker.ref();
  }

  #start(): Member {
    const { script, workerData, resourceLimits } = this.#options;
    const worker = new Worker(script, {
      workerData,
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    });
    worker.unref();
    const member: Member = { worker, jobs: new Map() };
    worker.on('message', (reply: JobReply) => this.#finish(member, reply));
    const fail = (cause: unknown): void => this.#drop(member, died(cause));
    worker.on('error', fail);
    worker.on('messageerror', fail);
    worker.on('exit', (status) => fail(new Error(`The thread ended with status ${status}.`)));
    this.#members.add(member);
    return member;
  }

  #finish(member: Member, reply: JobReply): void {
    const job = member.jobs.get(reply.job);
    if (job === undefined) return;
    member.jobs.delete(reply.job);
    if (member.jobs.size === 0) member.worker.unref();
    if ('error' in reply) job.reject(errorFromMessage(reply.error));
    else job.resolve(reply.value);
    this.#dispatch();
  }

  /** Gives a thread up and rejects its jobs; the waiting ones go to others. */
  #drop(member: Member, error: RbError): void {
    if (!this.#members.delete(member)) return;
    for (const job of member.jobs.values()) job.reject(error);
    member.jobs.clear();
    void member.worker.terminate();
    this.#dispatch();
  }
}

function died(cause: unknown): RbError {
  return new RbError('internal', 'A worker thread died while it had work; the work was not done.', {
    cause,
    retry: true,
  });
}

function closed(): RbError {
  return new RbError('interrupted', 'The work was given up because the program is ending.');
}
