import type { Status } from '../wire/messages-ask.ts';
import type { HubContext } from './hub-context.ts';
import { PROGRAM } from './hub-context.ts';
import { heardMs } from './overview.ts';
import type { Client } from './register.ts';
import type { Run } from './runs/run.ts';

/** More clients or runs are not listed: a message has its bounds. */
const MOST_LISTED = 1000;

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
    clients: clients.slice(0, MOST_LISTED).map((client) => clientStatus(hub, client)),
    runs: runs.slice(0, MOST_LISTED).map((run) => runStatus(hub, run)),
  };
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
