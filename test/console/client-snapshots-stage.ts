/** The routes about snapshots on a real socket, before a real hub in this process. */

import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { TestContext } from 'node:test';

import { systemClock } from '../../src/base/clock.ts';
import { openSession } from '../../src/client/session.ts';
import type { HubSession } from '../../src/client/session.ts';
import { snapshotRoutes } from '../../src/console/client/snapshots.ts';
import { startConsole } from '../../src/console/server/listen.ts';
import { tlsTransport } from '../../src/transport/tls.ts';
import { startLab } from '../hub/lab.ts';
import type { Lab } from '../hub/lab.ts';
import { tempFolder } from '../vault/temp-folder.ts';

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Whether the connection ended before the answer did. */
  readonly isCut: boolean;
};

export type SnapshotsStage = {
  readonly lab: Lab;
  readonly get: (path: string, cookie?: string) => Promise<Answer>;
  readonly json: (path: string) => Promise<Record<string, unknown>>;
  readonly events: (path: string) => Promise<{ event: string; data: Record<string, unknown> }[]>;
  /** Begins to read an answer, and goes away after its first bytes. @returns its status */
  readonly leaveAmid: (path: string) => Promise<number>;
  /** Ends the connection to the hub. */
  readonly hangUp: () => void;
};

export async function snapshotsStage(t: TestContext): Promise<SnapshotsStage> {
  const lab = await startLab(t);
  const configDir = tempFolder();
  let shared: Promise<HubSession> | null = null;
  let current: HubSession | null = null;
  const session = async (): Promise<HubSession> => {
    shared ??= openSession(
      { server: `127.0.0.1:${lab.hub.port}`, name: 'ana', host: 'machine' },
      { transport: tlsTransport, clock: systemClock, configDir },
    ).then((opened) => {
      current = opened;
      void opened.connection.closed.then(() => (shared = null));
      return opened;
    });
    return await shared;
  };
  const key = randomBytes(32);
  const server = await startConsole({
    host: '127.0.0.1',
    port: 0,
    page: 'client',
    secretKey: () => Promise.resolve(key),
    sessionEpoch: () => 'one',
    title: 'test',
    version: '1',
    pages: tempFolder(),
    log: () => undefined,
    routes: async (app) => {
      app.post('/api/login', { config: { public: true } }, (signedIn) => {
        signedIn.session.set('signedIn', true);
        return {};
      });
      await snapshotRoutes(app, { session, pool: lab.pool, clock: systemClock });
    },
  });
  t.after(async () => {
    await server.close();
    current?.connection.close();
  });
  const send = (method: string, path: string, cookie: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { address: host, port } = server;
      const sent = request({ host, port, path, method, agent: false, headers: { cookie } });
      sent.on('error', reject);
      sent.on('response', (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', () => undefined);
        answer.on('close', () => {
          const { statusCode: status = 0, headers, complete } = answer;
          resolve({ status, headers, body: Buffer.concat(parts), isCut: !complete });
        });
      });
      sent.end();
    });
  const leaveAmid = (path: string, cookie: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const { address: host, port } = server;
      const sent = request({ host, port, path, agent: false, headers: { cookie } });
      sent.on('error', reject);
      sent.on('response', (answer) => {
        answer.on('error', () => undefined);
        answer.on('close', () => resolve(answer.statusCode ?? 0));
        answer.once('data', () => answer.destroy());
      });
      sent.end();
    });
  const login = await send('POST', '/api/login', '');
  const mine = login.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
  const get = async (path: string, cookie = mine): Promise<Answer> =>
    await send('GET', path, cookie);
  return {
    lab,
    get,
    json: async (path) => JSON.parse((await get(path)).body.toString()) as Record<string, unknown>,
    events: async (path) => {
      const text = (await get(path)).body.toString();
      const found = text.matchAll(/^event: (\w+)\ndata: (.*)$/gm);
      return Array.from(found, ([, event = '', data = '']) => {
        return { event, data: JSON.parse(data) as Record<string, unknown> };
      });
    },
    leaveAmid: async (path) => await leaveAmid(path, mine),
    hangUp: () => current?.connection.close(),
  };
}
