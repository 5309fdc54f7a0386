import { MessageChannel, Worker } from 'node:worker_threads';

import { RbError, toRbError } from '../base/errors.ts';
import type { ScanEvent, ScanRequest, ScanTotal, ScanTotals } from './protocol.ts';
import type { ScanThread } from './scan-worker.ts';
import { SIGNAL } from './thread-outlet.ts';

/** Nearly all garbage of a scan is young. The default lets it grow threefold for nothing: 100,000 files, 260 MB not 200. */
const HEAP = { maxYoungGenerationSizeMb: 8 };

export type ScanHandle = {
  /** Returns the arena of a pooled `chunks` event; it must not be used afterwards. */
  giveBack(arena: ArrayBuffer): void;
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
  const signal = new Int32Array(new SharedArrayBuffer(SIGNAL.words * Int32Array.BYTES_PER_ELEMENT));
  const thread: ScanThread = { request, port: port2, signal };
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
  port.on('message', (event: ScanEvent) => {
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
  return {
    giveBack: (arena) => {
      if (isOver) return;
      port.postMessage(arena, [arena]);
      wake(signal);
    },
    stop: () => {
      Atomics.store(signal, SIGNAL.stop, 1);
      wake(signal);
    },
    done: result.promise,
  };
}

function wake(signal: Int32Array<SharedArrayBuffer>): void {
  Atomics.add(signal, SIGNAL.returns, 1);
  Atomics.notify(signal, SIGNAL.returns);
}

/** Says what there is in all, from what is expected or by a thread that counts. @returns ends that */
function startCounting(request: ScanRequest, onEvent: (event: ScanEvent) => void): () => void {
  if (request.expected !== undefined) {
    const { files, bytes } = request.expected;
    queueMicrotask(() => onEvent({ t: 'total', files, bytes, final: false }));
    return () => undefined;
  }
  if (request.what === 'file') return () => undefined;
  let counter: Worker | null = new Worker(new URL('count-worker.ts', import.meta.url), {
    workerData: request,
    resourceLimits: HEAP,
  });
  counter.on('message', (total: ScanTotal) => {
    if (counter !== null) onEvent(total);
  });
  // Only an estimate is lost.
  counter.on('error', () => undefined);
  return () => {
    void counter?.terminate();
    counter = null;
  };
}

function totalsOf({ files, dirs, bytes, changed, deleted, skipped }: ScanTotals): ScanTotals {
  return { files, dirs, bytes, changed, deleted, skipped };
}
