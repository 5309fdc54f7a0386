import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { join } from 'node:path';

import { systemClock } from '../../src/base/clock.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { openSqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import { createBundlePool } from '../../src/chunk/bundles.ts';
import type { WorkerPool } from '../../src/chunk/worker-pool.ts';
import { startHub } from '../../src/hub/hub.ts';
import type { Hub } from '../../src/hub/hub.ts';
import type { HoldRule } from '../../src/hub/runs/hold-rule.ts';
import type { HubEvent } from '../../src/hub/hub-context.ts';
import type { Chance } from '../../src/hub/proofs/chance.ts';
import { createIdentity } from '../../src/transport/identity.ts';
import { tlsTransport } from '../../src/transport/tls.ts';
import type { Connection, Identity, Stream, Transport } from '../../src/transport/transport.ts';
import { MemoryVault } from '../../src/vault/memory/memory-vault.ts';
import type { Vault } from '../../src/vault/vault.ts';
import type { Hello } from '../../src/wire/messages-login.ts';
import type { Incoming, Message } from '../../src/wire/messages.ts';
import { tempFolder } from '../vault/temp-folder.ts';

export type LabOptions = {
  readonly open?: boolean;
  readonly vault?: Vault;
  readonly catalog?: Catalog;
  readonly clock?: Clock;
  /** Default: TCP alone. Clients of the lab come by TCP. */
  readonly transport?: Transport;
  /** Default: copies needn't be proven. */
  readonly proveEveryMs?: number;
  readonly chance?: Chance;
  /** Null: it doesn't listen at once. */
  readonly listen?: null;
  readonly hold?: HoldRule;
  /** Default: the vault isn't read in the background. */
  readonly scrubEveryMs?: number;
};

/** A hub on loopback with everything real but its vault, which is in memory unless one is given. */
export type Lab = {
  readonly hub: Hub;
  readonly catalog: Catalog;
  readonly vault: Vault;
  readonly pool: WorkerPool;
  readonly events: HubEvent[];
  connect(identity?: Identity): Promise<Connection>;
  /** Says hello; answers when welcome is here. */
  greet(connection: Connection, user: string, more?: Partial<Hello>): Promise<void>;
  /** Connects and says hello. */
  login(user: string, more?: Partial<Hello>, identity?: Identity): Promise<Connection>;
};

const identities: Identity[] = [];

/** A device's identity; made once a process for each number, as making one takes a while. */
export async function identityNumber(number: number): Promise<Identity> {
  while (identities.length <= number) identities.push(await createIdentity());
  return identities[number] as Identity;
}

export async function startLab(t: TestContext, options: LabOptions = {}): Promise<Lab> {
  const vault = options.vault ?? new MemoryVault();
  const catalog = options.catalog ?? (await openSqliteCatalog(join(tempFolder(), 'catalog.db')));
  const pool = createBundlePool(1);
  const events: HubEvent[] = [];
  const hub = await startHub({
    transport: options.transport ?? tlsTransport,
    vault,
    catalog,
    identity: await identityNumber(0),
    listen: options.listen === null ? null : { host: '127.0.0.1', port: 0 },
    open: options.open ?? true,
    name: 'lab',
    clock: options.clock ?? systemClock,
    log: (event) => events.push(event),
    verifyPool: pool,
    ...(options.scrubEveryMs === undefined ? {} : { scrubEveryMs: options.scrubEveryMs }),
    ...(options.hold === undefined ? {} : { hold: options.hold }),
    ...(options.proveEveryMs === undefined ? {} : { proveEveryMs: options.proveEveryMs }),
    ...(options.chance === undefined ? {} : { chance: options.chance }),
  });
  const connections: Connection[] = [];
  t.after(async () => {
    for (const connection of connections) connection.close();
    await hub.close();
    await pool.close();
    if (options.catalog === undefined) catalog.close();
  });
  const connect = async (identity?: Identity): Promise<Connection> => {
    const connection = await tlsTransport.connect({
      identity: identity ?? (await identityNumber(1)),
      addresses: [`127.0.0.1:${hub.port}`],
      expectedFingerprint: hub.fingerprint,
    });
    connections.push(connection);
    return connection;
  };
  const greet: Lab['greet'] = async (connection, user, more = {}) => {
    await connection.control.send(helloOf(user, more));
    const welcome = await connection.control.next();
    if (welcome?.t !== 'welcome') throw new Error('no welcome');
    connection.markLoggedIn();
  };
  return {
    hub,
    catalog,
    vault,
    pool,
    events,
    connect,
    greet,
    login: async (user, more = {}, identity) => {
      const connection = await connect(identity);
      await greet(connection, user, more);
      return connection;
    },
  };
}

export function helloOf(user: string, more: Partial<Hello> = {}): Hello {
  const program = 'test';
  return { t: 'hello', version: 1, program, user, host: 'machine', device: 'laptop', ...more };
}

/** The next message of a kind; others before it are passed over. */
export async function nextOf<T extends Incoming['t']>(
  stream: Stream,
  t: T,
): Promise<Extract<Incoming, { t: T }>> {
  for (;;) {
    const incoming = await stream.next();
    if (incoming === null) throw new Error(`the stream ended before "${t}"`);
    if (incoming.t === t) return incoming as Extract<Incoming, { t: T }>;
  }
}

/** Looks at something until it is so; fails after ten seconds, which no passing test comes near. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function backupMessage(
  set: string,
  more: Partial<Extract<Message, { t: 'backup' }>> = {},
): Extract<Message, { t: 'backup' }> {
  return {
    t: 'backup',
    set,
    host: 'machine',
    sourcePath: new TextEncoder().encode('/home/ana/set'),
    recursive: true,
    delete: true,
    copies: 0,
    waitMs: null,
    dryRun: false,
    memory: null,
    ...more,
  };
}

export function newDestination(): Uint8Array {
  return new Uint8Array(randomBytes(16));
}
