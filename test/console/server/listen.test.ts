import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { hostname } from 'node:os';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { createHttpServer, HTTP_LIMITS } from '../../../src/console/server/http-server.ts';
import { startConsole } from '../../../src/console/server/listen.ts';
import type { ConsoleOptions, ConsoleServer } from '../../../src/console/server/listen.ts';
import { ask } from './console-fixture.ts';
import { makeCertificate } from './certificate.ts';

const CLOSE_MS = 1000;

test('a console that nobody looks at has loaded neither Fastify nor its key nor the routes', async (t) => {
  const calls: string[] = [];
  const server = await start(t, {
    secretKey: () => {
      calls.push('key');
      return Promise.resolve(Buffer.alloc(32, 7));
    },
    routes: () => {
      calls.push('routes');
      return Promise.resolve();
    },
  });
  const loaded = (): readonly string[] =>
    Object.keys(createRequire(import.meta.url).cache).filter((path) =>
      /node_modules\/(?:@?fastify|sodium-native|typebox)\//.test(path),
    );
  const refused = await ask(server, '/', { headers: { host: 'evil.example' } });
  assert.equal(refused.status, 403);
  assert.deepEqual(loaded(), []);
  assert.deepEqual(calls, []);
  await ask(server, '/');
  assert.ok(loaded().length > 10);
  assert.deepEqual(calls, ['key', 'routes']);
});

test('the address that is told is the one that answers', async (t) => {
  const server = await start(t);
  assert.equal(server.address, '127.0.0.1');
  assert.equal(server.url, `http://127.0.0.1:${server.port}/`);
  assert.equal((await fetch(server.url)).status, 503);
});

test('a port that is taken, an address that is not here, and plain HTTP beyond loopback are refused', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  await assert.rejects(start(t, { port }), { code: 'port-taken', retry: true });
  await assert.rejects(start(t, { host: '0.0.0.0' }), { code: 'usage' });
  await assert.rejects(start(t, { host: '192.0.2.1' }), { code: 'usage' });
  const tls = await makeCertificate('rbbackup.test');
  await assert.rejects(start(t, { host: '192.0.2.1', tls }), { code: 'usage' });
  await assert.rejects(start(t, { tls: { cert: 'none', key: 'none' } }), { code: 'damaged-state' });
});

test('by TLS it answers to addresses, to its names and those of its certificate', async (t) => {
  const tls = await makeCertificate('backup.example.org');
  const server = await start(t, {
    tls,
    routes: (app) => {
      app.post('/api/login', { config: { public: true } }, (request) => {
        request.session.set('signedIn', true);
        return {};
      });
      return Promise.resolve();
    },
  });
  assert.match(server.url, /^https:/);
  const hosts = ['127.0.0.1', '192.0.2.7:1', '[2001:db8::1]', hostname(), 'backup.example.org'];
  for (const host of hosts) {
    assert.equal((await ask(server, '/', { headers: { host } })).status, 503, host);
  }
  const { status } = await ask(server, '/', { headers: { host: 'evil.example.org' } });
  assert.equal(status, 403);
  const { headers } = await ask(server, '/api/login', { method: 'POST' });
  const cookie = headers['set-cookie']?.[0] ?? '';
  assert.ok(cookie.startsWith(`__Host-rbbackup-${server.port}=`));
  assert.deepEqual(cookie.split('; ').slice(1).toSorted(), [
    'HttpOnly',
    'Max-Age=604800',
    'Path=/',
    'SameSite=Strict',
    'Secure',
  ]);
});

test('who takes too long for a request is hung up on', async (t) => {
  const limits = { ...HTTP_LIMITS, headersMs: 100, requestMs: 200, checkMs: 20 };
  const server = createHttpServer(undefined, () => undefined, limits);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const begun = [
    'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ',
    'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{',
  ];
  for (const part of begun) {
    const socket = connect(port, '127.0.0.1');
    socket.write(part);
    assert.match(await text(socket), /^HTTP\/1\.1 408 /);
  }
  assert.ok(HTTP_LIMITS.headersMs <= 10_000 && HTTP_LIMITS.requestMs <= 30_000);
});

test('closing takes less than a second, whatever is open, and may be asked for twice', async (t) => {
  const tls = await makeCertificate('rbbackup.test');
  const plain = await start(t, {
    routes: (app) => {
      app.get('/api/never', { config: { public: true } }, () => new Promise(() => undefined));
      return Promise.resolve();
    },
  });
  const secure = await start(t, { tls });
  await ask(plain, '/');
  const open = [
    connected(t, plain, ''),
    connected(t, plain, 'GET / HTTP/1.1\r\nHost: loc'),
    connected(t, plain, 'POST /api HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{'),
    connected(t, plain, 'GET /api/never HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    connected(t, secure, ''),
    connected(t, secure, '\x16\x03\x01\x02'),
  ];
  await Promise.all(open.map((socket) => once(socket, 'connect')));
  const closed = open.map(
    (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
  );
  const startMs = performance.now();
  await Promise.all([plain.close(), secure.close(), plain.close()]);
  await Promise.all(closed);
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs < CLOSE_MS, `${tookMs} ms`);
  const request = get(plain.url);
  const [error] = (await once(request, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNREFUSED');
});

test('one that is closed while it loads ends as well', async (t) => {
  let go = (): void => undefined;
  const wait = new Promise<void>((resolve) => (go = resolve));
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  let closed = false;
  const server = await start(t, {
    routes: async (app) => {
      begin();
      app.addHook('onClose', () => {
        closed = true;
        return Promise.resolve();
      });
      await wait;
    },
  });
  const answer = ask(server, '/').catch(() => null);
  await begun;
  const closing = server.close();
  go();
  await closing;
  await answer;
  assert.ok(closed);
});

async function start(
  t: TestContext,
  overrides: Partial<ConsoleOptions> = {},
): Promise<ConsoleServer> {
  const server = await startConsole({
    host: '127.0.0.1',
    port: 0,
    page: 'hub',
    secretKey: () => Promise.resolve(Buffer.alloc(32, 7)),
    sessionEpoch: () => '',
    title: 'test',
    version: '1',
    routes: () => Promise.resolve(),
    log: () => undefined,
    pages: '/nonexistent/rbbackup-pages',
    ...overrides,
  });
  t.after(() => server.close());
  return server;
}

function connected(t: TestContext, { address, port }: ConsoleServer, first: string): Socket {
  const socket = connect(port, address);
  socket.on('error', () => undefined);
  socket.write(first, 'latin1');
  t.after(() => socket.destroy());
  return socket;
}
