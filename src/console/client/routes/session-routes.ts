import { Type } from 'typebox';

import { RbError } from '../../../base/errors.ts';
import { ClientSession, ClientState } from '../../api/client-api.ts';
import { openEvents } from '../../server/events.ts';
import type { ConsoleApp } from '../../server/console-app.ts';
import { isSignedIn } from '../../server/sessions.ts';
import { stateFeed } from '../../server/state-feed.ts';
import { clientState } from '../client-context.ts';
import type { ClientContext } from '../client-context.ts';
import { removeOpenPage } from '../open-page.ts';
import { KEY_PATH } from '../running.ts';

const OpenQuery = Type.Object({ key: Type.Optional(Type.String({ maxLength: 200 })) });
const OpenKey = Type.Object({ url: Type.String() });

/** How a browser gets in, and what it sees from then on. */
export function sessionRoutes(app: ConsoleApp, context: ClientContext): void {
  const feed = stateFeed(
    () => clientState(context),
    (callback) => context.changes.listen(callback),
    context.clock,
  );

  app.get(
    '/open',
    { config: { public: true }, schema: { hide: true, querystring: OpenQuery } },
    async (request, reply) => {
      const { key } = request.query;
      if (key !== undefined && context.keys.take(key)) {
        request.session.set('signedIn', true);
        await removeOpenPage(context.configDir);
      }
      // With a wrong key as well: the page says what to do.
      return reply.redirect('/', 303);
    },
  );

  app.post(
    KEY_PATH,
    { config: { public: true }, schema: { hide: true, response: { 200: OpenKey } } },
    (request) => {
      if (!context.running.isOurs(request.headers.authorization))
        throw new RbError('not-signed-in', 'Run `rbbackup gui` to open this console.');
      return { url: keyUrl(context) };
    },
  );

  app.get(
    '/api/session',
    { config: { public: true }, schema: { response: { 200: ClientSession } } },
    (request) => ({
      state: isSignedIn(request) ? ('ready' as const) : ('closed' as const),
    }),
  );

  app.get('/api/state', { schema: { response: { 200: ClientState } } }, async () => {
    await context.hubs.refresh();
    return clientState(context);
  });

  app.get('/api/events', (request, reply) => {
    feed.attach(openEvents(reply, request));
  });
}

/** Where a browser gets in, once and soon. */
export function keyUrl({ url, keys }: Pick<ClientContext, 'url' | 'keys'>): string {
  return `${url()}open?key=${keys.make()}`;
}
