import type { Timer } from '../../base/clock.ts';
import { RbError, isRbError, toRbError } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';
import {
  answerHealRequest,
  beginToHeal,
  doubtedPacks,
  healRequest,
} from '../../catalog/heal-request.ts';
import type { HealAnswer } from '../../catalog/heal-request.ts';
import type { HubContext } from '../hub-context.ts';
import { Signal } from '../signal.ts';
import { allSnapshots } from './all-snapshots.ts';
import { fetchLacking } from './fetch-lacking.ts';
import type { ChunkHolder, Fetched } from './fetch-lacking.ts';
import { lookForLacking } from './look.ts';
import { tellLost } from './tell-lost.ts';

/** Damage comes in swarms; what is found within this time is dealt with together. */
const AFTER_DAMAGE_MS = 5000;
/** A destination that has just connected has other things to do first. */
const AFTER_JOINING_MS = 2000;
/** So often those that are there are asked again for what nobody had. */
const ASK_AGAIN_MS = 3_600_000;
const AFTER_FAILURE_MS = 600_000;
/** So often is looked whether another process asks to heal. */
const POLL_MS = 2000;
const NOTHING: HealAnswer = { healedChunks: 0, from: [] };
/** Sorts before the names of packs that are being written and behind all others. */
const OPEN_PACKS = 'open-';

/**
 * Gets back what the vault has lost. It finds out which snapshots need it, asks destinations for it, and when
 * nothing lacks any more all is as if nothing had happened; what an origin has sent meanwhile counts as well. It works by
 * itself: when damage is found, when a destination comes, when a run was committed, and every hour while something lacks.
 */
export class Healer {
  /** Something began or ended, or another number of chunks is lacking. */
  readonly changed: Signal = new Signal();
  readonly #holders = new Set<ChunkHolder>();
  readonly #offs: (() => void)[] = [];
  #hub: HubContext | null = null;
  #timer: { readonly dueMs: number; readonly timer: Timer } | null = null;
  #poll: Timer | null = null;
  #request: string | null = null;
  #isLookDue = false;
  #isStopped = false;
  #isAtWork = false;
  #lacking = 0;
  /** An attempt that has not begun. */
  #next: Promise<HealAnswer> | null = null;
  /** The attempt that is at work; what comes of it is null if it failed. */
  #underWay: Promise<HealAnswer | null> | null = null;
  /** Settles when there is nothing at work and nothing waits for that. */
  #tail: Promise<unknown> = Promise.resolve();

  /** @param isInDoubt whether snapshots may be damaged of which it isn't known */
  start(hub: HubContext, isInDoubt: boolean): void {
    this.#hub = hub;
    this.#request = healRequest(hub.catalog);
    this.#lacking = hub.catalog.lackingCount();
    const isGone = allSnapshots(hub.catalog).some(({ id }) => !hub.vault.has(id));
    this.#isLookDue = isInDoubt || isGone || this.#lacking > 0 || hub.chunks.damagedSinceMs > 0;
    if (this.#isLookDue) this.#soon(AFTER_JOINING_MS);
    this.#offs.push(
      hub.chunks.damaged.on(() => this.doubt()),
      hub.history.on(() => {
        if (this.#lacking > 0) this.#soon(AFTER_DAMAGE_MS);
      }),
    );
    this.#lookForRequests();
  }

  /** Something may be lacking of which it isn't known: all snapshots are to be looked at. */
  doubt(): void {
    this.#isLookDue = true;
    this.#soon(AFTER_DAMAGE_MS);
  }

  get isAtWork(): boolean {
    return this.#isAtWork;
  }

  /** Chunks that snapshots need and the vault has not got, as far as is known. */
  get lacking(): number {
    return this.#lacking;
  }

  /** A destination has come that may be asked. @returns to be called when it goes */
  join(holder: Omit<ChunkHolder, 'asked'>): () => void {
    const joined = { ...holder, asked: new Set<string>() };
    this.#holders.add(joined);
    if (this.#lacking > 0) this.#soon(AFTER_JOINING_MS);
    return () => this.#holders.delete(joined);
  }

  /**
   * Looks at all snapshots anew and asks every destination that is there for what is lacking, whatever was asked before.
   * What was noted as lacking by others is read again first. @throws RbError why it could not be done
   */
  async heal(): Promise<HealAnswer> {
    this.#isLookDue = true;
    for (const { asked } of this.#holders) asked.clear();
    // What is under way already counts as well: it may be what was waited for.
    const underWay = this.#underWay;
    const answer = await this.#attempt();
    const before = (await underWay) ?? NOTHING;
    return {
      healedChunks: before.healedChunks + answer.healedChunks,
      from: [...new Set([...before.from, ...answer.from])],
    };
  }

  /** Ends what is under way; resolves when nothing is any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.timer.cancel();
    this.#poll?.cancel();
    for (const off of this.#offs) off();
    await this.#tail;
  }

  #soon(delayMs: number): void {
    const { clock } = this.#hub as HubContext;
    const dueMs = clock.monotonicMs() + delayMs;
    if (this.#isStopped || (this.#timer !== null && this.#timer.dueMs <= dueMs)) return;
    this.#timer?.timer.cancel();
    const timer = clock.setTimeout(() => {
      this.#timer = null;
      if (delayMs === ASK_AGAIN_MS) for (const { asked } of this.#holders) asked.clear();
      this.#attempt().catch(() => undefined);
    }, delayMs);
    this.#timer = { dueMs, timer };
  }

  #lookForRequests(): void {
    const { catalog, clock, log } = this.#hub as HubContext;
    this.#poll = clock.setTimeout(() => {
      try {
        const request = healRequest(catalog);
        if (request !== null && request !== this.#request) void this.#answer(request);
      } catch (error) {
        const { code, message } = toRbError(error);
        log({ level: 'warn', event: 'heal-failed', code, message });
      }
      this.#lookForRequests();
    }, POLL_MS);
  }

  async #answer(request: string): Promise<void> {
    const { catalog } = this.#hub as HubContext;
    this.#request = request;
    beginToHeal(catalog, request);
    let answer = NOTHING;
    try {
      await this.#inspectDoubted();
      answer = await this.heal();
    } catch {
      // It was logged; who asked sees what is still lacking.
    }
    if (!this.#isStopped) answerHealRequest(catalog, request, answer);
  }

  /** What another process has found damaged, this one still believes in. */
  async #inspectDoubted(): Promise<void> {
    const { catalog, chunks, vault } = this.#hub as HubContext;
    // Of packs that are being written a damaged end looks to others as if it had never been finished.
    for (const pack of [...doubtedPacks(catalog), OPEN_PACKS]) {
      for await (const { at, place, problem } of vault.inspect({ pack, offset: -1 })) {
        this.#checkSignal();
        if (at.pack !== pack && pack !== OPEN_PACKS) break;
        if (problem === null || place === null || problem.code === 'unreadable') continue;
        await chunks.leaveAside(place, problem.message);
      }
    }
  }

  /** One attempt after the other; who comes while one waits to begin shares it. */
  #attempt(): Promise<HealAnswer> {
    if (this.#next !== null) return this.#next;
    const next = this.#tail.then(async () => {
      this.#next = null;
      this.#underWay = settled;
      try {
        return await this.#work();
      } finally {
        this.#underWay = null;
      }
    });
    const settled = next.catch(() => null);
    this.#next = next;
    this.#tail = settled;
    return next;
  }

