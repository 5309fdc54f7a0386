import { statfs } from 'node:fs/promises';

import type { Clock } from '../../base/clock.ts';

/** Asking costs a system call, and nobody watches a disk fill up by the second. */
const AGE_MS = 10_000;

export type Space = { readonly freeBytes: number; readonly totalBytes: number };

/** How much room there is on the disk of a folder, as of a few seconds ago. */
export class FreeSpace {
  readonly #directory: string;
  readonly #clock: Clock;
  #space: Space = { freeBytes: 0, totalBytes: 0 };
  #askedMs = -Infinity;
  #asking: Promise<Space> | null = null;

  constructor(directory: string, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  /** What is known; asks again, for the next time, when that is old. */
  get latest(): Space {
    if (this.#clock.monotonicMs() - this.#askedMs > AGE_MS) void this.ask();
    return this.#space;
  }

  /** What it is now. If it can't be asked for, what was known last. */
  ask(): Promise<Space> {
    this.#asking ??= this.#look().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #look(): Promise<Space> {
    this.#askedMs = this.#clock.monotonicMs();
    try {
      const { bavail, blocks, bsize } = await statfs(this.#directory);
      this.#space = { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    } catch {
      // The disk is gone or doesn't tell; the vault will say so itself.
    }
    return this.#space;
  }
}
