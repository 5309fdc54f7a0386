import { equalBytes } from '../base/bytes.ts';
import { RbError, toRbError } from '../base/errors.ts';
import type { ErrorCode } from '../base/errors.ts';
import { formatSetKey } from '../model/snapshot.ts';
import type { SetKey } from '../model/snapshot.ts';
import type { Stream } from '../transport/transport.ts';
import type { Ack, At, Follow, Next } from '../wire/messages-follow.ts';
import type { Incoming } from '../wire/messages.ts';
import { MAX_LOG_ITEMS } from '../wire/wire-limits.ts';
import { ChunkServer } from './chunk-server.ts';
import type { Holder } from './copies.ts';
import type { HubContext } from './hub-context.ts';
import { keepCopy } from './receive/acknowledgement.ts';
import { maySeeNeighbours, maySeeSnapshot } from './read-stream.ts';
import type { Client } from './register.ts';
import { requireRight } from './rights.ts';
import { logOfSnapshot } from './runs/run-log.ts';
import type { RunLog } from './runs/run-log.ts';
import type { Run } from './runs/run.ts';
import { readSnapshot } from './runs/snapshots.ts';
import { Throttle } from './throttle.ts';

const PROGRESS_EVERY_MS = 250;
/** A reader that has not asked for this many items of a log counts as behind. */
const BEHIND_ITEMS = 64;

/** Ends of a transfer that say nothing of whether the next one will do better. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'connection-lost',
  'interrupted',
  'busy',
  'timeout',
  'held-back',
]);

/** What is followed. */
type Followed = { readonly log: RunLog; readonly run: Run | null };
type ToFollow = Followed & { readonly mends: boolean };

/** One transfer to a destination: a reader of a log, with a position of its own. */
export async function serveFollow(
  hub: HubContext,
  client: Client,
  stream: Stream,
  request: Follow,
): Promise<void> {
  requireRight(client.login, 'follow', request.user);
  const key: SetKey = { user: request.user, host: request.host, set: request.set };
  const holder = holderOf(hub, client, request.destination);
  const followed = await openLog(hub, key, request);
  const mends = request.mends === true;
  const transfer = new Transfer(hub, client, stream, key, holder, { ...followed, mends });
  await transfer.serve();
}

/** A live run's own log, or one that is made of the record of a snapshot. @throws RbError `not-found`, `held-back` */
async function openLog(hub: HubContext, key: SetKey, request: Follow): Promise<Followed> {
  const run = request.run === null ? undefined : hub.runs.get(request.run);
  if (run !== undefined) {
    if (formatSetKey(run.key) !== formatSetKey(key)) throw notFound();
    return { log: run.log, run };
  }
  const committed = request.run === null ? undefined : hub.runs.committedBy(request.run);
  const id = committed ?? request.snapshot;
  const row = id === null ? undefined : hub.catalog.snapshot(id);
  if (row === undefined || formatSetKey(row.key) !== formatSetKey(key)) throw notFound();
  if (row.held !== null) throw heldBack();
  const { pages } = await readSnapshot(hub, row.id);
  return { log: logOfSnapshot(row.id, pages), run: null };
}

class Transfer {
  readonly #hub: HubContext;
  readonly #client: Client;
  readonly #mends: boolean;
  readonly #stream: Stream;
  readonly #key: SetKey;
  readonly #holder: Holder;
  readonly #log: RunLog;
  readonly #run: Run | null;
  readonly #server: ChunkServer;
  #asked: Next | null = null;
  #position = 0;
  #isAcknowledged = false;
  #canTellProgress = true;