  async #work(): Promise<HealAnswer> {
    const hub = this.#hub as HubContext;
    const fetched: Fetched = new Map();
    this.#checkSignal();
    this.#isAtWork = true;
    this.changed.notify();
    let againMs = ASK_AGAIN_MS;
    try {
      await this.#heal(hub, fetched);
      if (this.#isLookDue) againMs = AFTER_DAMAGE_MS;
    } catch (error) {
      againMs = AFTER_FAILURE_MS;
      if (!isRbError(error, 'interrupted')) {
        const { code, message } = toRbError(error);
        hub.log({ level: 'warn', event: 'heal-failed', code, message });
      }
      throw error;
    } finally {
      this.#isAtWork = false;
      if (!this.#isStopped) {
        this.#lacking = hub.catalog.lackingCount();
        this.changed.notify();
        if (this.#lacking > 0 || this.#isLookDue) this.#soon(againMs);
      }
    }
    return tell(hub, fetched, this.#lacking);
  }

  async #heal(hub: HubContext, fetched: Fetched): Promise<void> {
    const checkSignal = (): void => this.#checkSignal();
    const isThere = hub.catalog.lackingChunks().some(({ id }) => hub.vault.has(id));
    if (isThere) this.#isLookDue = true;
    for (;;) {
      if (this.#isLookDue) {
        this.#isLookDue = false;
        // What is fetched may name more that is lacking, and while something is found all is looked at again.
        if (!(await lookForLacking(hub, checkSignal))) this.#isLookDue = true;
        this.#lacking = hub.catalog.lackingCount();
        this.changed.notify();
      }
      const before = countOf(fetched);
      if (this.#lacking > 0) await fetchLacking(hub, () => this.#holders, fetched);
      this.#checkSignal();
      if (countOf(fetched) === before) break;
      this.#isLookDue = true;
    }
    if (this.#lacking > 0) await tellLost(hub, checkSignal);
  }

  #checkSignal(): void {
    if (this.#isStopped) throw new RbError('interrupted', 'The hub is shutting down.');
  }
}

function countOf(fetched: Fetched): number {
  let count = 0;
  for (const some of fetched.values()) count += some;
  return count;
}

function tell(hub: HubContext, fetched: Fetched, lacking: number): HealAnswer {
  for (const [name, chunks] of fetched) {
    const left = lacking === 0 ? 'nothing is lacking any more' : `${lacking} are still lacking`;
    hub.log({
      level: 'info',
      event: 'healed',
      message: `${chunks} lost ${chunks === 1 ? 'piece was' : 'pieces were'} fetched again from ${escapeName(name)}; ${left}.`,
    });
  }
  return { healedChunks: countOf(fetched), from: [...fetched.keys()] };
}
