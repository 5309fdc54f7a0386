import type { Clock } from '../../base/clock.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Hub } from '../../hub/hub.ts';
import type { HubEvent } from '../../hub/hub-context.ts';
import { PROGRAM } from '../../hub/hub-context.ts';
import type { Identity } from '../../transport/transport.ts';
import type { Vault } from '../../vault/vault.ts';
import { startConsole } from '../server/listen.ts';
import type { ConsoleServer } from '../server/listen.ts';
import { ChosenListening } from './chosen-listening.ts';
import type { ListeningOptions } from './chosen-listening.ts';
import type { ConsoleContext } from './console-context.ts';
import type { EventLog } from './event-log.ts';
import { FreeSpace } from './free-space.ts';
import { cookieSecret, sessionEpoch } from './hub-settings.ts';
import type { ListenAt } from './hub-settings.ts';

export type HubConsoleOptions = {
  /** Where browsers find it; beyond loopback it is HTTPS with the hub's certificate. Port 0: a free one. */
  readonly at: ListenAt;
  /** All three are the caller's, who closes them after the console. */
  readonly hub: Hub;
  readonly catalog: Catalog;
  readonly vault: Pick<Vault, 'stats'>;
  readonly identity: Identity;
  /** The hub's directory, of whose disk the room is shown. */
  readonly directory: string;
  readonly name: string;
  /** What happened so far, and what will: the caller adds to it. */
  readonly events: EventLog;
  /** Gets what happens at the console; it has to come into `events` as well. */
  readonly log: (event: HubEvent) => void;
  readonly clock: Clock;
  /** The folder of the built pages. Default: `web/dist` of this checkout. */
  readonly pages?: string;
} & Pick<ListeningOptions, 'chosen' | 'problem' | 'onMoved'>;

/**
 * Starts the console of a hub: a page in the browser. Until somebody looks it is a socket that listens, nothing more, and
 * whenever nobody looks it does nothing.
 *
 * @throws RbError `port-taken` and what else `startConsole` throws
 */
export async function startHubConsole(options: HubConsoleOptions): Promise<ConsoleServer> {
  const { hub, catalog, vault, name, clock, events, log } = options;
  const context: ConsoleContext = {
    hub,
    catalog,
    vault,
    name,
    clock,
    events,
    log,
    space: new FreeSpace(options.directory, clock),
    listening: new ChosenListening(options),
  };
  return await startConsole({
    ...options.at,
    ...(isLoopback(options.at.host) ? {} : { tls: tlsOf(options.identity) }),
    page: 'hub',
    secretKey: () => Promise.resolve(cookieSecret(catalog)),
    sessionEpoch: epochReader(catalog),
    title: 'The console of an rbbackup hub',
    version: PROGRAM.replace(/^\S+ /, ''),
    routes: async (app) => {
      const { hubRoutes } = await import('./hub-routes.ts');
      await hubRoutes(app, context);
    },
    log: (message) => log({ level: 'warn', event: 'console', message }),
    clock,
    ...(options.pages === undefined ? {} : { pages: options.pages }),
  });
}

/** Whether nobody but this machine reaches what listens there. */
function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i.test(host);
}

function tlsOf({ certPem, keyPem }: Identity): { readonly cert: string; readonly key: string } {
  return { cert: certPem, key: keyPem };
}

/** Looked up each time, as another process may set the password; a catalog that is busy for a moment ends no session. */
function epochReader(catalog: Catalog): () => string {
  let last = '';
  return () => {
    try {
      last = sessionEpoch(catalog);
    } catch {
      // As it was.
    }
    return last;
  };
}
