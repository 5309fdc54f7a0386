import { parentPort } from 'node:worker_threads';

import { concatBytes } from '../../base/bytes.ts';
import { toRbError } from '../../base/errors.ts';
import { loadPosix } from '../../posix/open.ts';
import { ChunkFinder } from './chunk-finder.ts';
import type { Step } from './chunk-finder.ts';
import type { FinderCommand, FinderEvent } from './protocol.ts';

/* The thread around one search: it hands over what it found in batches, each after the one before was dealt with. */

/** Of one batch; a chunk may be longer. */
const BATCH_BYTES = 1024 * 1024;
/** After so much work messages are looked at. */
const TURN_MS = 20;

const port = parentPort;
if (port === null) throw new Error('finder-worker.ts runs in a worker thread only');

let steps: Generator<Step, void, void> | null = null;
let found: NonNullable<Step>[] = [];
let foundBytes = 0;

port.on('message', (command: FinderCommand) => {
  if (command.t === 'find') steps = new ChunkFinder(loadPosix(), command.request).find();
  if (command.t === 'stop') return end();
  turn();
});

function turn(): void {
  if (steps === null) return;
  try {
    const untilMs = performance.now() + TURN_MS;
    while (performance.now() < untilMs) {
      const { value, done } = steps.next();
      if (done === true) {
        if (found.length > 0) send();
        post({ t: 'done' });
        return end();
      }
      if (value === null) continue;
      found.push(value);
      foundBytes += value.plain.length;
      if (foundBytes >= BATCH_BYTES) return send();
    }
    setImmediate(turn);
  } catch (error) {
    const { code, message } = toRbError(error, 'unreadable');
    post({ t: 'failed', code, message });
    end();
  }
}

/** Goes on when it is told to. */
function send(): void {
  const ids = concatBytes(found.map(({ id }) => id));
  const lengths = Uint32Array.from(found, ({ plain }) => plain.length);
  const plain = concatBytes(found.map((chunk) => chunk.plain));
  found = [];
  foundBytes = 0;
  post({ t: 'found', ids, lengths, plain });
}

function post(event: FinderEvent): void {
  port?.postMessage(event, event.t === 'found' ? [event.plain.buffer as ArrayBuffer] : []);
}

function end(): void {
  // What is open is closed by the steps themselves.
  steps?.return();
  steps = null;
  port?.close();
}
