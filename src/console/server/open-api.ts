/** The description of a console's routes, made of their schemas: GET /api/openapi.json. */

import swagger from '@fastify/swagger';

import type { ConsoleApp } from './console-app.ts';

/** To be called before the routes are registered. The description needs a session, like the routes. */
export async function registerOpenApi(
  app: ConsoleApp,
  { title, version }: { readonly title: string; readonly version: string },
): Promise<void> {
  await app.register(swagger, {
    // 3.1 is the first whose schemas are JSON Schema, as TypeBox makes them.
    openapi: { openapi: '3.1.0', info: { title, version } },
  });
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
