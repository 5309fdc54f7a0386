import type { Clock } from '../../base/clock.ts';
import { RbError, toRbError } from '../../base/errors.ts';
import { hex } from '../../base/bytes.ts';
import type { WorkerPool } from '../../chunk/worker-pool.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { SetKey } from '../../model/snapshot.ts';
import type { Offered } from '../../wire/messages-follow.ts';
import type { Mend } from '../../wire/messages-proof.ts';
import { ReconnectPauses, isOutOfReach, pause } from '../reconnect.ts';
import type { HubSession } from '../session.ts';
import { Answers } from './answers/answers.ts';
import type { Destination } from './destination.ts';
import { transfer } from './transfer.ts';
import type { ToTake, TransferEvent, TransferResult } from './transfer.ts';

/** Transfers of different sets that are at work at a time: each has a thread and a window of memory of its own. */
const TRANSFERS = 4;
/** A full disk isn't asked more often whether it has room. */
const RETRY_MS = 30_000;

export type ReceiveEvent =
  | { readonly t: 'connected'; readonly session: HubSession }
  /** The hub can't be reached, or went away; it is tried again after the pause. */
  | { readonly t: 'disconnected'; readonly error: RbError; readonly pauseMs: number }
  | { readonly t: 'begin'; readonly key: SetKey; readonly mends: boolean }
  | { readonly t: 'transfer'; readonly key: SetKey; readonly event: TransferEvent }
  | {
      readonly t: 'done';
      readonly key: SetKey;
      readonly result: TransferResult;
      readonly mends: boolean;
    }
  | { readonly t: 'failed'; readonly key: SetKey; readonly error: RbError };

export type ReceiveContext = {
  readonly destination: Destination;
  /** What the hub and people call this destination. */
  readonly name: string;
  readonly connect: () => Promise<HubSession>;
  readonly pool: WorkerPool;
  readonly clock: Clock;
  /** 0..1, for the jitter of the pauses. */
  readonly random: () => number;
  readonly listFiles: boolean;
  readonly keepSetId: boolean;
  /** End after the first verified transfer. */
  readonly once: boolean;
  /** Awaited before each transfer, for who bounds how many are at work at a time; what it answers is called behind it. */
  readonly takePlace?: (signal: AbortSignal) => Promise<() => void>;
  /** Most bytes asked for and not here yet, of one transfer; as in transfer.ts if left out. */
  readonly windowBytes?: number;
  readonly onEvent: (event: ReceiveEvent) => void;
  readonly signal: AbortSignal;
};

/**
 * Is a destination: takes what the hub offers, for as long as it takes, through any number of lost connections.
 * @returns after the first verified transfer with `once`, or when the signal aborts
 * @throws RbError what trying again can't mend: not-allowed, not-trusted, usage
 */
export async function receive(context: ReceiveContext): Promise<void> {
  const pauses = new ReconnectPauses(context.random);
  while (!context.signal.aborted) {
    let wasConnected = false;
    try {
      const session = await context.connect();
      wasConnected = true;
      context.onEvent({ t: 'connected', session });
      const isOver = await new StandingOrder(session, context).run();
      if (isOver) return;
    } catch (error) {
      if (context.signal.aborted) return;
      const problem = toRbError(error);
      if (!isPassing(problem)) throw problem;
      const pauseMs = pauses.nextMs(wasConnected);
      context.onEvent({ t: 'disconnected', error: problem, pauseMs });
      await pause(pauseMs, context.clock, context.signal);
    }
  }
}

function isPassing(error: RbError): boolean {
  return error.retry || isOutOfReach(error) || error.code === 'busy';
}

/** One connection's worth of receiving. */
class StandingOrder {
  readonly #session: HubSession;
  readonly #context: ReceiveContext;
  /** By set: what is to be taken next, the newest alone. */
  readonly #waiting = new Map<string, ToTake>();
  readonly #busy = new Set<string>();
  /** Snapshots that could not be put in place whole: offered again only in another session. */
  readonly #givenUp = new Set<string>();
  readonly #over = Promise.withResolvers<boolean>();
  readonly #abort = new AbortController();
  readonly #atWork = new Set<Promise<void>>();
  #answers: Answers | null = null;

  constructor(session: HubSession, context: ReceiveContext) {
    this.#session = session;
    this.#context = context;
  }

