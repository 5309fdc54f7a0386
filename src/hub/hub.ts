import { hex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { RbError, toRbError } from '../base/errors.ts';
import { SharedArena } from '../base/shared-arena.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { WorkerPool } from '../chunk/worker-pool.ts';
import type { Identity, Transport } from '../transport/transport.ts';
import type { Vault } from '../vault/vault.ts';
import type { Status } from '../wire/messages-ask.ts';
import { accept } from './accept.ts';
import { checkHub, isBeingChecked } from './check-stream.ts';
import type { TellCheck } from './check-stream.ts';
import { ChunkSource } from './chunk-source.ts';
import type { HubContext, HubEvent } from './hub-context.ts';
import { Healer } from './heal/healer.ts';
import { Scrub } from './heal/scrub.ts';
import { Listening } from './listening.ts';
import type { Bind, ListenAt, ListenedAt } from './listening.ts';
import { clientViews, overviewOf } from './overview.ts';
import type { ClientView, Overview } from './overview.ts';
import { systemChance } from './proofs/chance.ts';
import type { Chance } from './proofs/chance.ts';
import { ProofDesk } from './proofs/proof-desk.ts';
import { proveCopies } from './proofs/prove-copies.ts';
import { recheckLogins } from './recheck-logins.ts';
import { Register } from './register.ts';
import { Releases } from './releases.ts';
import { DEFAULT_HOLD_RULE } from './runs/hold-rule.ts';
import type { HoldRule } from './runs/hold-rule.ts';
import { RunTable } from './runs/run-table.ts';
import { SetLocks } from './runs/set-locks.ts';
import { Signal } from './signal.ts';
import { statusOf } from './status.ts';
import { takeOver } from './take-over.ts';
import { UserLimitsKeeper } from './user-limits.ts';
import { noteVaultGrowth } from './vault-growth.ts';

export type HubOptions = {
  readonly transport: Transport;
  /** Both are the caller's: it closes them when the hub is closed. */
  readonly vault: Vault;
  readonly catalog: Catalog;
  readonly identity: Identity;
  /** Null: it listens when it is told to. */
  readonly listen: ListenAt | null;
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
  /** Once in so long the whole vault is read in the background; 0 or left out: never. */
  readonly scrubEveryMs?: number;
  /** How long after a proof of a copy the next one is due; 0 or left out: copies needn't be proven. */
  readonly proveEveryMs?: number;
  /** What a proof asks for is chosen by it. Default: the system's. */
  readonly chance?: Chance;
  /** When a run is held back from destinations; null: never. Default: half of a set, and more than 100 files. */
  readonly hold?: HoldRule | null;
};

export interface Hub {
  /** Where it listens; empty and 0 while it doesn't. */
  readonly address: string;
  readonly port: number;
  readonly fingerprint: string;
  /** Null while it doesn't listen. */
  readonly listening: ListenedAt | null;

  /**
   * Starts to listen, or moves: the new address is bound before the old one is given up, and if it can't be had all stays
   * as it was. Then those who came by the old one are sent away as {@link stopListening} does; when that is done, it
   * resolves. If it is the address that it listens at already, nothing happens and nobody is sent away.
   *
   * All addresses (0.0.0.0, ::) and one of them can't be had at the same port both: then the old one is given up first, and
   * taken back if the new one can't be had.
   *
   * @throws RbError `port-taken` and what else the transport throws; `connection-lost` when the hub is closed meanwhile
   */
  listen(at: ListenAt): Promise<void>;

  /**
   * Stops to listen; all else goes on. Clients are sent away with `connection-lost`, upon which they come back by
   * themselves, runs are broken off, and commits that have begun are waited for: at most 7 s. Does nothing if it does not listen.
   */
  stopListening(): Promise<void>;

  /**
   * Releases a snapshot that is held back, durably; destinations are offered it. One that isn't stays as it is.
   * @throws RbError `not-found`
   */
  release(snapshot: Uint8Array): void;

  /** How whole the vault is known to be, and what is done about it. */
  readonly care: {
    /** Chunks that snapshots need and the vault has not got. */
    readonly lackingChunks: number;
    readonly isHealing: boolean;
    readonly isChecking: boolean;
  };
  /**
   * Reads every byte of the vault, and gets back from destinations what is damaged. One at a time.
   * @throws RbError `busy`; `interrupted` when `signal` is aborted, upon which healing goes on by itself
   */
  check(tell: TellCheck, signal: AbortSignal): Promise<void>;

  /** What an administrator is told. */
  status(): Status;
  /** The same for programs. @param mostRuns how many runs are listed */
  overview(mostRuns: number): Overview;
  clients(): ClientView[];
  /** Ids of the destinations that are there now, hexadecimal. */
  destinations(): Set<string>;
  /** Tells of every change of the status, often: look at most a few times a second. @returns stops it */
  onChange(callback: () => void): () => void;
  /**
   * Tells when a snapshot was committed, a copy was verified, a set or a destination came into being, and of whatever
   * else the hub changed of what the catalog knows of them. @returns stops it
   */
  onHistory(callback: () => void): () => void;
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
  const hub = contextOf(options);
  const imported = await takeOver(hub);
  if (options.listen !== null) await hub.listening.listen(options.listen);
  hub.healer.start(hub, imported > 0);
  const { scrubEveryMs = 0 } = options;
  const scrub = scrubEveryMs === 0 ? null : new Scrub(hub, { everyMs: scrubEveryMs });
  scrub?.start();
  const stopNoting = noteVaultGrowth(hub);
  const stopRechecking = recheckLogins(hub);
  const { proveEveryMs: everyMs = 0, chance = systemChance } = options;
  const stopProving = everyMs === 0 ? null : proveCopies(hub, { everyMs, chance });
  hub.releases.watch();
  const { fingerprint } = options.identity;
  let closed: Promise<void> | null = null;
  return {
    get address() {
      return hub.listening.now?.address ?? '';
    },
    get port() {
      return hub.listening.now?.port ?? 0;
    },
    fingerprint,
    get listening() {
      return hub.listening.now;
    },
    listen: (at) => hub.listening.listen(at),
    stopListening: () => hub.listening.stop(),
    release: (snapshot) => {
      hub.catalog.release(snapshot);
      hub.releases.look();
    },
    get care() {
      const { lacking, isAtWork } = hub.healer;
      return { lackingChunks: lacking, isHealing: isAtWork, isChecking: isBeingChecked(hub) };
    },
    check: (tell, signal) => checkHub(hub, tell, { readData: true, heal: true }, signal),
    status: () => statusOf(hub, undefined),
    overview: (mostRuns) => overviewOf(hub, fingerprint, mostRuns),
    clients: () => clientViews(hub),
    destinations: () => new Set(hub.register.orders().map(({ destination }) => hex(destination))),
    onChange: (callback) => {
      const sources = [hub.register, hub.runs, hub.listening, hub.healer];
      const offs = sources.map(({ changed }) => changed.on(callback));
      return () => {
        for (const off of offs) off();
      };
    },
    onHistory: (callback) => hub.history.on(callback),
    close: () => {
      stopRechecking();
      stopProving?.();
      hub.releases.stop();
      const stopCaring = async (): Promise<void> => {
        await Promise.all([scrub?.stop(), hub.healer.stop()]);
      };
      return (closed ??= closeHub(hub, stopNoting, stopCaring));
    },
  };
}

function contextOf(options: HubOptions): HubContext {
  const { vault, catalog, clock, log, identity } = options;
  const arena = options.arena ?? new SharedArena(0);
  const bind: Bind = (at, onConnection) =>
    options.transport.listen({ ...at, identity, arena, clock, onConnection });
  const register = new Register();
  const history = new Signal();
  const hub: HubContext = {
    name: options.name,
    fingerprint: identity.fingerprint,
    isOpen: options.open,
    startedMs: clock.nowMs(),
    clock,
    log,
    vault,
    catalog,
    pool: options.verifyPool,
    arena,
    chunks: new ChunkSource(vault, catalog, clock, log),
    register,
    proofs: new ProofDesk(),
    runs: new RunTable(),
    locks: new SetLocks(),
    listening: new Listening(bind, (door, connection) => void accept(hub, door, connection), clock),
    healer: new Healer(),
    limits: new UserLimitsKeeper(catalog, clock),
    history,
    holdRule: options.hold === undefined ? DEFAULT_HOLD_RULE : options.hold,
    releases: new Releases({ catalog, clock, log, register, history }),
    snapshotCount: { value: 0 },
  };
  return hub;
}

async function closeHub(
  hub: HubContext,
  stopNoting: () => void,
  stopCaring: () => Promise<void>,
): Promise<void> {
  await hub.listening.end(
    new RbError('connection-lost', 'The hub is shutting down; it goes on when it is back.', {
      retry: true,
    }),
  );
  stopNoting();
  await stopCaring();
  try {
    await hub.vault.sync();
  } catch (error) {
    const { code, message } = toRbError(error);
    hub.log({ level: 'error', event: 'sync-failed', code, message });
  }
}
