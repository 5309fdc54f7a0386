import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { request } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { setPasswordHash } from '../../src/console/hub/hub-settings.ts';
import { hashPassword } from '../../src/console/server/passwords.ts';
import { openConsole } from '../console/client/open-console.ts';
import { startConsoleLab } from '../console/hub/console-lab.ts';
import { CALLERS, CLIENT_ROUTES, HUB_ROUTES } from './api-table.ts';
import type { ApiRow, Caller } from './api-table.ts';

const DAY_MS = 86_400_000;

/** A console that runs. */
type Asked = {
  readonly url: string;
  /** A new session's. */
  readonly signIn: () => Promise<string>;
  /** Makes all sessions before it end. */
  readonly endSessions: () => Promise<void>;
};

/** Notes every route that any Fastify of this process registers, hidden ones too. */
function noteRoutes(t: TestContext): Set<string> {
  const routes = new Set<string>();
  type Route = { readonly method: string | string[]; readonly url: string };
  type App = { addHook(name: 'onRoute', hook: (route: Route) => void): void };
  const note = (message: unknown): void => {
    (message as { fastify: App }).fastify.addHook('onRoute', ({ method, url }) => {
      const methods = [method].flat();
      const isAny = methods.length > 5;
      for (const each of isAny ? ['*'] : methods) routes.add(`${each} ${url}`);
    });
  };
  subscribe('fastify.initialization', note);
  t.after(() => unsubscribe('fastify.initialization', note));
  return routes;
}

/** Only the status: what goes on without end is hung up on. */
function statusOf(
  { url }: Asked,
  { route, asked, body }: ApiRow,
  headers: OutgoingHttpHeaders,
): Promise<number> {
  const [method = '', path = ''] = route.split(' ');
  const text = body === undefined ? '' : JSON.stringify(body);
  const about = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(asked ?? path, url),
      {
        method: method === '*' ? 'GET' : method,
        agent: false,
        headers: { ...headers, ...(body === undefined ? {} : about) },
      },
      (answer) => {
        resolve(answer.statusCode ?? 0);
        answer.destroy();
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}

async function checkRows(asked: Asked, rows: readonly ApiRow[]): Promise<void> {
  const old = await asked.signIn();
  await asked.endSessions();
  const cookie = await asked.signIn();
  const headers: Readonly<Record<Caller, OutgoingHttpHeaders>> = {
    'no session': {},
    'ended session': { cookie: old },
    'other site': { cookie, 'sec-fetch-site': 'cross-site' },
    'other origin': { cookie, origin: 'https://evil.example' },
    'other host': { cookie, host: 'evil.example' },
    'signed in': { cookie },
  };
  const found: string[] = [];
  for (const row of rows) {
    // Whoever may do it does it last.
    for (const [column, caller] of [...CALLERS.entries()].toReversed()) {
      const status = await statusOf(asked, row, headers[caller]);
      if (status === row.answers[column]) continue;
      found.push(`${row.route}, ${caller}: ${status}, not ${row.answers[column]}`);
    }
  }
  assert.deepEqual(found, []);
}

function checkTotal(routes: ReadonlySet<string>, rows: readonly ApiRow[]): void {
  assert.deepEqual([...routes].toSorted(), rows.map(({ route }) => route).toSorted());
}

test("every route of the hub's console is reached by those whom the table lets, and by no one else", async (t) => {
  const routes = noteRoutes(t);
  const { server, lab, signedIn } = await startConsoleLab(t);
  let password = 'correct horse battery';
  const first = await signedIn();
  const signIn = async (): Promise<string> => {
    await first.post('/api/session', { password });
    return first.cookie ?? '';
  };
  const endSessions = async (): Promise<void> => {
    password = 'another password';
    setPasswordHash(lab.catalog, await hashPassword(password));
  };
  await checkRows({ url: server.url, signIn, endSessions }, HUB_ROUTES);
  checkTotal(routes, HUB_ROUTES);
});

test("every route of a client's console is reached by those whom the table lets, and by no one else", async (t) => {
  const routes = noteRoutes(t);
  const { console, page } = await openConsole(t);
  const signIn = async (): Promise<string> => {
    const answer = await fetch(console.keyUrl(), { redirect: 'manual' });
    return answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
  };
  const endSessions = (): Promise<void> => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 8 * DAY_MS });
    return Promise.resolve();
  };
  await checkRows({ url: page.url, signIn, endSessions }, CLIENT_ROUTES);
  checkTotal(routes, CLIENT_ROUTES);
});