  constructor(
    hub: HubContext,
    client: Client,
    stream: Stream,
    key: SetKey,
    holder: Holder,
    { log, run, mends }: ToFollow,
  ) {
    this.#hub = hub;
    this.#client = client;
    this.#mends = mends;
    this.#stream = stream;
    this.#key = key;
    this.#holder = holder;
    this.#log = log;
    this.#run = run;
    this.#server = new ChunkServer(hub, stream, {
      maySee: (id) => maySeeSnapshot(hub, client, id),
      isComing: (id) => run !== null && run.state === 'live' && run.window.isComing(id),
      maySeeNeighbours: () => maySeeNeighbours(hub, client),
    });
  }

  async serve(): Promise<void> {
    const serving = this.#server.serve();
    serving.catch((error) => this.#stream.fail(error));
    const progress = new Throttle(this.#hub.clock, PROGRESS_EVERY_MS, () => this.#tellProgress());
    const offLog = this.#log.changed.on(() => this.#answer());
    const offRun = this.#run?.changed.on(() => {
      this.#server.poke();
      progress.poke();
    });
    for (const run of this.#interested()) run.copies.begin(this.#holder);
    let failure: RbError | null = null;
    try {
      await this.#listen();
      this.#stream.end();
    } catch (error) {
      failure = toRbError(error);
      throw failure;
    } finally {
      offLog();
      offRun?.();
      progress.stop();
      this.#server.stop();
      if (!this.#isAcknowledged) this.#leave(failure);
    }
  }

  async #listen(): Promise<void> {
    for (;;) {
      const incoming = await this.#stream.next();
      if (incoming === null) return;
      await this.#take(incoming);
    }
  }

  async #take(incoming: Incoming): Promise<void> {
    switch (incoming.t) {
      case 'next':
        this.#asked = incoming;
        this.#position = incoming.from;
        this.#answer();
        break;
      case 'want':
        if ('ids' in incoming) this.#server.want(incoming.ids);
        break;
      case 'at':
        this.#at(incoming);
        break;
      case 'ack':
        await this.#acknowledge(incoming);
        break;
      default:
        throw new RbError('protocol', `A destination sent "${incoming.t}".`);
    }
  }

  /** Answers an open `next` as soon as there is something. */
  #answer(): void {
    if (this.#asked === null) return;
    const { from, most } = this.#asked;
    try {
      const items = this.#log.items(from, Math.min(Math.max(1, most), MAX_LOG_ITEMS));
      if (items.length === 0) return;
      this.#asked = null;
      void this.#stream.send({ t: 'log', from, items }).catch(() => undefined);
    } catch (error) {
      this.#asked = null;
      this.#stream.fail(error as RbError);
    }
  }

  #at(at: At): void {
    const isBehind = this.#log.length - this.#position > BEHIND_ITEMS;
    for (const run of this.#interested()) run.copies.at(this.#holder, at, isBehind);
  }

  async #acknowledge(ack: Ack): Promise<void> {
    const last = this.#log.last;
    if (last?.k !== 'commit' || !equalBytes(last.snapshot, ack.snapshot)) {
      throw new RbError('protocol', 'A destination acknowledged something that it was not sent.');
    }
    if (ack.verified) this.#keep(ack);
    else for (const run of this.#interested()) run.copies.failed(this.#holder, ack.message);
    this.#isAcknowledged = true;
    await this.#stream.send({ t: 'acked' });
  }

  #keep(ack: Ack): void {
    const { destination } = this.#holder;
    const from = { client: this.#client, destination, key: this.#key, mends: this.#mends };
    const counts = keepCopy(this.#hub, from, ack);
    for (const order of this.#hub.register.ordersOf(destination)) {
      if (counts) order.holds(this.#key, ack.snapshot);
      else order.failed(this.#key);
    }
    for (const run of this.#superseded(ack.snapshot)) {
      if (counts) run.copies.verified(this.#holder, ack.bytes);
      else run.copies.waits(this.#holder);
    }
  }

  /**
   * The runs whose state this copy holds, or has gone beyond: a destination that was away takes only the newest
   * snapshot of a set, and an origin that waits for an older one must not wait for ever.
   */
  #superseded(snapshot: Uint8Array): readonly Run[] {
    const { catalog, runs } = this.#hub;
    const timeMs = catalog.snapshot(snapshot)?.timeMs ?? 0;
    const setName = formatSetKey(this.#key);
    return runs.all().filter((run) => {
      if (run.snapshot === null || formatSetKey(run.key) !== setName) return false;
      return (catalog.snapshot(run.snapshot)?.timeMs ?? Infinity) <= timeMs;
    });
  }

  /** It has ended without an acknowledgement: it may try again. Until then what it said went wrong counts. */
  #leave(failure: RbError | null): void {
    const orders = this.#hub.register.ordersOf(this.#holder.destination);
    const isPassing = failure === null || PASSING.has(failure.code);
    for (const run of this.#interested()) {
      if (orders.length === 0) run.copies.gone(this.#holder);
      else if (isPassing) run.copies.waits(this.#holder);
      else run.copies.failed(this.#holder, failure.message);
    }
    if (this.#log.last?.k === 'abort') return;
    for (const order of orders) order.retryLater(this.#key);
  }

  /** The runs that this transfer is a copy for. */
  #interested(): readonly Run[] {
    const last = this.#log.last;
    if (last?.k === 'commit') return this.#hub.runs.thatCommitted(last.snapshot);
    return this.#run === null ? [] : [this.#run];
  }

  /** What the origin is at; left out while the last one still waits to be sent. */
  #tellProgress(): void {
    if (
      this.#run?.state !== 'live' ||
      !this.#run.hasProgress ||
      !this.#canTellProgress ||
      this.#isAcknowledged
    )
      return;
    this.#canTellProgress = false;
    const done = (): void => {
      this.#canTellProgress = true;
    };
    this.#stream.send(this.#run.progress).then(done, done);
  }
}

/** The destination under its own name if it has said it, else under that of its machine. */
function holderOf(hub: HubContext, client: Client, destination: Uint8Array): Holder {
  const { user, device } = client.login;
  const known = hub.catalog.destinations(user).find(({ id }) => equalBytes(id, destination));
  const name = known?.name ?? device;
  const lastSeenMs = hub.clock.nowMs();
  const isNew = hub.catalog.recordDestination({ id: destination, user, name, lastSeenMs });
  if (isNew) hub.history.notify();
  return { destination, name };
}

function heldBack(): RbError {
  const message = 'This snapshot is held back from destinations until somebody releases it.';
  return new RbError('held-back', message);
}

function notFound(): RbError {
  return new RbError('not-found', 'There is no such run or snapshot of this set.');
}
