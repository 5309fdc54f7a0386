import { bufferOver, equalBytes } from '../base/bytes.ts';
import type { Timer } from '../base/clock.ts';
import { RbError, toRbError } from '../base/errors.ts';
import { formatSetKey } from '../model/snapshot.ts';
import type { SetKey } from '../model/snapshot.ts';
import type { Stream } from '../transport/transport.ts';
import type { Receive } from '../wire/messages-follow.ts';
import type { HubContext } from './hub-context.ts';
import type { Client, Order } from './register.ts';
import { isAllowed, reachOf, requireRight } from './rights.ts';
import type { Run } from './runs/run.ts';

/** After a transfer that ended without an answer, the same is offered again only after this pause. */
const OFFER_AGAIN_MS = 10_000;

/** What is known of one set at one destination. */
type SetState = { have: Uint8Array | null; run: string | null; snapshot: Uint8Array | null };

/** A destination's standing order, until its stream ends. */
export async function serveReceive(
  hub: HubContext,
  client: Client,
  stream: Stream,
  request: Receive,
): Promise<void> {
  if (request.filter !== null) requireRight(client.login, 'receive', request.filter.user);
  const { destination, name } = request;
  const isNew = hub.catalog.recordDestination({
    id: destination,
    user: client.login.user,
    name,
    lastSeenMs: hub.clock.nowMs(),
  });
  if (isNew) hub.history.notify();
  client.destinationName = name;
  const order = new StandingOrder(hub, client, stream, request);
  for (const { user, host, set, snapshot } of request.have)
    order.holds({ user, host, set }, snapshot);
  hub.register.addOrder(order);
  try {
    order.considerAll();
    const incoming = await stream.next();
    if (incoming !== null) throw new RbError('protocol', `A destination sent "${incoming.t}".`);
    stream.end();
  } finally {
    order.stop();
    hub.register.removeOrder(order);
    const isStillThere = hub.register.ordersOf(destination).length > 0;
    for (const run of isStillThere ? [] : hub.runs.all()) run.copies.gone(order);
  }
}

/** Decides what one destination is offered: of each set the run under way, or else the newest snapshot it lacks. */
class StandingOrder implements Order {
  readonly destination: Uint8Array;
  readonly name: string;
  readonly #hub: HubContext;
  readonly #client: Client;
  readonly #stream: Stream;
  readonly #filter: SetKey | null;
  readonly #sets = new Map<string, SetState>();
  readonly #pauses = new Set<Timer>();
  #isStopped = false;

  constructor(hub: HubContext, client: Client, stream: Stream, request: Receive) {
    this.#hub = hub;
    this.#client = client;
    this.#stream = stream;
    this.#filter = request.filter;
    this.destination = request.destination;
    this.name = request.name;
  }

  takes(key: SetKey): boolean {
    const filter = this.#filter;
    const fits = filter === null || formatSetKey(filter) === formatSetKey(key);
    return fits && isAllowed(this.#client.login, 'receive', key.user);
  }

  considerAll(): void {
    const { catalog, runs } = this.#hub;
    for (const { key } of catalog.sets(reachOf(this.#client.login, 'receive'))) this.consider(key);
    for (const run of runs.all()) if (run.state === 'live') this.consider(run.key);
  }

  consider(key: SetKey): void {
    if (this.#isStopped || !this.takes(key)) return;
    try {
      this.#consider(key);
    } catch (error) {
      // Often it is somebody else's run that asks, and it must not suffer from this.
      this.#stream.fail(toRbError(error));
    }
  }

  #consider(key: SetKey): void {
    const state = this.#state(key);
    const run = this.#hub.runs.liveOf(key);
    const latest = this.#hub.catalog.latestSnapshot(key);
    if (run !== undefined) {
      run.copies.expect(this);
      if (state.run === run.id) return;
      state.run = run.id;
      this.#offer(key, run.id, null, latest?.files ?? 0, latest?.bytes ?? 0);
      return;
    }
    if (latest === undefined || latest.damaged) return;
    if (isSame(state.have, latest.id) || isSame(state.snapshot, latest.id)) return;
    state.snapshot = latest.id;
    this.#offer(key, null, latest.id, latest.files, latest.bytes);
  }

  committed(run: Run): void {
    const state = this.#state(run.key);
    if (state.run === run.id) state.snapshot = run.snapshot;
  }

  holds(key: SetKey, snapshot: Uint8Array): void {
    if (!this.takes(key)) return;
    this.#state(key).have = snapshot;
    const row = this.#hub.catalog.snapshot(snapshot);
    if (row === undefined || formatSetKey(row.key) !== formatSetKey(key)) return;
    const known = this.#hub.catalog.copiesOf(snapshot);
    if (!known.some((copy) => bufferOver(copy.destination).equals(this.destination))) {
      const { catalog, clock, history } = this.#hub;
      catalog.recordCopy(this.destination, snapshot, clock.nowMs(), row.bytes);
      history.notify();
    }
    for (const run of this.#hub.runs.thatCommitted(snapshot)) run.copies.verified(this, row.bytes);
  }

  retryLater(key: SetKey): void {
    if (this.#isStopped) return;
    const state = this.#state(key);
    const timer = this.#hub.clock.setTimeout(() => {
      this.#pauses.delete(timer);
      state.run = null;
      state.snapshot = null;
      this.consider(key);
    }, OFFER_AGAIN_MS);
    this.#pauses.add(timer);
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#pauses) timer.cancel();
  }

  #state(key: SetKey): SetState {
    const name = formatSetKey(key);
    const known = this.#sets.get(name);
    if (known !== undefined) return known;
    const state: SetState = { have: null, run: null, snapshot: null };
    this.#sets.set(name, state);
    return state;
  }

  #offer(
    key: SetKey,
    run: string | null,
    snapshot: Uint8Array | null,
    files: number,
    bytes: number,
  ): void {
    const { user, host, set } = key;
    void this.#stream
      .send({ t: 'offered', user, host, set, run, snapshot, files, bytes })
      .catch(() => undefined);
  }
}

function isSame(a: Uint8Array | null, b: Uint8Array): boolean {
  return a !== null && equalBytes(a, b);
}
