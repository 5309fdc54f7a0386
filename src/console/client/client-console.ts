/** The console of one user's client: his tasks, and the pages that show them. On loopback alone. */

import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { Clock } from '../../base/clock.ts';
import { makeFolders } from '../../base/durable-folders.ts';
import { RbError, isRbError } from '../../base/errors.ts';
import { PROGRAM } from '../../client/session.ts';
import type { Transport } from '../../transport/transport.ts';
import { startConsole } from '../server/listen.ts';
import type { ConsoleServer } from '../server/listen.ts';
import { loadSecretKey } from '../server/secret-key.ts';
import { Changes } from './changes.ts';
import type { ClientContext } from './client-context.ts';
import { GuiMemory } from './gui-memory.ts';
import { HubList } from './hub-list.ts';
import { OpenKeys } from './open-keys.ts';
import { removeOpenPage } from './open-page.ts';
import { Running } from './running.ts';
import { SharedSession } from './shared-session.ts';
import { ListsFolder } from './tasks/lists-folder.ts';
import { TaskTable } from './tasks/task-table.ts';
import { WorkRoom } from './tasks/work-room.ts';

const HOST = '127.0.0.1';
const PORT = 7422;

const { version } = createRequire(import.meta.url)('../../../package.json') as { version: string };

export type ClientConsoleOptions = {
  readonly configDir: string;
  readonly transport: Transport;
  readonly clock: Clock;
  /** 0..1, for the jitter of pauses. */
  readonly random: () => number;
  /** This machine's name in sets. */
  readonly host: string;
  /** Of loopback. Null: port 7422, or a free one if that is taken. */
  readonly listen: { readonly host: string; readonly port: number } | null;
  /** Of connections whose task says nothing about it. */
  readonly limitBytesPerSec: number | undefined;
  readonly localPort: number | undefined;
  readonly log: (message: string) => void;
  /** As in ConsoleOptions. */
  readonly pages?: string;
};

/** A console that runs. */
export interface ClientConsole {
  /** An address that opens it in a browser, once and within ten minutes. */
  keyUrl(): string;
  /** Stops all tasks in good order; folders that receive go on at the next start. May be called any number of times. */
  close(): Promise<void>;
}

/**
 * Starts the console of a configuration, and goes on with the folders that received when it ended.
 *
 * @returns null if one runs with this configuration already: `askRunning` finds it
 * @throws RbError `usage` for an address beyond loopback, `port-taken`, `dir-unwritable`, `unreadable`
 */
export async function startClientConsole(
  options: ClientConsoleOptions,
): Promise<ClientConsole | null> {
  const { configDir } = options;
  makePrivate(configDir);
  const running = Running.claim(configDir);
  if (running === null) return null;
  try {
    return await start(options, running);
  } catch (error) {
    await running.release();
    throw error;
  }
}

async function start(options: ClientConsoleOptions, running: Running): Promise<ClientConsole> {
  const { configDir, log } = options;
  const ended = new AbortController();
  const memory = await GuiMemory.open(configDir, log);
  const changes = new Changes();
  const changed = (): void => changes.tell();
  const hubs = new HubList(configDir, changed);
  await hubs.refresh();
  const work = new WorkRoom();
  const lists = new ListsFolder(configDir);
  const { transport, clock } = options;
  const tasks = new TaskTable({ context: { ...options, work }, memory, lists, changed, log });
  const keys = new OpenKeys(clock);
  const { signal } = ended;
  const { arena } = work;
  const connecting = { transport, clock, configDir, arena, signal };
  const session = new SharedSession(hubs, options.host, connecting);
  let server: ConsoleServer | null = null;
  const url = (): string => server?.url ?? '';
  const context: ClientContext = {
    configDir,
    transport,
    clock,
    program: PROGRAM,
    host: options.host,
    signal,
    hubs,
    tasks,
    memory,
    work,
    session,
    changes,
    keys,
    running,
    url,
  };
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    ended.abort();
    await Promise.all([server?.close(), tasks.close(), session.close()]);
    await work.close();
    lists.remove();
    await removeOpenPage(configDir);
    await running.release();
  };
  try {
    server = await listen(options, context);
    await running.announce(server.url);
    await tasks.resume();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    keyUrl: () => `${url()}open?key=${keys.make()}`,
    close: async () => await (closing ??= close()),
  };
}

async function listen(
  { configDir, clock, log, listen: at, pages }: ClientConsoleOptions,
  context: ClientContext,
): Promise<ConsoleServer> {
  const begin = async (host: string, port: number): Promise<ConsoleServer> =>
    await startConsole({
      host,
      port,
      page: 'client',
      secretKey: async () => await loadSecretKey(join(configDir, 'gui-key')),
      // There is no password that could change: sessions end by their age alone.
      sessionEpoch: () => 'client',
      title: 'rbbackup client',
      version,
      routes: async (app) => await (await import('./client-routes.ts')).clientRoutes(app, context),
      log,
      clock,
      ...(pages === undefined ? {} : { pages }),
    });
  if (at !== null) return await begin(at.host, at.port);
  try {
    return await begin(HOST, PORT);
  } catch (error) {
    if (!isRbError(error, 'port-taken')) throw error;
    return await begin(HOST, 0);
  }
}

function makePrivate(configDir: string): void {
  try {
    makeFolders(configDir, 0o700);
  } catch (cause) {
    const why = `The configuration folder ${configDir} can't be made; choose another with --config DIR.`;
    throw new RbError('dir-unwritable', why, { cause });
  }
}
