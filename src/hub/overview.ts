import type { SetKey } from '../model/snapshot.ts';
import type { Role } from '../wire/messages-ask.ts';
import type { Copy, Progress } from '../wire/messages-backup.ts';
import { PROGRAM } from './hub-context.ts';
import type { HubContext } from './hub-context.ts';
import type { ListenedAt } from './listening.ts';
import type { Activity, Client } from './register.ts';
import type { Run } from './runs/run.ts';

/** Somebody who is connected. Names are as the client gave them: hostile until escaped. */
export type ClientView = {
  readonly role: Role;
  readonly user: string;
  readonly host: string;
  /** As a destination; else empty. */
  readonly name: string;
  readonly device: string;
  readonly address: string;
  readonly sinceMs: number;
  readonly heardMs: number;
  readonly activity: Activity['kind'] | 'idle';
  /** What the activity is about, if it is about one set. */
  readonly set: SetKey | null;
  /** The same for people, in English; empty for one that is idle. */
  readonly doing: string;
};

export type RunPhase = 'waiting' | 'queued' | 'live' | 'committing' | 'committed';

/** A run whose origin is there. */
export type RunView = {
  readonly run: string;
  readonly key: SetKey;
  readonly phase: RunPhase;
  /** Null before the first word of the origin. */
  readonly progress: Omit<Progress, 't'> | null;
  /** Destinations that take the set, and how many the origin asked for. */
  readonly connected: number;
  readonly needed: number;
  readonly copies: readonly Copy[];
};

/** How a hub is, for programs. */
export type Overview = {
  readonly hub: {
    readonly name: string;
    readonly program: string;
    readonly startedMs: number;
    readonly fingerprint: string;
    readonly open: boolean;
    readonly listening: ListenedAt | null;
  };
  readonly vault: {
    readonly storedBytes: number;
    readonly plainBytes: number;
    readonly records: number;
    readonly snapshots: number;
  };
  readonly clients: {
    readonly total: number;
    readonly origins: number;
    readonly destinations: number;
  };
  /** As many as were asked for; those that came first. */
  readonly runs: readonly RunView[];
  readonly runsTotal: number;
};

export function overviewOf(hub: HubContext, fingerprint: string, mostRuns: number): Overview {
  const { name, startedMs, isOpen: open, listening } = hub;
  const { storedBytes, plainBytes, records } = hub.vault.stats();
  const roles = hub.register.clients().map(({ role }) => role);
  const runs = hub.runs.all().filter(({ state }) => state !== 'aborted');
  return {
    hub: { name, program: PROGRAM, startedMs, fingerprint, open, listening: listening.now },
    vault: { storedBytes, plainBytes, records, snapshots: hub.snapshotCount.value },
    clients: {
      total: roles.length,
      origins: roles.filter((role) => role === 'origin').length,
      destinations: roles.filter((role) => role === 'destination').length,
    },
    runs: runs.slice(0, mostRuns).map((run) => runView(hub, run)),
    runsTotal: runs.length,
  };
}

/** In the order in which they came. */
export function clientViews(hub: HubContext): ClientView[] {
  return hub.register.clients().map((client) => clientView(hub, client));
}

function clientView(hub: HubContext, client: Client): ClientView {
  const { login, activity, connection } = client;
  const { user, host, device } = login;
  return {
    role: client.role,
    user,
    host,
    name: client.destinationName,
    device,
    address: connection.remoteAddress,
    sinceMs: client.sinceMs,
    heardMs: heardMs(hub, client),
    activity: activity?.kind ?? 'idle',
    set: activity?.set ?? null,
    doing: client.doing,
  };
}

/** When something was last heard of a client, by the wall clock. */
export function heardMs({ clock }: HubContext, { connection }: Client): number {
  const silentMs = clock.monotonicMs() - connection.lastHeardMs;
  return Math.max(0, Math.round(clock.nowMs() - silentMs));
}

function runView(hub: HubContext, run: Run): RunView {
  const { t: _, ...progress } = run.progress;
  return {
    run: run.id,
    key: run.key,
    phase: phaseOf(run),
    progress: run.hasProgress ? progress : null,
    connected: hub.register.destinationsFor(run.key).length,
    needed: run.request.copies,
    copies: run.copies.list(),
  };
}

function phaseOf({ state, isCommitting }: Run): RunPhase {
  if (isCommitting) return 'committing';
  return state === 'aborted' ? 'live' : state;
}
