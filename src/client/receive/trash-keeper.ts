import { basename, join } from 'node:path';

import type { Clock, Timer } from '../../base/clock.ts';
import { isRbError } from '../../base/errors.ts';
import type { SetKey } from '../../model/snapshot.ts';
import type { TrashPlace } from '../../rebuild/trash.ts';
import { purgeTrash } from '../../rebuild/trash-purge.ts';
import type { Destination } from './destination.ts';

export const DAY_MS: number = 24 * 3600 * 1000;
export const TRASH_MS: number = 7 * DAY_MS;
const PURGE_EVERY_MS = 3600 * 1000;

/** The trash of a destination during one connection: which time it is at the hub, and when something in it is over. */
export class TrashKeeper {
  readonly #destination: Destination;
  readonly #clock: Clock;
  readonly #keepMs: number;
  /** The hub's time less this machine's time since its start, which no setting of a clock changes. */
  readonly #aheadMs: number;
  #timer: Timer | null = null;
  #isStopped = false;

  /** @param hubMs the hub's time now */
  constructor(destination: Destination, hubMs: number, clock: Clock, keepMs: number = TRASH_MS) {
    this.#destination = destination;
    this.#clock = clock;
    this.#keepMs = keepMs;
    this.#aheadMs = hubMs - clock.monotonicMs();
  }

  /** Where a transfer that begins now puts what it deletes; undefined: it is to be deleted at once. */
  place(key: SetKey): TrashPlace | undefined {
    if (this.#keepMs === 0) return undefined;
    const set = basename(this.#destination.stateDirOf(key));
    return { home: Buffer.from(this.#home), set, nowMs: this.#hubMs };
  }

  /** Removes what is over, now and every hour until {@link stop}. */
  purge(): void {
    const request = {
      home: this.#home,
      hubMs: this.#hubMs,
      ownMs: this.#clock.nowMs(),
      keepMs: this.#keepMs,
    };
    const again = (): void => {
      if (!this.#isStopped)
        this.#timer = this.#clock.setTimeout(() => this.purge(), PURGE_EVERY_MS);
    };
    purgeTrash(request).then(again, (error: unknown) => {
      // What can't be removed now may be in an hour.
      if (!isRbError(error)) throw error;
      again();
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  get #hubMs(): number {
    return this.#aheadMs + this.#clock.monotonicMs();
  }

  get #home(): string {
    return join(this.#destination.dir, '.rbbackup');
  }
}
