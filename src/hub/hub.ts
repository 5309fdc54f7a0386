import type { Clock } from '../base/clock.ts';
import { RbError, toRbError } from '../base/errors.ts';
import { SharedArena } from '../base/shared-arena.ts';
import type { Catalog, SnapshotCursor } from '../catalog/catalog.ts';
import type { WorkerPool } from '../chunk/worker-pool.ts';
import type { Connection, Identity, Listener, Transport } from '../transport/transport.ts';
import type { Vault } from '../vault/vault.ts';
import type { Status } from '../wire/messages-ask.ts';
import { accept } from './accept.ts';
import { ChunkSource } from './chunk-source.ts';
import type { HubContext, HubEvent } from './hub-context.ts';
import { recheckLogins } from './recheck-logins.ts';
import { Register } from './register.ts';
import { RunTable } from './runs/run-table.ts';
import { SetLocks } from './runs/set-locks.ts';
import { importSnapshots } from './runs/snapshots.ts';
import { statusOf } from './status.ts';

/** How long a commit that has begun may take when the hub is to close. */
const COMMIT_WITHIN_MS = 5000;
/** How long connections have to say what is queued. */
const GOODBYE_WITHIN_MS = 2000;

export type HubOptions = {
  readonly transport: Transport;
  /** Both are the caller's: it closes them when the hub is closed. */
  readonly vault: Vault;
  readonly catalog: Catalog;
  readonly identity: Identity;
  readonly listen: { readonly host: string; readonly port: number };
  /** Where the bundles lie that arrive; the vault may share it. Default: memory of their own. */
  readonly arena?: SharedArena;
  /** Whether anybody may log in by name alone. */
  readonly open: boolean;
  /** What the hub is called by people. */
  readonly name: string;
  readonly clock: Clock;
  /** Gets every event; must not throw. */
  readonly log: (event: HubEvent) => void;
  /** Threads for bundles; the caller's too. */
  readonly verifyPool: WorkerPool;
};

export interface Hub {
  readonly address: string;
  readonly port: number;
  readonly fingerprint: string;
  /** What an administrator is told. */
  status(): Status;
  /** Tells of every change of the status, often: look at most a few times a second. @returns stops it */
  onChange(callback: () => void): () => void;
  /**
   * Takes no more work, breaks runs off (their origins may try again later), waits for commits that have begun, syncs
   * the vault and closes all connections. At most 8 s; may be called again.
   */
  close(): Promise<void>;
}

/**
 * Starts a hub on a vault and a catalog that nobody else serves. It holds no state that these two don't have, but for
 * who is connected and which runs are under way.
 *
 * @throws RbError `port-taken` and what else the transport throws; `disk-full`
 */
export async function startHub(options: HubOptions): Promise<Hub> {
  const { vault, catalog, clock, log } = options;
  const hub: HubContext = {
    name: options.name,
    isOpen: options.open,
    startedMs: clock.nowMs(),
    clock,
    log,
    vault,
    catalog,
    pool: options.verifyPool,
    arena: options.arena ?? new SharedArena(0),
    chunks: new ChunkSource(vault, catalog, clock, log),
    register: new Register(),
    runs: new RunTable(),
    locks: new SetLocks(),
    listening: { address: options.listen.host, port: options.listen.port },
    snapshotCount: { value: 0 },
    closing: { reason: null },
  };
  const imported = await importSnapshots(hub);
  if (imported > 0) {
    log({
      level: 'warn',
      event: 'imported',
      message: `The catalog was new: ${imported} snapshots were taken over from the vault.`,
    });
  }
  hub.snapshotCount.value = countSnapshots(catalog);
  const connections = new Set<Connection>();
  const listener = await options.transport.listen({
    ...options.listen,
    identity: options.identity,
    arena: hub.arena,
    clock,
    onConnection: (connection) => {
      connections.add(connection);
      void accept(hub, connection);
      void connection.closed.then(() => connections.delete(connection));
    },
  });
  hub.listening.address = listener.address;
  hub.listening.port = listener.port;
  const stopRechecking = recheckLogins(hub);
  let closed: Promise<void> | null = null;
  return {
    ...hub.listening,
    fingerprint: options.identity.fingerprint,
    status: () => statusOf(hub, undefined),
    onChange: (callback) => {
      const offs = [hub.register, hub.runs].map(({ changed }) => changed.on(callback));
      return () => {
        for (const off of offs) off();
      };
    },
    close: () => {
      stopRechecking();
      return (closed ??= closeHub(hub, listener, connections));
    },
  };
}

function countSnapshots(catalog: Catalog): number {
  let count = 0;
  let cursor: SnapshotCursor | null = null;
  do {
    const page = catalog.snapshots({}, 1000, cursor);
    count += page.rows.length;
    cursor = page.next;
  } while (cursor !== null);
  return count;
}

async function closeHub(
  hub: HubContext,
  listener: Listener,
  connections: ReadonlySet<Connection>,
): Promise<void> {
  const reason = new RbError(
    'connection-lost',
    'The hub is shutting down; it goes on when it is back.',
    {
      retry: true,
    },
  );
  hub.closing.reason = reason;
  const closing = listener.close();
  for (const run of hub.runs.all())
    if (run.state !== 'committed' && !run.isCommitting) run.stop(reason);
  await within(hub.clock, COMMIT_WITHIN_MS, commitsDone(hub));
  const lasts = [...connections].map((connection) => {
    connection.close(reason);
    return connection.closed;
  });
  await within(hub.clock, GOODBYE_WITHIN_MS, Promise.all([closing, ...lasts]));
  try {
    await hub.vault.sync();
  } catch (error) {
    const { code, message } = toRbError(error);
    hub.log({ level: 'error', event: 'sync-failed', code, message });
  }
}

async function commitsDone(hub: HubContext): Promise<void> {
  for (;;) {
    const changed = hub.runs.changed.next();
    if (!hub.runs.all().some((run) => run.isCommitting)) return;
    await changed;
  }
}

/** Waits for something, but not longer than that. */
async function within(clock: Clock, mostMs: number, work: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = clock.setTimeout(resolve, mostMs);
    const done = (): void => {
      timer.cancel();
      resolve();
    };
    work.then(done, done);
  });
}
