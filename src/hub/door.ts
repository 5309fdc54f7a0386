import type { Clock } from '../base/clock.ts';
import type { RbError } from '../base/errors.ts';
import type { Connection, Listener } from '../transport/transport.ts';
import type { Run } from './runs/run.ts';
import { Signal } from './signal.ts';
import { within } from './within.ts';

/** How long commits that have begun may take when a door closes. */
const COMMIT_WITHIN_MS = 5000;
/** How long connections have to say what is queued. */
const GOODBYE_WITHIN_MS = 2000;

/** One address that is listened at, with all who came in by it: when it closes they go, and nobody else. */
export class Door {
  /** A run came or went, or its commit ended. */
  readonly runsChanged: Signal = new Signal();
  readonly #clock: Clock;
  readonly #connections = new Set<Connection>();
  readonly #runs = new Map<Run, () => void>();
  #closing: RbError | null = null;
  #closed: Promise<void> | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Why nothing new is begun by those who are in; null while it is open. */
  get closing(): RbError | null {
    return this.#closing;
  }

  /** Whoever comes while it closes is told why. */
  enter(connection: Connection): void {
    if (this.#closing !== null) {
      connection.close(this.#closing);
      return;
    }
    this.#connections.add(connection);
    void connection.closed.then(() => this.#connections.delete(connection));
  }

  /** From its first message on. */
  begin(run: Run): void {
    this.#runs.set(
      run,
      run.changed.on(() => this.runsChanged.notify()),
    );
  }

  /** Its origin has left, and it is committed or given up. */
  end(run: Run): void {
    this.#runs.get(run)?.();
    this.#runs.delete(run);
    this.runsChanged.notify();
  }

  /**
   * Lets nobody in any more, breaks runs off, waits for commits that have begun, and closes all connections for this
   * reason. At most 7 s. Calling again waits for the same.
   */
  close(listener: Listener, reason: RbError): Promise<void> {
    this.#closing ??= reason;
    this.#closed ??= this.#close(listener, reason);
    return this.#closed;
  }

  async #close(listener: Listener, reason: RbError): Promise<void> {
    const closing = listener.close();
    for (const run of this.#runs.keys())
      if (run.state !== 'committed' && !run.isCommitting) run.stop(reason);
    await within(this.#clock, COMMIT_WITHIN_MS, this.#commitsDone());
    const lasts = [...this.#connections].map((connection) => {
      connection.close(reason);
      return connection.closed;
    });
    await within(this.#clock, GOODBYE_WITHIN_MS, Promise.all([closing, ...lasts]));
  }

  async #commitsDone(): Promise<void> {
    for (;;) {
      const changed = this.runsChanged.next();
      if (![...this.#runs.keys()].some((run) => run.isCommitting)) return;
      await changed;
    }
  }
}
