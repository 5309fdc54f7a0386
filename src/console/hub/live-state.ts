import type { Clients, CopyMatrix, HubState } from '../api/hub-api.ts';
import type { SnapshotRow } from '../../catalog/catalog.ts';
import type { Timer } from '../../base/clock.ts';
import { Signal } from '../../hub/signal.ts';
import { clientLines, fingerprintOf } from './client-lines.ts';
import type { ConsoleContext } from './console-context.ts';
import type { HistoryView } from './history-view.ts';
import type { OwnCheck } from './own-check.ts';
import { RunLines } from './run-lines.ts';

/** As many are listed. */
const MOST_RUNS = 100;

/**
 * The hub as the page shows it, made anew at each look; nothing is done between two looks but to count changes. Versions
 * begin with the time of the start, so that a page that outlives the hub never takes the new hub's for those it has.
 */
export class LiveState {
  readonly #context: ConsoleContext;
  readonly #history: HistoryView;
  readonly #check: OwnCheck;
  readonly #runs: RunLines;
  readonly #later = new Signal();
  readonly #stopCounting: () => void;
  #historyVersion: number;
  #clientsVersion: number;
  #clientsSeen = '';
  #connectedSeen = '';
  #careVersion: number;
  #careSeen = '';
  #timer: Timer | null = null;

  constructor(context: ConsoleContext, history: HistoryView, check: OwnCheck) {
    this.#context = context;
    this.#history = history;
    this.#check = check;
    this.#runs = new RunLines(context.clock);
    this.#historyVersion = context.clock.nowMs();
    this.#clientsVersion = this.#historyVersion;
    this.#careVersion = this.#historyVersion;
    this.#stopCounting = context.hub.onHistory(() => this.#historyVersion++);
  }

  read(): HubState {
    const { hub, listening, events, space } = this.#context;
    const { hub: about, vault, clients, runs, runsTotal } = hub.overview(MOST_RUNS);
    this.#lookAtClients();
    this.#lookAtCare();
    const { storedBytes, plainBytes, snapshots } = vault;
    const { host, port } = listening.chosen;
    return {
      hub: { ...about, chosen: { host, port }, problem: listening.problem },
      vault: { storedBytes, plainBytes, snapshots, ...space.latest },
      clients: { ...clients, version: this.#clientsVersion },
      runs: this.#runs.of(runs),
      runsTotal,
      historyVersion: this.#historyVersion,
      careVersion: this.#careVersion,
      logVersion: events.count,
      warnings: this.#warnings(),
      held: this.#history.held(this.#historyVersion).length,
    };
  }

  clients(): Clients {
    const clients = clientLines(this.#context.hub.clients());
    return { clients, total: clients.length };
  }

  held(): readonly SnapshotRow[] {
    return this.#history.held(this.#historyVersion);
  }

  matrix(): CopyMatrix {
    return this.#history.matrix(this.#context.hub.destinations());
  }

  /** Calls after each change of what {@link read} tells. @returns stops it */
  onChange(callback: () => void): () => void {
    const { hub, events } = this.#context;
    const offs = [
      hub.onChange(callback),
      hub.onHistory(callback),
      events.onChange(callback),
      this.#check.changed.on(callback),
      this.#later.on(callback),
    ];
    return () => {
      for (const off of offs) off();
    };
  }

  close(): void {
    this.#stopCounting();
    this.#timer?.cancel();
  }

  #lookAtClients(): void {
    const { hub } = this.#context;
    const seen = fingerprintOf(hub.clients());
    if (seen !== this.#clientsSeen) this.#clientsVersion++;
    this.#clientsSeen = seen;
    // Whether a destination is there shows in the matrix.
    const connected = [...hub.destinations()].toSorted().join();
    if (connected !== this.#connectedSeen) this.#historyVersion++;
    this.#connectedSeen = connected;
  }

  #lookAtCare(): void {
    const { lackingChunks, isHealing, isChecking } = this.#context.hub.care;
    const seen = [this.#check.version, lackingChunks, isHealing, isChecking].join();
    if (seen !== this.#careSeen) this.#careVersion++;
    this.#careSeen = seen;
  }

  #warnings(): number {
    const { count, againMs } = this.#history.warnings(this.#historyVersion);
    if (againMs !== null)
      this.#timer ??= this.#context.clock.setTimeout(() => {
        this.#timer = null;
        this.#later.notify();
      }, againMs);
    return count;
  }
}
