import { availableParallelism } from 'node:os';

import type { Command } from 'commander';

import { SharedArena } from '../../base/shared-arena.ts';
import { systemClock } from '../../base/clock.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { createBundlePool } from '../../chunk/bundles.ts';
import { hostLabel } from '../../client/config.ts';
import { startHub } from '../../hub/hub.ts';
import type { Hub } from '../../hub/hub.ts';
import { checkLabel } from '../../model/snapshot.ts';
import { tlsTransport } from '../../transport/tls.ts';
import type { Transport } from '../../transport/transport.ts';
import { withUdp } from '../../transport/udp-beside.ts';
import { openDirectoryVault } from '../../vault/directory/open-directory-vault.ts';
import type { Vault } from '../../vault/vault.ts';
import type { Cli } from '../cli.ts';
import {
  hubFolder,
  hubIdentity,
  makeHubFolder,
  openCatalog,
  rememberListening,
} from '../hub-folder.ts';
import { Output } from '../output.ts';
import { addServeOptions } from '../serve-options.ts';
import type { ServeOptions } from '../serve-options.ts';
import { ServeReport } from '../serve-report.ts';

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
  // First of all: it holds the lock that keeps a second hub away.
  const arena = new SharedArena(ARENA_BYTES);
  const vault = await openDirectoryVault({
    directory: dir,
    arena,
    onProblem: (message) => report.log({ level: 'warn', event: 'vault', message }),
  });
  try {
    const catalog = await openCatalog(dir);
    try {
      await serveFrom(dir, options, cli, { vault, arena, catalog, report });
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
};

async function serveFrom(
  dir: string,
  options: ServeOptions,
  cli: Cli,
  { vault, arena, catalog, report }: Kept,
): Promise<void> {
  const identity = await hubIdentity(dir);
  const verifyPool = createBundlePool(CHECKING_THREADS);
  let hub: Hub | null = null;
  try {
    hub = await startHub({
      transport: transportOf(options, report),
      vault,
      arena,
      catalog,
      identity,
      listen: options.listen,
      open: options.open === true,
      name: options.name ?? hostLabel(undefined),
      clock: systemClock,
      log: (event) => report.log(event),
      verifyPool,
    });
    rememberListening(catalog, hub.address, hub.port);
    await report.listening(hub, dir, options.open === true);
    await stopped(cli.signal);
  } finally {
    report.closing();
    // Whatever hangs then, what is durable is durable already.
    setTimeout(() => process.exit(cli.status), END_WITHIN_MS).unref();
    await hub?.close();
    await verifyPool.close();
  }
}

function transportOf({ limit, udp }: ServeOptions, report: ServeReport): Transport {
  const transport = udp
    ? withUdp(tlsTransport, ({ code, message }) =>
        report.log({
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
