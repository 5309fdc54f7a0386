import type { SetKey } from '../../model/snapshot.ts';
import { formatSetKey } from '../../model/snapshot.ts';

/** Someone who wants a set for itself. */
export type Contender = {
  /** Who it is, for people. */
  readonly name: string;
  /** Told once, when it has to wait, whom for; and again when someone else comes to be ahead. */
  queued(behind: string): void;
  /** Told while it has the lock, or waits for it, that another has come behind it. */
  contended(by: string): void;
};

export type Ticket = {
  /** Resolves when the set is this contender's. */
  readonly granted: Promise<void>;
  /** Gives the set, or the place in the queue, back; may be called again. */
  release(): void;
};

type Waiting = { readonly contender: Contender; readonly grant: () => void };

/**
 * One run a set at a time, in the order in which they came. A second run of a set is not refused but waits: it then
 * starts from what the first has committed, so that both end with a whole snapshot and none undoes the other.
 * The lock lives in this process, which owns the directory (see the vault); it needs no time-out, because it
 * goes with the connection of its holder.
 */
export class SetLocks {
  readonly #queues = new Map<string, Waiting[]>();

  acquire(key: SetKey, contender: Contender): Ticket {
    const name = formatSetKey(key);
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting: Waiting = { contender, grant: resolve };
    const ahead = queue.at(-1);
    queue.push(waiting);
    if (ahead === undefined) {
      resolve();
    } else {
      contender.queued(ahead.contender.name);
      for (const other of queue) if (other !== waiting) other.contender.contended(contender.name);
    }
    return { granted: promise, release: () => this.#release(name, waiting) };
  }

  #release(name: string, waiting: Waiting): void {
    const queue = this.#queues.get(name);
    const at = queue?.indexOf(waiting) ?? -1;
    if (queue === undefined || at < 0) return;
    queue.splice(at, 1);
    if (queue.length === 0) {
      this.#queues.delete(name);
      return;
    }
    const next = queue[at];
    if (at === 0) queue[0]?.grant();
    else if (next !== undefined) next.contender.queued((queue[at - 1] as Waiting).contender.name);
  }
}
