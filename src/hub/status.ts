import type { Status } from '../wire/messages-ask.ts';
import { MESSAGE_BYTES } from '../wire/wire-limits.ts';
import type { HubContext } from './hub-context.ts';
import { PROGRAM } from './hub-context.ts';
import { heardMs } from './overview.ts';
import type { Client } from './register.ts';
import type { Run } from './runs/run.ts';

/** More clients or runs, or more bytes of them, are not listed: a message has its bounds, and much of it is the clients' to choose. */
const MOST_LISTED = 1000;
const LIST_BYTES: number = MESSAGE_BYTES * 0.45;
/** Names of fields and numbers, of a client, a run, a copy. */
const PLAIN_BYTES = 400;

/** @param user whose clients and runs are shown; undefined: everybody's */
export function statusOf(hub: HubContext, user: string | undefined): Status {
  const clients = hub.register
    .clients()
    .filter(({ login }) => user === undefined || login.user === user);
  const runs = hub.runs.all().filter(({ login }) => user === undefined || login.user === user);
  const { storedBytes, plainBytes } = hub.vault.stats();
  return {
    t: 'status',
    hub: {
      name: hub.name,
      program: PROGRAM,
      startedMs: hub.startedMs,
      // Who asks over the wire came in by an address; the hub's own screen may be there without one.
      ...(hub.listening.now ?? { address: '', port: 0 }),
      vaultBytes: storedBytes,
      plainBytes,
      snapshots: hub.snapshotCount.value,
    },
    clients: fitting(clients, (client) => clientStatus(hub, client)),
    runs: fitting(runs, (run) => runStatus(hub, run)),
  };
}

/** The first ones, as many as may be listed. */
function fitting<Item, Line extends object>(
  items: readonly Item[],
  lineOf: (item: Item) => Line,
): Line[] {
  const lines: Line[] = [];
  let bytes = 0;
  for (const item of items.slice(0, MOST_LISTED)) {
    const line = lineOf(item);
    bytes += bytesOf(line);
    if (bytes > LIST_BYTES) break;
    lines.push(line);
  }
  return lines;
}

function bytesOf(line: object): number {
  let bytes = PLAIN_BYTES;
  for (const value of Object.values(line) as unknown[]) {
    if (typeof value === 'string') bytes += Buffer.byteLength(value);
    else if (value instanceof Uint8Array) bytes += value.length;
    else if (Array.isArray(value)) for (const inner of value) bytes += bytesOf(inner as object);
  }
  return bytes;
}

function clientStatus(hub: HubContext, client: Client): Status['clients'][number] {
  const { user, host, device } = client.login;
  return {
    role: client.role,
    user,
    host,
    device,
    doing: client.doing,
    name: client.destinationName,
    address: client.connection.remoteAddress,
    sinceMs: client.sinceMs,
    heardMs: heardMs(hub, client),
  };
}

function runStatus(hub: HubContext, run: Run): Status['runs'][number] {
  const { t: _, phase: __, ...progress } = run.progress;
  return {
    run: run.id,
    ...run.key,
    ...progress,
    phase: run.phase,
    connected: hub.register.destinationsFor(run.key).length,
    needed: run.request.copies,
    copies: run.copies.list(),
  };
}
