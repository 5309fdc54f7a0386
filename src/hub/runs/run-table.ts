import { equalBytes } from '../../base/bytes.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { SetKey } from '../../model/snapshot.ts';
import { Signal } from '../signal.ts';
import type { Run } from './run.ts';

/** Runs that were committed lately and are remembered by name, for followers that come a little late. */
const REMEMBERED = 1000;

/** All runs whose origin is there, and what became of the last ones. */
export class RunTable {
  /** A run came, went, or changed. */
  readonly changed: Signal = new Signal();
  readonly #runs = new Map<string, Run>();
  readonly #live = new Map<string, Run>();
  /** Run → what it committed. */
  readonly #committed = new Map<string, Uint8Array>();

  all(): readonly Run[] {
    return [...this.#runs.values()];
  }

  get(run: string): Run | undefined {
    return this.#runs.get(run);
  }

  /** The snapshot that a run committed, as long as it is remembered. */
  committedBy(run: string): Uint8Array | undefined {
    return this.#committed.get(run);
  }

  /** The run of a set that has begun and not ended. */
  liveOf(key: SetKey): Run | undefined {
    const run = this.#live.get(formatSetKey(key));
    return run?.state === 'live' ? run : undefined;
  }

  /** Runs that are interested in who holds a snapshot. */
  thatCommitted(snapshot: Uint8Array): readonly Run[] {
    return this.all().filter((run) => run.snapshot !== null && equalBytes(run.snapshot, snapshot));
  }

  add(run: Run): void {
    this.#runs.set(run.id, run);
    run.changed.on(() => this.#runChanged(run));
    run.copies.changed.on(() => this.changed.notify());
    this.changed.notify();
  }

  /** Its origin has left. Readers keep their log. */
  remove(run: Run): void {
    this.#runs.delete(run.id);
    const name = formatSetKey(run.key);
    if (this.#live.get(name) === run) this.#live.delete(name);
    this.changed.notify();
  }

  #runChanged(run: Run): void {
    if (run.state === 'live') this.#live.set(formatSetKey(run.key), run);
    if (run.snapshot !== null && !this.#committed.has(run.id)) {
      this.#committed.set(run.id, run.snapshot);
      const [oldest] = this.#committed.keys();
      if (this.#committed.size > REMEMBERED && oldest !== undefined) this.#committed.delete(oldest);
    }
    this.changed.notify();
  }
}
