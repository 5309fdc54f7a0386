import type { Clock } from '../../base/clock.ts';
import { RbError, toRbError } from '../../base/errors.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { hex } from '../../base/bytes.ts';
import type { WorkerPool } from '../../chunk/worker-pool.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { SetKey } from '../../model/snapshot.ts';
import { ReconnectPauses, isOutOfReach, pause } from '../reconnect.ts';
import type { HubSession } from '../session.ts';
import { Answers } from './answers/answers.ts';
import type { Destination } from './destination.ts';
import { TrashKeeper } from './trash-keeper.ts';
import { SetQueue } from './set-queue.ts';
import { transfer } from './transfer.ts';
import type { ToTake, TransferEvent, TransferResult } from './transfer.ts';

/** Transfers of different sets that are at work at a time: each has a thread and a window of memory of its own. */
const TRANSFERS = 4;
/** A disk that failed isn't asked more often whether it is well again. */
const RETRY_MS = 10_000;
/** Nor a full one whether it has room. */
const FULL_RETRY_MS = 30_000;
/** What may be over when the same is tried again. */
const MAY_PASS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'dir-unwritable',
  'disk-full',
  'internal',
  'unreadable',
]);

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
  /** How long what transfers delete is kept; seven days if left out, 0: not at all. */
  readonly trashMs?: number;
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
  let wasEverConnected = false;
  while (!context.signal.aborted) {
    let wasConnected = false;
    try {
      const session = await context.connect();
      wasConnected = true;
      wasEverConnected = true;
      context.onEvent({ t: 'connected', session });
      const isOver = await new StandingOrder(session, context).run();
      if (isOver) return;
    } catch (error) {
      if (context.signal.aborted) return;
      const problem = toRbError(error);
      if (!isPassing(problem, wasEverConnected)) throw problem;
      const pauseMs = pauses.nextMs(wasConnected);
      context.onEvent({ t: 'disconnected', error: problem, pauseMs });
      await pause(pauseMs, context.clock, context.signal);
    }
  }
}

/**
 * What stands where the hub stood may be something else for a while, or words of it arrive damaged: who has met it waits for it.
 * Another hub's key there ends the waiting, as somebody may be posing as it. A disk that fails for a while, here or there,
 * ends it only at the start, when somebody looks at it.
 */
function isPassing(error: RbError, wasEverConnected: boolean): boolean {
  if (wasEverConnected && (error.code === 'unsupported' || MAY_PASS.has(error.code))) return true;
  return error.retry || isOutOfReach(error) || error.code === 'busy';
}

/** One connection's worth of receiving. */
class StandingOrder {
  readonly #session: HubSession;
  readonly #context: ReceiveContext;
  readonly #waiting = new SetQueue();
  readonly #busy = new Set<string>();
  /** Snapshots that could not be put in place whole: offered again only in another session. */
  readonly #givenUp = new Set<string>();
  readonly #over = Promise.withResolvers<boolean>();
  readonly #abort = new AbortController();
  readonly #atWork = new Set<Promise<void>>();
  #answers: Answers | null = null;
  readonly #trash: TrashKeeper;

  constructor(session: HubSession, context: ReceiveContext) {
    this.#session = session;
    this.#context = context;
    const { destination, clock, trashMs } = context;
    this.#trash = new TrashKeeper(destination, session.welcome.timeMs, clock, trashMs);
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
      this.#trash.purge();
      return await this.#over.promise;
    } finally {
      signal.removeEventListener('abort', end);
      this.#abort.abort();
      this.#trash.stop();
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
        if (message.t === 'offered') this.#waiting.offer(message);
        else if (message.t === 'mend') this.#waiting.mend(message);
        else answers.take(message);
        this.#dispatch();
      }
    } catch (error) {
      this.#over.reject(toRbError(error));
    }
  }

  #isChanging(key: SetKey): boolean {
    const name = formatSetKey(key);
    return this.#busy.has(name) || this.#waiting.has(name);
  }

  #dispatch(): void {
    while (this.#busy.size < TRANSFERS) {
      const offered = this.#waiting.next((set) => !this.#busy.has(set));
      if (offered === undefined) return;
      const { snapshot, mends } = offered;
      if (snapshot !== null && !mends && this.#givenUp.has(hex(snapshot))) continue;
      const name = formatSetKey(offered);
      this.#busy.add(name);
      const work = this.#takeInPlace(offered).finally(() => {
        this.#busy.delete(name);
        this.#atWork.delete(work);
        if (!this.#abort.signal.aborted) this.#dispatch();
      });
      this.#atWork.add(work);
    }
  }

  async #takeInPlace(first: ToTake): Promise<void> {
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
      if (leavePlace !== undefined) offered = this.#waiting.overtaking(offered);
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
    const problems = new Set<ErrorCode>();
    const trash = this.#trash.place(key);
    try {
      const result = await transfer(offered, {
        session: this.#session,
        destination,
        pool,
        listFiles,
        keepSetId,
        ...(trash === undefined ? {} : { trash }),
        ...(windowBytes === undefined ? {} : { windowBytes }),
        onEvent: (event) => {
          if (event.t === 'problem') problems.add(event.code);
          onEvent({ t: 'transfer', key, event });
        },
        signal: this.#abort.signal,
      });
      const mayPass = !result.verified && [...problems].some((code) => MAY_PASS.has(code));
      if (!result.verified && !mayPass) this.#givenUp.add(hex(result.snapshot));
      this.#waiting.brought(offered, result.snapshot);
      onEvent({ t: 'done', key, result, mends });
      if (result.verified && this.#context.once) this.#over.resolve(true);
      return mayPass ? notInPlace(result.snapshot) : null;
    } catch (error) {
      const problem = toRbError(error);
      if (this.#abort.signal.aborted) return null;
      onEvent({ t: 'failed', key, error: problem });
      return problem;
    }
  }

  /** A full disk may get room again; an origin that failed starts anew by itself. */
  async #tryAgainLater(offered: ToTake, error: RbError): Promise<void> {
    const { code, context } = error;
    if (!MAY_PASS.has(code) || context['ofRun'] === true) return;
    const pauseMs = code === 'disk-full' ? FULL_RETRY_MS : RETRY_MS;
    await pause(pauseMs, this.#context.clock, this.#abort.signal);
    if (this.#abort.signal.aborted) return;
    const { snapshot } = context;
    // The run may be over by then; its snapshot stays.
    const again = snapshot instanceof Uint8Array ? { ...offered, run: null, snapshot } : offered;
    this.#waiting.again(again);
  }
}

function notInPlace(snapshot: Uint8Array): RbError {
  const message = 'Some things could not be put in place; that is tried again.';
  return new RbError('dir-unwritable', message, { retry: true, context: { snapshot } });
}
