import { MessageChannel, Worker } from 'node:worker_threads';

import { RbError, toRbError } from '../base/errors.ts';
import { SharedLease } from '../base/shared-arena.ts';
import { LeaseReturns } from './lease-returns.ts';
import type { ScanEvent, ScanRequest, ScanTotal, ScanTotals } from './protocol.ts';
import type { ScanThread } from './scan-worker.ts';
import type { ThreadEvent } from './thread-outlet.ts';

/** Chunks that are cut, asked about, packed or sent: some 12 bundles, and more when they are compressed. */
const MEMORY_BYTES = 16 * 1024 * 1024;

/** Nearly all garbage of a scan is young. The default lets it grow threefold for nothing: 100,000 files, 260 MB not 200. */
const HEAP = { maxYoungGenerationSizeMb: 8 };

const COUNT_AFTER_MS = 2000;
const COUNTING_HEAP = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 };

export type ScanHandle = {
  /** Ends the scan soon; may be called at any time and more than once. `done` rejects with 'interrupted'. */
  stop(): void;
  /** Settles after the last event, once the thread has ended. Rejects with an RbError if the scan failed or was stopped. */
  readonly done: Promise<ScanTotals>;
};

/**
 * Scans in a thread of its own. `onEvent` is called with the events in order, the last being done or failed; what it
 * throws is not caught. The next state is whole when `done` resolves, but not synced.
 */
export function startScan(request: ScanRequest, onEvent: (event: ScanEvent) => void): ScanHandle {
  const { port1: port, port2 } = new MessageChannel();
  const memory = new SharedArrayBuffer(request.memoryBytes ?? MEMORY_BYTES);
  const returns = new LeaseReturns();
  const thread: ScanThread = { request, port: port2, returns: returns.memory, memory };
  const worker = new Worker(new URL('scan-worker.ts', import.meta.url), {
    workerData: thread,
    transferList: [port2],
    resourceLimits: HEAP,
  });
  const result = Promise.withResolvers<ScanTotals>();
  const stopCounting = startCounting(request, onEvent);
  let isOver = false;
  const end = (event: ScanEvent): void => {
    isOver = true;
    stopCounting();
    onEvent(event);
  };
  const fail = (cause: unknown): void => {
    if (isOver) return;
    const error = toRbError(cause);
    end({ t: 'failed', error: { code: error.code, message: error.message } });
    result.reject(error);
  };
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  port.on('message', (threadEvent: ThreadEvent) => {
    const event = eventOf(threadEvent, memory, returns);
    if (event.t === 'total' && event.final) stopCounting();
    if (event.t !== 'done' && event.t !== 'failed') return onEvent(event);
    end(event);
    void ended.then(() => {
      if (event.t === 'done') result.resolve(totalsOf(event));
      else result.reject(new RbError(event.error.code, event.error.message));
    });
  });
  worker.on('error', fail);
  // The port is closed by the thread when all its events are under way: they come before this.
  port.on(
    'close',
    () =>
      void ended.then(() =>
        fail(new RbError('internal', 'The thread that scans ended without a word.')),
      ),
  );
  return { stop: () => returns.stop(), done: result.promise };
}

/** The event with a lease in the place of a number. */
function eventOf(event: ThreadEvent, memory: SharedArrayBuffer, returns: LeaseReturns): ScanEvent {
  if (event.t !== 'chunks') return event;
  const { lease, at, length, ...chunks } = event;
  const bytes = new Uint8Array(memory, at, length);
  return {
    ...chunks,
    room: new SharedLease(bytes, (keptBytes) => returns.give({ lease, keptBytes })),
  };
}

/**
 * Says what there is in all, from what is expected, or by a thread that counts once the scan has lasted a while: for
 * what is done soon nobody needs it, and it looks at every file. @returns ends that
 */
function startCounting(request: ScanRequest, onEvent: (event: ScanEvent) => void): () => void {
  if (request.expected !== undefined) {
    const { files, bytes } = request.expected;
    queueMicrotask(() => onEvent({ t: 'total', files, bytes, final: false }));
    return () => undefined;
  }
  if (request.what === 'file') return () => undefined;
  const counters: Worker[] = [];
  let isOver = false;
  const timer = setTimeout(() => {
    const counter = new Worker(new URL('count-worker.ts', import.meta.url), {
      workerData: request,
      resourceLimits: COUNTING_HEAP,
    });
    counters.push(counter);
    counter.on('message', (total: ScanTotal) => {
      if (!isOver) onEvent(total);
    });
    // Only an estimate is lost.
    counter.on('error', () => undefined);
  }, request.countAfterMs ?? COUNT_AFTER_MS);
  return () => {
    isOver = true;
    clearTimeout(timer);
    for (const counter of counters) void counter.terminate();
  };
}

function totalsOf({ files, dirs, bytes, changed, deleted, skipped }: ScanTotals): ScanTotals {
  return { files, dirs, bytes, changed, deleted, skipped };
}
