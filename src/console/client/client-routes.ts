import type { ConsoleApp } from '../server/console-app.ts';
import type { ClientContext } from './client-context.ts';
import { diskRoutes } from './routes/disk-routes.ts';
import { hubRoutes } from './routes/hub-routes.ts';
import { sessionRoutes } from './routes/session-routes.ts';
import { snapshotRoutes } from './snapshots.ts';
import { taskRoutes } from './routes/task-routes.ts';

/** All routes of the client's console. Loaded when somebody looks. */
export async function clientRoutes(app: ConsoleApp, context: ClientContext): Promise<void> {
  sessionRoutes(app, context);
  hubRoutes(app, context);
  diskRoutes(app, context);
  taskRoutes(app, context);
  const { session, work, clock } = context;
  await snapshotRoutes(app, { session: async () => await session.get(), pool: work.pool, clock });
}
