import { Type } from 'typebox';

import { fromHex } from '../../base/bytes.ts';
import { RbError } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';
import { Done, SnapshotLine } from '../api/common.ts';
import {
  Clients,
  CopyMatrix,
  HeldSnapshots,
  HubSnapshots,
  HubState,
  ListenRequest,
  Log,
  SnapshotsQuery,
  VaultReport,
} from '../api/hub-api.ts';
import type { ConsoleApp } from '../server/console-app.ts';
import { openEvents } from '../server/events.ts';
import { stateFeed } from '../server/state-feed.ts';
import { careRoutes } from './care-routes.ts';
import type { ConsoleContext } from './console-context.ts';
import { HistoryView } from './history-view.ts';
import { LiveState } from './live-state.ts';
import { OwnCheck } from './own-check.ts';
import { invitationRoutes, userRoutes } from './people-routes.ts';
import { sessionRoutes } from './session-routes.ts';

const DONE = { ok: true } as const;
const ById = Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{64}$' }) });
/** For answers with thousands of rows, which by a schema take twenty times as long. They have no more fields than it. */
const LONG = { serializerCompiler: () => (answer: unknown) => JSON.stringify(answer) };
/** A page of the list of snapshots. */
const MOST_SNAPSHOTS = 100;

/** All routes of the hub's console. Loaded when somebody looks for the first time. */
export async function hubRoutes(app: ConsoleApp, context: ConsoleContext): Promise<void> {
  const history = new HistoryView(context);
  const check = new OwnCheck(context);
  const state = new LiveState(context, history, check);
  app.addHook('onClose', async () => {
    state.close();
    await check.close();
  });
  await context.space.ask();
  sessionRoutes(app, context);
  stateRoutes(app, context, state);
  listeningRoutes(app, context);
  historyRoutes(app, context, history, state);
  careRoutes(app, context, check);
  invitationRoutes(app, context);
  userRoutes(app, context);
}

function stateRoutes(app: ConsoleApp, context: ConsoleContext, state: LiveState): void {
  const feed = stateFeed(
    () => state.read(),
    (changed) => state.onChange(changed),
    context.clock,
  );
  app.get('/api/state', { schema: { response: { 200: HubState } } }, () => state.read());
  app.get('/api/events', (request, reply) => feed.attach(openEvents(reply, request)));
  app.get('/api/clients', { schema: { response: { 200: Clients } }, ...LONG }, () =>
    state.clients(),
  );
  app.get('/api/log', { schema: { response: { 200: Log } } }, () => ({
    lines: context.events.lines(),
  }));
}

function listeningRoutes(app: ConsoleApp, { listening, log }: ConsoleContext): void {
  app.put(
    '/api/listening',
    { schema: { body: ListenRequest, response: { 200: Done } } },
    async ({ body, ip }) => {
      await listening.start(body);
      const { host, port } = listening.chosen;
      const message = `The hub listens at ${escapeName(host)}, port ${port} now.`;
      log({ level: 'info', event: 'listening-moved', message, address: ip });
      return DONE;
    },
  );
  app.delete('/api/listening', { schema: { response: { 200: Done } } }, async ({ ip }) => {
    await listening.stop();
    const message = 'The hub was told at the console to listen no more.';
    log({ level: 'warn', event: 'listening-stopped', message, address: ip });
    return DONE;
  });
}

function historyRoutes(
  app: ConsoleApp,
  { catalog, hub, log }: ConsoleContext,
  history: HistoryView,
  state: LiveState,
): void {
  app.get('/api/copies', { schema: { response: { 200: CopyMatrix } }, ...LONG }, () =>
    state.matrix(),
  );
  app.get('/api/vault', { schema: { response: { 200: VaultReport } } }, () => history.vault());
  app.get(
    '/api/snapshots',
    { schema: { querystring: SnapshotsQuery, response: { 200: HubSnapshots } } },
    ({ query }) => {
      const { rows, next } = catalog.snapshots(query, MOST_SNAPSHOTS);
      return { snapshots: rows.map((row) => history.line(row)), more: next !== null };
    },
  );
  app.get(
    '/api/snapshots/:id',
    { schema: { params: ById, response: { 200: SnapshotLine } } },
    ({ params }) => {
      const row = catalog.snapshot(fromHex(params.id));
      if (row !== undefined) return history.line(row);
      throw new RbError('not-found', 'There is no such snapshot any more.');
    },
  );
  app.get('/api/held', { schema: { response: { 200: HeldSnapshots } } }, () => {
    const rows = state.held().slice(0, MOST_SNAPSHOTS);
    return { snapshots: rows.map((row) => history.line(row)) };
  });
  app.post(
    '/api/snapshots/:id/release',
    { schema: { params: ById, response: { 200: Done } } },
    ({ params, ip }) => {
      hub.release(fromHex(params.id));
      const message = `Snapshot ${params.id.slice(0, 12)} was released at the console.`;
      log({ level: 'info', event: 'released-at-console', message, address: ip });
      return DONE;
    },
  );
}
