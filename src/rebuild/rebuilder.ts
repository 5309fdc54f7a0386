import { Worker } from 'node:worker_threads';

import { RbError, toRbError } from '../base/errors.ts';
import type { SharedRange } from '../base/shared-arena.ts';
import type { ChunkTable } from '../chunk/bundle-jobs.ts';
import type {
  LogItem,
  RebuildAnswer,
  RebuildCommand,
  RebuildDone,
  RebuildEvent,
  RebuildRequest,
} from './protocol.ts';

/** Of the thread. A young heap of the default size is 48 MB of memory that is mostly idle. */
const HEAP = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 } as const;

/** A rebuild under way in a thread of its own. */
export interface RebuildHandle {
  /** Hands over log items, at most as many as the `more` events allowed. */
  items(items: readonly LogItem[]): void;
  /**
   * Hands over chunks that were verified against their ids. What was not wanted is ignored.
   * @param plain must not change until `taken` is called, which is once and whatever becomes of the rebuild
   */
  chunks(plain: SharedRange, table: ChunkTable, taken: () => void): void;
  /** Says that the hub has not got these; the files that need them become problems. */
  lacking(ids: Uint8Array): void;
  /** Ends it without a commit; what is there stays for the next run. `done` rejects with `interrupted`. */
  stop(): void;
  /** What came of it, once the thread has ended: everything is on stable storage then. @throws RbError */
  readonly done: Promise<RebuildDone>;
}

/** Starts a rebuild. `onEvent` is called for every event, `done` and `failed` included. */
export function startRebuild(
  request: RebuildRequest,
  onEvent: (event: RebuildEvent) => void,
): RebuildHandle {
  const worker = new Worker(new URL('rebuild-worker.ts', import.meta.url), {
    resourceLimits: HEAP,
  });
  const post = (command: RebuildCommand): void => worker.postMessage(command, []);
  /** Of what was handed over and not taken yet, in order. */
  const lent: (() => void)[] = [];
  let hasEnded = false;
  const done = new Promise<RebuildDone>((resolve, reject) => {
    let result: RebuildDone | null = null;
    let failure: RbError | null = null;
    worker.on('message', (event: RebuildAnswer) => {
      if (event.t === 'done') result = event;
      if (event.t === 'failed')
        failure = new RbError(event.code, event.message, { retry: event.retry });
      if (event.t === 'taken') lent.shift()?.();
      else onEvent(event);
    });
    worker.on('error', (error) => {
      failure ??= toRbError(error);
    });
    worker.on('exit', () => {
      hasEnded = true;
      for (const taken of lent.splice(0)) taken();
      if (failure === null && result !== null) resolve(result);
      else
        reject(
          failure ??
            new RbError('internal', 'The thread that rebuilds a tree ended without a word.'),
        );
    });
  });
  post({ t: 'start', request });
  return {
    items: (items) => post({ t: 'items', items }),
    chunks: (plain, table, taken) => {
      if (hasEnded) return taken();
      lent.push(taken);
      post({ t: 'chunks', plain, table });
    },
    lacking: (ids) => post({ t: 'lacking', ids }),
    stop: () => post({ t: 'stop' }),
    done,
  };
}
