import { parentPort } from 'node:worker_threads';

import { systemClock } from '../base/clock.ts';
import { toRbError } from '../base/errors.ts';
import { loadPosix } from '../posix/open.ts';
import type { RebuildAnswer, RebuildCommand, RebuildRequest } from './protocol.ts';
import { Rebuild } from './rebuild.ts';

/* The thread around one Rebuild: reads commands, and works while there is something to do. */

const port = parentPort;
if (port === null) throw new Error('rebuild-worker.ts runs in a worker thread only');

let rebuild: Rebuild | null = null;
let isScheduled = false;

port.on('message', (command: RebuildCommand) => {
  if (command.t === 'start') start(command.request);
  else if (rebuild === null) return;
  else if (command.t === 'items') rebuild.items(command.items);
  else if (command.t === 'chunks') rebuild.chunks(command.plain, command.table);
  else if (command.t === 'lacking') rebuild.lacking(command.ids);
  else rebuild.stop();
  schedule();
});

function start(request: RebuildRequest): void {
  try {
    rebuild = new Rebuild(request, send, loadPosix(), systemClock);
  } catch (error) {
    const { code, message, retry } = toRbError(error, 'dir-unwritable');
    send({ t: 'failed', code, message, retry });
    port?.close();
  }
}

function send(event: RebuildAnswer): void {
  port?.postMessage(event);
}

/** Messages that have come meanwhile are read between two steps. */
function schedule(): void {
  if (isScheduled || rebuild === null) return;
  isScheduled = true;
  setImmediate(() => {
    isScheduled = false;
    if (rebuild?.step() === true) schedule();
    if (rebuild?.hasEnded === true) port?.close();
  });
}
