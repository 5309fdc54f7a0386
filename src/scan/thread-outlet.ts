import { receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

import { RbError } from '../base/errors.ts';
import type { Outlet } from './outlet.ts';
import type { ScanEvent } from './protocol.ts';

/** Words of the memory that both threads share. */
export const SIGNAL = { stop: 0, returns: 1, words: 2 } as const;
/** How long to sleep at most: a signal that was missed costs no more. */
const SLEEP_MS = 1000;

export type ThreadOutletOptions = {
  /** Events go out by it, arenas come back. */
  readonly port: MessagePort;
  /** `SIGNAL.words` words: `stop` is not 0 once the scan is to end, `returns` counts arenas that came back. */
  readonly signal: Int32Array<SharedArrayBuffer>;
  readonly arenaBytes: number;
  readonly arenas: number;
};

/** The outlet of a scanning thread. It sleeps while all arenas are out, so nothing else may need its event loop. */
export class ThreadOutlet implements Outlet {
  readonly #options: ThreadOutletOptions;
  #made = 0;

  constructor(options: ThreadOutletOptions) {
    this.#options = options;
  }

  emit(event: ScanEvent, transfer: readonly ArrayBuffer[]): void {
    this.#options.port.postMessage(event, transfer);
  }

  takeArena(): ArrayBuffer {
    const { signal, arenas, arenaBytes } = this.#options;
    for (;;) {
      this.checkStop();
      const returns = Atomics.load(signal, SIGNAL.returns);
      const arena = this.#returned();
      if (arena !== null) return arena;
      if (this.#made < arenas) {
        this.#made++;
        return new ArrayBuffer(arenaBytes);
      }
      Atomics.wait(signal, SIGNAL.returns, returns, SLEEP_MS);
    }
  }

  checkStop(): void {
    if (Atomics.load(this.#options.signal, SIGNAL.stop) === 0) return;
    throw new RbError(
      'interrupted',
      'The scan was stopped; running the command again goes on from there.',
    );
  }

  #returned(): ArrayBuffer | null {
    for (;;) {
      const received: { message: ArrayBuffer } | undefined = receiveMessageOnPort(
        this.#options.port,
      );
      if (received === undefined) return null;
      if (received.message.byteLength === this.#options.arenaBytes) return received.message;
      // One that lost its memory on the way makes room for another.
      this.#made--;
    }
  }
}
