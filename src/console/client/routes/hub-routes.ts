import { RbError } from '../../../base/errors.ts';
import { chooseHub, forgetHub } from '../../../client/config.ts';
import { acceptInvitation, leave, openSession } from '../../../client/session.ts';
import type { HubSession } from '../../../client/session.ts';
import { formatAddress, parseAddress } from '../../../wire/address.ts';
import { Done } from '../../api/common.ts';
import { HubChoice, KnownHub, LoginRequest, NearbyHubs } from '../../api/client-api.ts';
import type { ConsoleApp } from '../../server/console-app.ts';
import type { ClientContext } from '../client-context.ts';

/** Long enough for answers, and for a question that gets lost. */
const NEARBY_MS = 2000;
const OK = { ok: true } as const;

/** Which hubs there are, and which one is used. */
export function hubRoutes(app: ConsoleApp, context: ClientContext): void {
  const { configDir, hubs, tasks } = context;

  app.post(
    '/api/login',
    { schema: { body: LoginRequest, response: { 200: KnownHub } } },
    async (request) => {
      const session = await logIn(request.body, context);
      const { fingerprint, name, addresses } = session.hub;
      await leave(session);
      await hubs.refresh();
      return { fingerprint, name, addresses };
    },
  );

  app.post(
    '/api/hubs/current',
    { schema: { body: HubChoice, response: { 200: Done } } },
    async (request) => {
      await chooseHub(configDir, request.body);
      await hubs.refresh();
      return OK;
    },
  );

  app.delete(
    '/api/hubs',
    { schema: { body: HubChoice, response: { 200: Done } } },
    async (request) => {
      if (tasks.isAtWork(request.body))
        throw new RbError('busy', 'Tasks are at work with this hub; cancel them first.');
      await forgetHub(configDir, request.body);
      await hubs.refresh();
      return OK;
    },
  );

  app.get('/api/nearby', { schema: { response: { 200: NearbyHubs } } }, async () => {
    const { findHubs } = await import('../../../client/nearby.ts');
    return { hubs: [...(await findHubs({ forMs: NEARBY_MS, signal: context.signal }))] };
  });
}

/** The hub is known, and the one in use, only once it has let us in. */
async function logIn(asked: LoginRequest, context: ClientContext): Promise<HubSession> {
  const { transport, clock, configDir, host, signal } = context;
  const localPort = asked.localPort === 0 ? undefined : asked.localPort;
  const choice = { host, localPort };
  const session = { transport, clock, configDir, signal };
  if ('code' in asked) return await acceptInvitation(asked.code.trim(), choice, session);
  const server = formatAddress(parseAddress(asked.server.trim()));
  return await openSession({ ...choice, server, name: asked.name }, session);
}
