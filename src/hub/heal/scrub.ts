import type { Timer } from '../../base/clock.ts';
import type { RbError } from '../../base/errors.ts';
import { isRbError, toRbError } from '../../base/errors.ts';
import { leaseCopy } from '../../base/shared-arena.ts';
import { noteScrub, scrubState } from '../../catalog/scrub-state.ts';
import type { ScrubState } from '../../catalog/scrub-state.ts';
import { verifyBundle } from '../../chunk/bundles.ts';
import type { Inspection } from '../../vault/vault.ts';
import type { HubContext } from '../hub-context.ts';

/** So often is looked whether something is due. */
const TURN_MS = 60_000;
/** A round ends before its time is over, so that a hub that was off for a while is not late. */
const SHARE_OF_TIME = 0.9;
/** Never faster: a disk that is read for its own sake must have time for everything else. */
const MOST_BYTES_PER_SEC = 16 * 1024 * 1024;
/** After so much it pauses. */
const BURST_BYTES = 2 * 1024 * 1024;

export type ScrubOptions = {
  /** Once in so long all of the vault is read. */
  readonly everyMs: number;
  /** Default: 16 MiB. */
  readonly mostBytesPerSec?: number;
};

/**
 * Reads the whole vault again and again in the background, a little at a time, recomputes the id of every chunk, and leaves
 * aside what is damaged, upon which the healer gets it back. It stops while runs are live, and catches up after them. Where it is
 * survives a restart, by the name of a pack, which is made of its content: packs that are closed meanwhile may have their turn in the next
 * round only.
 */
export class Scrub {
  readonly #hub: HubContext;
  readonly #everyMs: number;
  readonly #mostBytesPerSec: number;
  #timer: Timer | null = null;
  #pause: { readonly timer: Timer; readonly end: () => void } | null = null;
  #turn: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(hub: HubContext, { everyMs, mostBytesPerSec = MOST_BYTES_PER_SEC }: ScrubOptions) {
    this.#hub = hub;
    this.#everyMs = everyMs;
    this.#mostBytesPerSec = mostBytesPerSec;
  }

  start(): void {
    this.#timer = this.#hub.clock.setTimeout(() => {
      this.#turn = this.#takeTurn().then(() => {
        if (!this.#isStopped) this.start();
      });
    }, TURN_MS);
  }

  /** Ends what is under way; resolves when nothing is any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#pause?.timer.cancel();
    this.#pause?.end();
    await this.#turn;
  }

  async #takeTurn(): Promise<void> {
    const { catalog, log } = this.#hub;
    try {
      const state = this.#roundNow();
      if (state.endedMs !== null || this.#isBusy) return;
      noteScrub(catalog, await this.#read(state));
    } catch (error) {
      // It goes on from there at the next turn.
      const { code, message } = toRbError(error);
      log({ level: 'warn', event: 'scrub-failed', code, message });
    }
  }

  /** The round under way, or the one that begins now. */
  #roundNow(): ScrubState {
    const { catalog, clock } = this.#hub;
    const nowMs = clock.nowMs();
    const known = scrubState(catalog);
    const isOver = known?.endedMs !== null && nowMs >= (known?.startedMs ?? 0) + this.#everyMs;
    // A clock that has gone back by more than a turn: nobody knows when that round began.
    if (known !== null && !isOver && known.startedMs <= nowMs + TURN_MS) return known;
    const fresh = { startedMs: nowMs, endedMs: null, at: null, doneBytes: 0, damagedRecords: 0 };
    noteScrub(catalog, fresh);
    return fresh;
  }

  /** Reads what is due. @returns how far it came */
  async #read(state: ScrubState): Promise<ScrubState> {
    const { clock, vault } = this.#hub;
    const dueBytes = this.#dueBytes(state.startedMs);
    let { at, doneBytes, damagedRecords } = state;
    let [sinceBytes, turnBytes] = [doneBytes, doneBytes];
    const steps = vault.inspect(at ?? undefined);
    try {
      while (doneBytes < dueBytes && !this.#isStopped && !this.#isBusy) {
        const { value: step, done } = await steps.next();
        if (done === true) {
          // What is gone as a whole is found only by who looks for it.
          this.#hub.healer.doubt();
          return { ...state, at, doneBytes, damagedRecords, endedMs: clock.nowMs() };
        }
        if (isRbError(step.problem, 'unreadable')) break;
        if (!(await this.#isRight(step))) damagedRecords++;
        ({ at, doneBytes } = step);
        if (doneBytes - sinceBytes < BURST_BYTES) continue;
        await this.#rest(((doneBytes - sinceBytes) / this.#mostBytesPerSec) * 1000);
        sinceBytes = doneBytes;
        if (doneBytes - turnBytes < (this.#mostBytesPerSec * TURN_MS) / 1000) continue;
        // So that a crash costs no more than that.
        turnBytes = doneBytes;
        noteScrub(this.#hub.catalog, { ...state, at, doneBytes, damagedRecords });
      }
    } finally {
      await steps.return();
    }
    return { ...state, at, doneBytes, damagedRecords };
  }

  /** How much of the vault should have been read by now; more than there is when the round is to end. */
  #dueBytes(startedMs: number): number {
    const share = (this.#hub.clock.nowMs() - startedMs) / (this.#everyMs * SHARE_OF_TIME);
    return share >= 1 ? Infinity : Math.max(1, share * this.#hub.vault.stats().storedBytes);
  }

  async #isRight({ record, place, problem, where }: Inspection): Promise<boolean> {
    const { chunks, log } = this.#hub;
    const why = problem ?? (record === null ? null : await this.#damageOf(record));
    if (why === null) return true;
    if (place !== null)
      await chunks.leaveAside(place, why === problem ? why.message : `${where}: ${why.message}`);
    else log({ level: 'error', event: 'damage', code: why.code, message: why.message });
    return false;
  }

  async #damageOf(record: Uint8Array): Promise<RbError | null> {
    const lease = leaseCopy(record, this.#hub.arena);
    try {
      await verifyBundle(this.#hub.pool, lease.range, null);
      return null;
    } catch (error) {
      if (isRbError(error, 'damaged-chunk')) return error;
      throw error;
    } finally {
      lease.release();
    }
  }

  get #isBusy(): boolean {
    return this.#hub.runs.all().some(({ state }) => state === 'live');
  }

  async #rest(ms: number): Promise<void> {
    if (this.#isStopped) return;
    await new Promise<void>((resolve) => {
      const timer = this.#hub.clock.setTimeout(resolve, ms);
      this.#pause = { timer, end: resolve };
    });
    this.#pause = null;
  }
}
