/** A console on a real socket, with pages in a temporary folder, and raw requests to it. */

import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as requestPlain } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { request as requestTls } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { Type } from 'typebox';

import { RbError } from '../../../src/base/errors.ts';
import type { ConsoleApp } from '../../../src/console/server/console-app.ts';
import { openEvents } from '../../../src/console/server/events.ts';
import type { EventStream } from '../../../src/console/server/events.ts';
import { startConsole } from '../../../src/console/server/listen.ts';
import type { ConsoleOptions, ConsoleServer } from '../../../src/console/server/listen.ts';

export interface TestConsole {
  readonly server: ConsoleServer;
  readonly pages: string;
  readonly logged: string[];
  /** Each stream that GET /api/events opened. */
  readonly streams: EventStream[];
  /** `METHOD URL` of everything registered below /api. */
  readonly routes: { readonly method: string; readonly url: string; readonly isPublic: boolean }[];
  epoch: string;
  readonly ask: (path: string, options?: AskOptions) => Promise<Answer>;
  /** A cookie of a session. */
  readonly signIn: () => Promise<string>;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
  readonly cookie?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Starts one that ends with the test. */
export async function startTestConsole(
  t: TestContext,
  overrides: Partial<ConsoleOptions> = {},
): Promise<TestConsole> {
  const pages = makePages(t);
  const key = randomBytes(32);
  const console: Omit<TestConsole, 'server'> = {
    pages,
    logged: [],
    streams: [],
    routes: [],
    epoch: 'first',
    ask: (path, options) => ask(server, path, options),
    signIn: async () => {
      const { status, headers } = await ask(server, '/api/login', { method: 'POST' });
      if (status !== 200) throw new Error(`login answered ${status}`);
      return headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
    },
  };
  const server = await startConsole({
    host: '127.0.0.1',
    port: 0,
    page: 'hub',
    secretKey: () => Promise.resolve(key),
    sessionEpoch: () => whole.epoch,
    title: 'test',
    version: '1',
    routes: (app) => addRoutes(app, whole),
    log: (message) => void console.logged.push(message),
    pages,
    ...overrides,
  });
  const whole = Object.assign(console, { server });
  t.after(() => server.close());
  return whole;
}

function makePages(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'rbbackup-pages-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const pages = join(folder, 'web/dist');
  mkdirSync(join(pages, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), 'SECRET');
  writeFileSync(join(pages, '.hidden.txt'), 'SECRET');
  writeFileSync(join(pages, 'hub.html'), '<!doctype html><title>the hub</title>');
  writeFileSync(join(pages, 'client.html'), '<!doctype html><title>SECRET</title>');
  writeFileSync(join(pages, 'icon.svg'), '<svg/>');
  writeFileSync(join(pages, 'assets/hub-abc123.js'), 'export {};');
  return pages;
}

async function addRoutes(app: ConsoleApp, to: TestConsole): Promise<void> {
  app.addHook('onRoute', ({ method, url, config }) => {
    const isPublic = config?.public === true;
    for (const each of [method].flat()) {
      if (url.startsWith('/api')) to.routes.push({ method: each, url, isPublic });
    }
  });
  app.post('/api/login', { config: { public: true } }, (request) => {
    request.session.set('signedIn', true);
    return {};
  });
  app.delete('/api/login', (request) => {
    request.session.delete();
    return {};
  });
  app.get('/api/who', { config: { public: true } }, (request) => ({
    in: request.session.get('signedIn') === true,
  }));
  app.get('/api/events', (request, reply) => {
    to.streams.push(openEvents(reply, request));
  });
  app.get('/api/not-found', () => {
    throw new RbError('not-found', 'No such set.');
  });
  app.get('/api/fault', () => {
    throw new Error('the password is swordfish');
  });
  const body = Type.Object({ count: Type.Integer() });
  app.post('/api/echo', { schema: { body } }, ({ body: { count } }) => ({ count }));
  const querystring = Type.Object({ limit: Type.Integer({ maximum: 10 }) });
  const response = { 200: Type.Object({ limit: Type.Integer() }) };
  app.get('/api/page', { schema: { querystring, response } }, ({ query: { limit } }) => ({
    limit,
    unknown: 'not in the schema',
  }));
}

/** One request on a connection of its own; the path goes out as it is. */
export function ask(
  { url, address, port }: ConsoleServer,
  path: string,
  { method = 'GET', headers = {}, body, cookie }: AskOptions = {},
): Promise<Answer> {
  const send = url.startsWith('https:') ? requestTls : requestPlain;
  return new Promise((resolve, reject) => {
    const sent = send(
      {
        host: address,
        port,
        path,
        method,
        agent: false,
        rejectUnauthorized: false,
        headers: {
          ...(cookie === undefined ? {} : { cookie }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
      },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text: Buffer.concat(parts).toString(),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
