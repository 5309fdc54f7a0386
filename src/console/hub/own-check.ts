import type { Clock } from '../../base/clock.ts';
import { RbError, isRbError, toRbError } from '../../base/errors.ts';
import { hex } from '../../base/bytes.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Hub } from '../../hub/hub.ts';
import type { HubEvent } from '../../hub/hub-context.ts';
import { Signal } from '../../hub/signal.ts';
import type { Checked, Checking, Problem } from '../../wire/messages-care.ts';
import type { CheckOutcome, CheckProgress, DamagedSnapshot } from '../api/care-api.ts';

/** As many damaged snapshots are listed by name; the rest is counted. */
const MOST_DAMAGED = 100;

type Parts = {
  readonly hub: Pick<Hub, 'check' | 'care'>;
  readonly catalog: Pick<Catalog, 'snapshot'>;
  readonly clock: Clock;
  readonly log: (event: HubEvent) => void;
};

/** The check that was begun at the console: one at a time, which goes on when nobody looks. What came of the last one stays. */
export class OwnCheck {
  /** It began, got on or ended. */
  readonly changed: Signal = new Signal();
  readonly #parts: Parts;
  readonly #damaged = new Map<string, DamagedSnapshot>();
  #progress: CheckProgress | null = null;
  #outcome: CheckOutcome | null = null;
  #abort: AbortController | null = null;
  #underWay: Promise<void> = Promise.resolve();
  #version = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Another number each time that something has changed. */
  get version(): number {
    return this.#version;
  }
  /** Null while none is under way. */
  get progress(): CheckProgress | null {
    return this.#progress;
  }
  /** Of the last one; null before the first, and while one is under way. */
  get outcome(): CheckOutcome | null {
    return this.#outcome;
  }

  /** Begins one. @throws RbError `busy` while one is under way, wherever it was begun */
  start(): void {
    const { hub, clock } = this.#parts;
    if (this.#abort !== null || hub.care.isChecking)
      throw new RbError('busy', 'The hub is being checked already; try again when that is done.');
    const startedMs = clock.nowMs();
    const nothing = { readBytes: 0, totalBytes: 0, snapshots: 0, snapshotsTotal: 0 };
    this.#progress = { startedMs, ...nothing };
    this.#outcome = null;
    this.#damaged.clear();
    this.#abort = new AbortController();
    this.#underWay = this.#run(this.#abort.signal);
    this.#tellChange();
  }

  /** Breaks off the one that is under way. What it has found stays marked. */
  stop(): void {
    this.#abort?.abort();
  }

  /** Breaks off; resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.stop();
    await this.#underWay;
  }

  async #run(signal: AbortSignal): Promise<void> {
    let end: Pick<CheckOutcome, 'problem' | 'healedChunks' | 'from'>;
    try {
      const checked: { last: Checked | null } = { last: null };
      await this.#parts.hub.check((message) => {
        if (message.t === 'checked') checked.last = message;
        else this.#hear(message);
        return Promise.resolve();
      }, signal);
      const { healedChunks = 0, from = [] } = checked.last ?? {};
      end = { problem: null, healedChunks, from };
    } catch (error) {
      const { code, message } = toRbError(error);
      if (!isRbError(error, 'interrupted'))
        this.#parts.log({ level: 'warn', event: 'check-failed', code, message });
      end = { problem: { code, message }, healedChunks: 0, from: [] };
    }
    const damaged = [...this.#damaged.values()];
    this.#outcome = {
      endedMs: this.#parts.clock.nowMs(),
      ...end,
      damaged: damaged.slice(0, MOST_DAMAGED),
      damagedTotal: damaged.length,
    };
    this.#progress = null;
    this.#abort = null;
    this.#tellChange();
  }

  #hear(message: Checking | Problem): void {
    if (message.t === 'checking') {
      const { readBytes, totalBytes, snapshots, snapshotsTotal } = message;
      const startedMs = this.#progress?.startedMs ?? 0;
      // After healing the damaged ones are looked at again, without reading everything once more.
      const mostBytes = Math.max(readBytes, this.#progress?.readBytes ?? 0);
      this.#progress = { startedMs, readBytes: mostBytes, totalBytes, snapshots, snapshotsTotal };
      this.#tellChange();
      return;
    }
    const { snapshot, user, host, set } = message;
    const id = hex(snapshot);
    const known = this.#damaged.get(id);
    const problems = (known?.problems ?? 0) + 1;
    const timeMs = known?.timeMs ?? this.#parts.catalog.snapshot(snapshot)?.timeMs ?? 0;
    this.#damaged.set(id, { id, key: { user, host, set }, timeMs, problems });
  }

  #tellChange(): void {
    this.#version++;
    this.changed.notify();
  }
}
