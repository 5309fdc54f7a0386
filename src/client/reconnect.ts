import type { Clock } from '../base/clock.ts';
import type { RbError } from '../base/errors.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Whether a hub was out of reach, or went away: trying again may do better. */
export function isOutOfReach({ code }: RbError): boolean {
  return code === 'connection-lost' || code === 'timeout';
}

/** How long to wait between attempts to reach a hub: longer each time, until one succeeds. */
export class ReconnectPauses {
  readonly #random: () => number;
  #pauseMs = FIRST_PAUSE_MS;

  /** @param random 0..1, so that not all clients of a hub come back at the same moment */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** @param wasConnected whether the attempt before reached the hub */
  nextMs(wasConnected: boolean): number {
    this.#pauseMs = wasConnected ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
    return Math.round(this.#pauseMs * (0.5 + this.#random() / 2));
  }
}

/** Waits; an abort ends it, and nothing is thrown. */
export async function pause(pauseMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const wake = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = clock.setTimeout(wake, pauseMs);
    signal.addEventListener('abort', wake);
  });
}