  /** @returns true when receiving as a whole is over */
  async run(): Promise<boolean> {
    const { signal } = this.#context;
    const end = (): void => this.#over.resolve(true);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    this.#over.promise.catch(() => undefined);
    try {
      void this.#listen();
      return await this.#over.promise;
    } finally {
      signal.removeEventListener('abort', end);
      this.#abort.abort();
      await Promise.all(this.#atWork);
      this.#session.connection.close();
      await this.#answers?.idle;
    }
  }

  async #listen(): Promise<void> {
    const { destination, name } = this.#context;
    try {
      const held = await destination.held();
      const have = held.flatMap(({ key, snapshot, verified }) =>
        verified && snapshot !== null ? [{ ...key, snapshot }] : [],
      );
      const filter = destination.single;
      const stream = this.#session.connection.openStream({
        t: 'receive',
        destination: destination.id,
        name,
        filter,
        have,
        answers: true,
      });
      const answers = new Answers(stream, {
        destination,
        pool: this.#context.pool,
        arena: this.#session.arena,
        isChanging: (key) => this.#isChanging(key),
        signal: this.#abort.signal,
      });
      this.#answers = answers;
      for (;;) {
        const message = await stream.next();
        if (message === null)
          throw new RbError('connection-lost', 'The hub ended the connection.', { retry: true });
        if (message.t === 'offered') this.#offered(message);
        else if (message.t === 'mend') this.#mend(message);
        else answers.take(message);
      }
    } catch (error) {
      this.#over.reject(toRbError(error));
    }
  }

  #offered(offered: Offered): void {
    const name = formatSetKey(offered);
    // What waits to be mended is mended on the way to something newer.
    const mends = this.#waiting.get(name)?.mends === true;
    this.#waiting.set(name, mends ? { ...offered, mends } : offered);
    this.#dispatch();
  }

  #mend({ user, host, set, snapshot }: Mend): void {
    const name = formatSetKey({ user, host, set });
    const none: Offered = {
      t: 'offered',
      user,
      host,
      set,
      run: null,
      snapshot,
      files: 0,
      bytes: 0,
    };
    this.#waiting.set(name, { ...(this.#waiting.get(name) ?? none), snapshot, mends: true });
    this.#dispatch();
  }

  #isChanging(key: SetKey): boolean {
    const name = formatSetKey(key);
    return this.#busy.has(name) || this.#waiting.has(name);
  }

  #dispatch(): void {
    for (const [name, offered] of this.#waiting) {
      if (this.#busy.size >= TRANSFERS) return;
      if (this.#busy.has(name)) continue;
      this.#waiting.delete(name);
      const { snapshot, mends } = offered;
      if (snapshot !== null && !mends && this.#givenUp.has(hex(snapshot))) continue;
      this.#busy.add(name);
      const work = this.#takeInPlace(name, offered).finally(() => {
        this.#busy.delete(name);
        this.#atWork.delete(work);
        if (!this.#abort.signal.aborted) this.#dispatch();
      });
      this.#atWork.add(work);
    }
  }

  async #takeInPlace(name: string, first: ToTake): Promise<void> {
    let offered = first;
    let leavePlace: (() => void) | undefined;
    try {
      leavePlace = await this.#context.takePlace?.(this.#abort.signal);
    } catch {
      // Only the end of the session ends the waiting for a place.
      return;
    }
    let problem: RbError | null;
    try {
      // While a place was waited for, what was offered may have been overtaken.
      if (leavePlace !== undefined) {
        offered = this.#waiting.get(name) ?? offered;
        this.#waiting.delete(name);
      }
      problem = await this.#take(offered);
    } finally {
      leavePlace?.();
    }
    if (problem !== null) await this.#tryAgainLater(offered, problem);
  }

  /** @returns why it failed, if it did while the session went on */
  async #take(offered: ToTake): Promise<RbError | null> {
    const key: SetKey = { user: offered.user, host: offered.host, set: offered.set };
    const { destination, pool, listFiles, keepSetId, windowBytes, onEvent } = this.#context;
    const mends = offered.mends === true;
    onEvent({ t: 'begin', key, mends });
    try {
      const result = await transfer(offered, {
        session: this.#session,
        destination,
        pool,
        listFiles,
        keepSetId,
        ...(windowBytes === undefined ? {} : { windowBytes }),
        onEvent: (event) => onEvent({ t: 'transfer', key, event }),
        signal: this.#abort.signal,
      });
      if (!result.verified) this.#givenUp.add(hex(result.snapshot));
      this.#overtake(offered, result.snapshot);
      onEvent({ t: 'done', key, result, mends });
      if (result.verified && this.#context.once) this.#over.resolve(true);
      return null;
    } catch (error) {
      const problem = toRbError(error);
      if (this.#abort.signal.aborted) return null;
      onEvent({ t: 'failed', key, error: problem });
      return problem;
    }
  }

  /** What a run has just brought is the newest: it is what is to be mended, and not what was before it. */
  #overtake({ run, user, host, set }: ToTake, snapshot: Uint8Array): void {
    const name = formatSetKey({ user, host, set });
    const next = this.#waiting.get(name);
    if (run !== null && next?.mends === true && next.run === null)
      this.#waiting.set(name, { ...next, snapshot });
  }

  /** A full disk may get room again; an origin that failed starts anew by itself. */
  async #tryAgainLater(offered: ToTake, error: RbError): Promise<void> {
    const mayPass = error.code === 'disk-full' || error.code === 'internal';
    if (!mayPass || error.context['ofRun'] === true) return;
    await pause(RETRY_MS, this.#context.clock, this.#abort.signal);
    const name = formatSetKey(offered);
    if (!this.#waiting.has(name) && !this.#abort.signal.aborted) this.#waiting.set(name, offered);
  }
}
