import { Worker } from 'node:worker_threads';

import { RbError, toRbError } from '../../base/errors.ts';
import type { FindRequest, FinderCommand, FinderEvent, Found } from './protocol.ts';

const HEAP = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 } as const;

/**
 * Looks for chunks in what a destination holds, in a thread of its own.
 *
 * @param onFound gets chunks, some at a time, each once; the search goes on when it has resolved, and ends if it rejects
 * @param signal ends the search; then it resolves early
 * @throws RbError what `onFound` threw; `unreadable`, `internal`
 */
export async function findChunks(
  request: FindRequest,
  onFound: (found: Found) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const worker = new Worker(new URL('finder-worker.ts', import.meta.url), { resourceLimits: HEAP });
  const post = (command: FinderCommand): void => worker.postMessage(command, []);
  const stop = (): void => post({ t: 'stop' });
  signal.addEventListener('abort', stop);
  const failures: RbError[] = [];
  let isDone = false;
  const handOver = async (found: Found): Promise<void> => {
    try {
      await onFound(found);
      post({ t: 'more' });
    } catch (error) {
      failures.push(toRbError(error));
      stop();
    }
  };
  const handedOver: Promise<void>[] = [];
  try {
    await new Promise<void>((resolve) => {
      worker.on('message', (event: FinderEvent) => {
        if (event.t === 'found') handedOver.push(handOver(event));
        else if (event.t === 'done') isDone = true;
        else failures.push(new RbError(event.code, event.message));
      });
      worker.on('error', (error) => failures.push(toRbError(error)));
      worker.on('exit', () => resolve());
      post({ t: 'find', request });
    });
    await Promise.all(handedOver);
  } finally {
    signal.removeEventListener('abort', stop);
  }
  const [failure] = failures;
  if (failure !== undefined) throw failure;
  if (!isDone && !signal.aborted)
    throw new RbError('internal', 'The thread that looks for pieces ended without a word.');
}
