import { Worker } from 'node:worker_threads';

import { RbError, toRbError } from '../base/errors.ts';
import type {
  LogItem,
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
   * Hands over chunks that were verified against their ids. The arena is transferred: a `free` event gives it back
   * once its bytes are written. What was not wanted is ignored.
   * @param ids 32 bytes for each; `offsets` and `lengths` say where they are in the arena
   */
  chunks(arena: ArrayBuffer, ids: Uint8Array, offsets: Uint32Array, lengths: Uint32Array): void;
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
  const post = (command: RebuildCommand, transfer: ArrayBuffer[] = []): void =>
    worker.postMessage(command, transfer);
  const done = new Promise<RebuildDone>((resolve, reject) => {
    let result: RebuildDone | null = null;
    let failure: RbError | null = null;
    worker.on('message', (event: RebuildEvent) => {
      if (event.t === 'done') result = event;
      if (event.t === 'failed')
        failure = new RbError(event.code, event.message, { retry: event.retry });
      onEvent(event);
    });
    worker.on('error', (error) => {
      failure ??= toRbError(error);
    });
    worker.on('exit', () => {
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
    chunks: (arena, ids, offsets, lengths) =>
      post({ t: 'chunks', arena, ids, offsets, lengths }, [arena]),
    lacking: (ids) => post({ t: 'lacking', ids }),
    stop: () => post({ t: 'stop' }),
    done,
  };
}
