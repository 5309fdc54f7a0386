import { equalBytes } from '../../base/bytes.ts';
import type { Timer } from '../../base/clock.ts';
import { toRbError } from '../../base/errors.ts';
import type { SnapshotRow } from '../../catalog/catalog.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { SetKey } from '../../model/snapshot.ts';
import type { Stream } from '../../transport/transport.ts';
import type { Receive } from '../../wire/messages-follow.ts';
import type { HubContext } from '../hub-context.ts';
import type { Client, Order } from '../register.ts';
import { isAllowed, reachOf } from '../rights.ts';
import type { Run } from '../runs/run.ts';

/** After a transfer that ended without an answer, the same is offered again only after this pause. */
const OFFER_AGAIN_MS = 10_000;

/** What is known of one set at one destination. */
type SetState = {
  have: Uint8Array | null;
  run: string | null;
  snapshot: Uint8Array | null;
  /** It was told to mend what it has. */
  isMending: boolean;
};

/** Decides what one destination is offered: of each set the run under way, or else the newest released snapshot it lacks. */
export class StandingOrder implements Order {
  readonly destination: Uint8Array;
  readonly name: string;
  readonly answers: boolean;
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
    this.answers = request.answers === true;
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
    const latest = this.#hub.catalog.latestReleased(key);
    this.#mendIfDoubted(key, state, latest);
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
    if (state.run !== run.id) return;
    if (run.isHeld) state.have = null;
    state.snapshot = run.isHeld ? null : run.snapshot;
  }

  /**
   * It says that it has this snapshot, from an earlier time. That counts if the hub knows it too. A word alone makes no
   * copy: what the hub doesn't know of, or found to be wrong, is offered, and acknowledged anew.
   */
  claims(key: SetKey, snapshot: Uint8Array): void {
    if (!this.takes(key)) return;
    const copies = this.#hub.catalog.copiesOf(snapshot);
    const known = copies.find(({ destination }) => equalBytes(destination, this.destination));
    if (known === undefined || formatSetKey(known.key) !== formatSetKey(key)) return;
    this.#state(key).have = snapshot;
    for (const run of this.#hub.runs.thatCommitted(snapshot))
      run.copies.verified(this, known.bytes);
  }

  holds(key: SetKey, snapshot: Uint8Array): void {
    if (!this.takes(key)) return;
    const state = this.#state(key);
    state.have = snapshot;
    state.isMending = false;
  }

  atRest(key: SetKey): Uint8Array | null {
    const state = this.#sets.get(formatSetKey(key));
    if (state === undefined || this.#isStopped || state.isMending) return null;
    if (this.#hub.runs.liveOf(key) !== undefined) return null;
    const isAsOffered = state.snapshot === null || isSame(state.have, state.snapshot);
    return isAsOffered ? state.have : null;
  }

  failed(key: SetKey): void {
    const state = this.#state(key);
    state.have = null;
    state.snapshot = null;
    state.isMending = false;
    this.consider(key);
  }

  offerAgain(key: SetKey, snapshot: Uint8Array): void {
    if (!this.takes(key)) return;
    const state = this.#state(key);
    if (isSame(state.snapshot, snapshot)) state.snapshot = null;
    this.consider(key);
  }

  retryLater(key: SetKey): void {
    if (this.#isStopped) return;
    const state = this.#state(key);
    const timer = this.#hub.clock.setTimeout(() => {
      this.#pauses.delete(timer);
      state.run = null;
      state.snapshot = null;
      state.isMending = false;
      this.consider(key);
    }, OFFER_AGAIN_MS);
    this.#pauses.add(timer);
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#pauses) timer.cancel();
  }

  /** What it has of the set was found to be wrong: it shall read all of it again, as the newest snapshot has it. */
  #mendIfDoubted(key: SetKey, state: SetState, latest: SnapshotRow | undefined): void {
    if (!this.answers || state.isMending || latest === undefined || latest.damaged) return;
    if (!this.#hub.catalog.isDoubted(this.destination, key)) return;
    state.isMending = true;
    state.have = null;
    state.snapshot = latest.id;
    void this.#stream.send({ t: 'mend', ...key, snapshot: latest.id }).catch(() => undefined);
  }

  #state(key: SetKey): SetState {
    const name = formatSetKey(key);
    const known = this.#sets.get(name);
    if (known !== undefined) return known;
    const state: SetState = { have: null, run: null, snapshot: null, isMending: false };
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
