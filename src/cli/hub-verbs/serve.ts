import { availableParallelism } from 'node:os';

import type { Command } from 'commander';

import { SharedArena } from '../../base/shared-arena.ts';
import { systemClock } from '../../base/clock.ts';
import { isRbError } from '../../base/errors.ts';
import type { RbError } from '../../base/errors.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { createBundlePool } from '../../chunk/bundles.ts';
import { hostLabel } from '../../client/config.ts';
import { EventLog } from '../../console/hub/event-log.ts';
import {
  chosenListening,
  passwordHash,
  rememberListening,
} from '../../console/hub/hub-settings.ts';
import type { ListenAt } from '../../console/hub/hub-settings.ts';
import type { ConsoleServer } from '../../console/server/listen.ts';
import { startHub } from '../../hub/hub.ts';
import type { Hub } from '../../hub/hub.ts';
import type { HubEvent } from '../../hub/hub-context.ts';
import { checkLabel } from '../../model/snapshot.ts';
import { tlsTransport } from '../../transport/tls.ts';
import type { Transport } from '../../transport/transport.ts';
import { withUdp } from '../../transport/udp-beside.ts';
import { openDirectoryVault } from '../../vault/directory/open-directory-vault.ts';
import type { Vault } from '../../vault/vault.ts';
import { Announcer } from '../announcer.ts';
import type { Cli } from '../cli.ts';
import { hubFolder, hubIdentity, makeHubFolder, openCatalog } from '../hub-folder.ts';
import { Output } from '../output.ts';
import { openConsole } from '../serve-console.ts';
import { DEFAULT_LISTEN, addServeOptions } from '../serve-options.ts';
import type { ServeOptions } from '../serve-options.ts';
import { ServeReport } from '../serve-report.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** The contract is 10 s from the signal to the end. */
const END_WITHIN_MS = 9500;
/** A thread checks a gigabyte a second, more than one loop takes in; each is some 20 MB. */
const CHECKING_THREADS: number = Math.min(4, availableParallelism());
/** For records that come, are kept in memory and go out: what exceeds it lies in memory of its own, which costs more. */
const ARENA_BYTES = 128 * 1024 * 1024;

export function defineServe(command: Command, cli: Cli): void {
  command
    .usage('DIR [options]')
    .description(
      'Serve DIR: keep backups in it, and pass them on to destinations. SIGTERM or Ctrl-C ends it in good order.',
    )
    .argument('<dir>', 'holds everything that the hub keeps; made if it is missing')
    .action(async (dir: string, options: ServeOptions) => await serve(dir, options, cli));
  addServeOptions(command);
}

async function serve(dirText: string, options: ServeOptions, cli: Cli): Promise<void> {
  const dir = hubFolder(dirText);
  const report = new ServeReport(new Output(options, cli), cli, options.quiet === true);
  if (options.name !== undefined) checkLabel('set', options.name);
  makeHubFolder(dir);
  const events = new EventLog(systemClock);
  const log = (event: HubEvent): void => {
    events.add(event);
    report.log(event);
  };
  // First of all: it holds the lock that keeps a second hub away.
  const arena = new SharedArena(ARENA_BYTES);
  const vault = await openDirectoryVault({
    directory: dir,
    arena,
    onProblem: (message) => log({ level: 'warn', event: 'vault', message }),
  });
  try {
    const catalog = await openCatalog(dir);
    try {
      await serveFrom(dir, options, cli, { vault, arena, catalog, report, events, log });
    } finally {
      catalog.close();
    }
  } finally {
    await vault.close();
  }
  report.closed();
}

type Kept = {
  readonly vault: Vault;
  readonly arena: SharedArena;
  readonly catalog: Catalog;
  readonly report: ServeReport;
  readonly events: EventLog;
  readonly log: (event: HubEvent) => void;
};

async function serveFrom(
  directory: string,
  options: ServeOptions,
  cli: Cli,
  kept: Kept,
): Promise<void> {
  const { vault, arena, catalog, report, events, log } = kept;
  const identity = await hubIdentity(directory);
  const verifyPool = createBundlePool(CHECKING_THREADS);
  const [name, isOpen] = [options.name ?? hostLabel(undefined), options.open === true];
  let hub: Hub | null = null;
  let console: ConsoleServer | null = null;
  let announcer: Announcer | null = null;
  report.hold();
  try {
    hub = await startHub({
      transport: transportOf(options, log),
      vault,
      arena,
      catalog,
      identity,
      listen: null,
      open: isOpen,
      name,
      proveEveryMs: options.proveHours * HOUR_MS,
      hold: { share: options.holdShare, files: options.holdFiles },
      scrubEveryMs: options.scrubDays * DAY_MS,
      clock: systemClock,
      log,
      verifyPool,
    });
    const { chosen, problem } = await listen(hub, catalog, options);
    if (options.announce)
      announcer = new Announcer({ name, open: isOpen, fingerprint: hub.fingerprint }, log);
    const about = { hub, catalog, vault, identity, directory, name, events, log };
    const onMoved = (now: Hub['listening']): void => void announcer?.at(now);
    const opened = await openConsole(options.console, {
      ...about,
      clock: systemClock,
      chosen,
      problem: problem?.message ?? null,
      onMoved,
    });
    console = opened.server;
    // Without a console nobody could choose another address.
    if (problem !== null && console === null) throw problem;
    await report.listening({
      hub,
      directory,
      isOpen,
      problem,
      server: console,
      consoleProblem: opened.problem,
      hasPassword: passwordHash(catalog) !== undefined,
    });
    if (hub.listening !== null) await announcer?.at(hub.listening);
    await stopped(cli.signal);
  } finally {
    report.closing();
    // Whatever hangs then, what is durable is durable already.
    setTimeout(() => process.exit(cli.status), END_WITHIN_MS).unref();
    await Promise.all([announcer?.at(null), console?.close(), hub?.close()]);
    await verifyPool.close();
  }
}

type Chosen = { readonly chosen: ListenAt; readonly problem: RbError | null };

/**
 * Listens where the command line says, else where the console was told to, else at the default. If only the console's
 * choice can't be had, that is a problem to be solved there.
 */
async function listen(hub: Hub, catalog: Catalog, options: ServeOptions): Promise<Chosen> {
  const remembered = options.listen === undefined ? chosenListening(catalog) : null;
  const chosen = options.listen ?? remembered ?? DEFAULT_LISTEN;
  try {
    await hub.listen(chosen);
    rememberListening(catalog, hub.address, hub.port);
    return { chosen: { host: chosen.host, port: hub.port }, problem: null };
  } catch (error) {
    if (remembered === null || !isRbError(error)) throw error;
    return { chosen, problem: error };
  }
}

function transportOf({ limit, udp }: ServeOptions, log: Kept['log']): Transport {
  const transport = udp
    ? withUdp(tlsTransport, ({ code, message }) =>
        log({
          level: 'warn',
          event: 'no-udp',
          code,
          message: `Clients can come by TCP alone. ${message}`,
        }),
      )
    : tlsTransport;
  if (limit === undefined) return transport;
  return {
    ...transport,
    listen: (options) => transport.listen({ ...options, limitBytesPerSec: limit }),
  };
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // Only a timer keeps the process from ending while nobody is connected and the port is gone for a reason of its own.
    const stay = setInterval(() => undefined, 60_000);
    const stop = (): void => {
      clearInterval(stay);
      resolve();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
