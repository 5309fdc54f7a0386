/** The hub and the client within this process: what takes half a second to start as a program takes some milliseconds here. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { SharedArena } from '../../../src/base/shared-arena.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { createBundlePool } from '../../../src/chunk/bundles.ts';
import { clientProgram } from '../../../src/cli/client-program.ts';
import type { Program } from '../../../src/cli/cli.ts';
import { hubIdentity, openCatalog } from '../../../src/cli/hub-folder.ts';
import { hubProgram } from '../../../src/cli/hub-program.ts';
import { run } from '../../../src/cli/main.ts';
import { startHub } from '../../../src/hub/hub.ts';
import type { Hub } from '../../../src/hub/hub.ts';
import { tlsTransport } from '../../../src/transport/tls.ts';
import { openDirectoryVault } from '../../../src/vault/directory/open-directory-vault.ts';
import { fakeCli } from '../../cli/fake-cli.ts';

export type Line = { readonly event: string; readonly [field: string]: unknown };

/** How a command ended, and what it said. */
export type Ran = {
  readonly status: number;
  readonly lines: readonly Line[];
  readonly done: Line;
  readonly stderr: string;
};

/** For commands that go on until they are ended. */
export type Watch = {
  readonly signal?: AbortSignal;
  readonly onOutput?: (text: string) => void;
};

/** Runs a command of the client, logged in as ana on a machine of that configuration. */
export async function client(
  port: number,
  configDir: string,
  args: readonly string[],
  watch: Watch = {},
): Promise<Ran> {
  const who = ['--server', `127.0.0.1:${port}`, '--name', 'ana', '--host', 'pc'];
  return await command(clientProgram, [...args, ...who, '--config', configDir, '--json'], watch);
}

/** Runs `rbbackupd check`. */
export async function check(dir: string, ...options: string[]): Promise<Ran> {
  return await command(hubProgram, ['check', dir, '--json', ...options]);
}

async function command(
  program: Program,
  argv: readonly string[],
  { signal, onOutput }: Watch = {},
): Promise<Ran> {
  const cli = { ...fakeCli(argv), ...(signal === undefined ? {} : { signal }) };
  if (onOutput !== undefined) cli.stdout.on('data', onOutput);
  const status = await run(program, argv, cli);
  await new Promise((resolve) => setImmediate(resolve));
  const lines = cli
    .written()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
  return { status, lines, done: lines.at(-1) ?? { event: 'nothing' }, stderr: cli.complained() };
}

/** A hub that listens on loopback. */
export type LocalHub = {
  readonly port: number;
  readonly hub: Hub;
  /** What it told the log as warnings and errors. */
  readonly told: readonly string[];
  close(): Promise<void>;
};

/**
 * Starts an open hub on a directory, as `rbbackupd DIR` does.
 * @param packBytes when a pack is closed
 * @throws RbError as that would end with
 */
export async function localHub(dir: string, packBytes?: number): Promise<LocalHub> {
  const told: string[] = [];
  const arena = new SharedArena(64 * 1024 * 1024);
  mkdirSync(dir, { recursive: true });
  const vault = await openDirectoryVault({
    directory: dir,
    arena,
    ...(packBytes === undefined ? {} : { packBytes }),
    onProblem: (message) => told.push(message),
  });
  const ends: (() => Promise<void> | void)[] = [async () => await vault.close()];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).toReversed()) await end();
  };
  try {
    const catalog = await openCatalog(dir);
    ends.push(() => catalog.close());
    const identity = await hubIdentity(dir);
    const verifyPool = createBundlePool(1);
    ends.push(async () => await verifyPool.close());
    const hub = await startHub({
      transport: tlsTransport,
      vault,
      arena,
      catalog,
      identity,
      listen: { host: '127.0.0.1', port: 0 },
      open: true,
      name: 'hub',
      clock: systemClock,
      log: (event) => void (event.level === 'info' || told.push(event.message)),
      verifyPool,
    });
    ends.push(async () => await hub.close());
    return { port: hub.port, hub, told, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The folder of this name, made. */
export function folder(...parts: string[]): string {
  const path = join(...parts);
  mkdirSync(path, { recursive: true });
  return path;
}
