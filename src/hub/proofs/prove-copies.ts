import { hex } from '../../base/bytes.ts';
import type { Timer } from '../../base/clock.ts';
import { toRbError } from '../../base/errors.ts';
import { equalBytes } from '../../base/bytes.ts';
import type { Copy } from '../../catalog/catalog.ts';
import type { DueCopy } from '../../catalog/proofs.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { HubContext } from '../hub-context.ts';
import type { Chance } from './chance.ts';
import type { Witness } from './proof-desk.ts';
import { proveCopy } from './prove-copy.ts';

/** How often it is looked whether a copy is due: a hundredth of the time between two proofs, at most this. */
const MOST_LOOK_MS = 60_000;
const LEAST_LOOK_MS = 20;
/** Between two proofs, whosever they are. */
const MOST_PAUSE_MS = 2000;
/** Of each destination so many copies that are due are looked at. */
const CANDIDATES = 256;
/** A copy that was never proven has its first turn within this part of the time, so that not all come at once. */
const FIRST_PART = 1 / 24;
/** One of which nothing came has its next turn after this part of the time. */
const AGAIN_PART = 1 / 8;

export type ProvingOptions = {
  /** How long after a proof the next one of the same copy is due. */
  readonly everyMs: number;
  readonly chance: Chance;
};

/**
 * Has the copies proven that destinations hold which are there: the one that was not proven for the longest time first,
 * one at a time. What was proven is in the catalog, so it goes on after a new start.
 *
 * @returns ends it; a question that is open then comes to nothing
 */
export function proveCopies(hub: HubContext, options: ProvingOptions): () => void {
  const proving = new Proving(hub, options);
  proving.look();
  return () => proving.stop();
}

type Due = { readonly witness: Witness; readonly copy: DueCopy };

class Proving {
  readonly #hub: HubContext;
  readonly #everyMs: number;
  readonly #chance: Chance;
  /** By destination and set: not before this, by the clock that doesn't jump. */
  readonly #turns = new Map<string, number>();
  #timer: Timer | null = null;
  #isStopped = false;

  constructor(hub: HubContext, { everyMs, chance }: ProvingOptions) {
    this.#hub = hub;
    this.#everyMs = everyMs;
    this.#chance = chance;
  }

  /** Proves one copy if one is due, and comes back. */
  look(): void {
    this.#timer = null;
    void this.#proveOne().then((hasMore) => {
      const pauseMs = hasMore
        ? Math.min(MOST_PAUSE_MS, this.#everyMs / 1000)
        : Math.max(LEAST_LOOK_MS, Math.min(MOST_LOOK_MS, this.#everyMs / 100));
      if (!this.#isStopped) this.#timer = this.#hub.clock.setTimeout(() => this.look(), pauseMs);
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** @returns whether one was due; never rejects */
  async #proveOne(): Promise<boolean> {
    let turn: string | null = null;
    try {
      const due = this.#longestUnproven();
      if (due === null) return false;
      turn = turnOf(due.copy);
      const outcome = await proveCopy(this.#hub, due.witness, due.copy, this.#chance);
      if (outcome === 'open') this.#again(turn);
      else this.#turns.delete(turn);
      return true;
    } catch (error) {
      const { code, message } = toRbError(error);
      this.#hub.log({ level: 'warn', event: 'not-proven', code, message });
      if (turn !== null) this.#again(turn);
      return false;
    }
  }

  #longestUnproven(): Due | null {
    const { catalog, clock, proofs } = this.#hub;
    const nowMs = clock.nowMs();
    let longest: Due | null = null;
    for (const witness of proofs.witnesses) {
      const { order } = witness;
      const sinceMs = nowMs - this.#everyMs;
      for (const copy of catalog.copiesToProve(order.destination, sinceMs, nowMs, CANDIDATES)) {
        const rests = order.atRest(copy.key);
        if (rests === null || !equalBytes(rests, copy.snapshot) || !this.#isItsTurn(copy)) continue;
        if (longest === null || copy.lastProvenMs < longest.copy.lastProvenMs)
          longest = { witness, copy };
        break;
      }
    }
    return longest;
  }

  #isItsTurn(copy: DueCopy): boolean {
    const turn = turnOf(copy);
    let atMs = this.#turns.get(turn);
    if (atMs === undefined) {
      const isFirst = copy.lastProvenMs === 0;
      const waitMs = isFirst ? this.#chance.fraction() * this.#everyMs * FIRST_PART : 0;
      atMs = this.#hub.clock.monotonicMs() + waitMs;
      this.#turns.set(turn, atMs);
    }
    return atMs <= this.#hub.clock.monotonicMs();
  }

  #again(turn: string): void {
    this.#turns.set(turn, this.#hub.clock.monotonicMs() + this.#everyMs * AGAIN_PART);
  }
}

function turnOf({ destination, key }: Copy): string {
  return `${hex(destination)} ${formatSetKey(key)}`;
}
