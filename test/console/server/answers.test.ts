import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';

import { RbError } from '../../../src/base/errors.ts';
import { startTestConsole } from './console-fixture.ts';

const POLICY =
  "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';" +
  "font-src 'self';frame-ancestors 'none';base-uri 'none';form-action 'self'";

test('every path that is no file is the page, with the strict policy and without a cache', async (t) => {
  const { ask } = await startTestConsole(t);
  for (const path of ['/', '/runs', '/sets/a/b%2Fc', '/client.html', '/hub.html', '/%2e%2e/x']) {
    const { status, headers, text } = await ask(path);
    assert.equal(status, 200, path);
    assert.match(text, /the hub/, path);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(headers['content-security-policy'], POLICY);
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['x-frame-options'], 'DENY');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    assert.equal(headers['strict-transport-security'], undefined);
  }
});

test('assets are kept for ever, other files are asked for again', async (t) => {
  const { ask } = await startTestConsole(t);
  const script = await ask('/assets/hub-abc123.js');
  assert.equal(script.status, 200);
  assert.match(script.headers['content-type'] ?? '', /javascript/);
  assert.equal(script.headers['cache-control'], 'public, max-age=31536000, immutable');
  const icon = await ask('/icon.svg');
  assert.equal(icon.headers['content-type'], 'image/svg+xml');
  assert.equal(icon.headers['cache-control'], 'no-cache');
  assert.equal((await ask('/assets/missing.js')).status, 404);
  assert.equal((await ask('/assets/')).status, 404);
});

test('no path leads out of the pages, or to what is hidden among them', async (t) => {
  const { ask } = await startTestConsole(t);
  const ups = ['..', '%2e%2e', '.%2e', '%2e.', '%252e%252e', '..%00', '%c0%ae%c0%ae', '....'];
  const slashes = ['/', '%2f', '%2F', '\\', '%5c', '//', '%252f'];
  for (const up of ups) {
    for (const slash of slashes) {
      for (const prefix of ['/', '/assets/', '/assets', '/assets/assets/']) {
        const path = `${prefix}${up}${slash}${up}${slash}package.json`;
        const { status, text } = await ask(path);
        assert.doesNotMatch(text, /SECRET/, path);
        assert.ok(status === 404 || status === 400 || /the hub/.test(text), `${path}: ${status}`);
      }
    }
  }
  for (const path of ['/.hidden.txt', '/assets/../.hidden.txt', '/%2ehidden.txt', '/client.html']) {
    assert.doesNotMatch((await ask(path)).text, /SECRET/, path);
  }
});

test('without built pages the answer says what to run', async (t) => {
  const pages = '/nonexistent/rbbackup-pages';
  assert.ok(!existsSync(pages));
  const { ask } = await startTestConsole(t, { pages });
  const { status, headers, text } = await ask('/');
  assert.equal(status, 503);
  assert.match(text, /build-web\.sh/);
  assert.equal(headers['content-security-policy'], POLICY);
});

test('errors become failures with a status, and faults tell nothing but to the log', async (t) => {
  const { ask, signIn, logged } = await startTestConsole(t);
  const cookie = await signIn();
  const missing = await ask('/api/not-found', { cookie });
  assert.equal(missing.status, 404);
  assert.deepEqual(JSON.parse(missing.text), { code: 'not-found', message: 'No such set.' });
  assert.equal(missing.headers['cache-control'], 'no-store');
  assert.equal(missing.headers['content-security-policy'], POLICY);
  assert.deepEqual(logged, []);
  const fault = await ask('/api/fault?secret=1', { cookie });
  assert.equal(fault.status, 500);
  assert.match(fault.text, /"code":"internal"/);
  assert.doesNotMatch(fault.text, /swordfish/);
  assert.equal(logged.length, 1);
  assert.match(logged[0] ?? '', /^GET \/api\/fault failed: Error: the password is swordfish/);
  assert.doesNotMatch(logged[0] ?? '', /\n|secret=1/);
});

test('what a schema forbids is refused, and what it lacks is not told', async (t) => {
  const { ask, signIn } = await startTestConsole(t);
  const cookie = await signIn();
  const post = (body: string) => ask('/api/echo', { method: 'POST', cookie, body });
  assert.equal((await post('{"count":5}')).text, '{"count":5}');
  for (const body of ['{"count":"5"}', '{"count":1.5}', '{}', '[]', 'null', '{"count"', '']) {
    const { status, text } = await post(body);
    assert.equal(status, 400, body);
    assert.match(text, /"code":"usage"/, body);
  }
  const polluted = await post('{"count":5,"__proto__":{"a":1}}');
  assert.equal(polluted.status, 400);
  assert.equal((await ask('/api/page?limit=3', { cookie })).text, '{"limit":3}');
  for (const query of ['', '?limit=x', '?limit=11', '?limit=3&limit=4', '?limit=%zz']) {
    assert.equal((await ask(`/api/page${query}`, { cookie })).status, 400, query);
  }
});

test('a body beyond 1 MiB is refused, announced or not', async (t) => {
  const { ask, signIn } = await startTestConsole(t);
  const cookie = await signIn();
  const count = ' '.repeat(1024 * 1024);
  const body = `{"count":5${count}}`;
  for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
    const { status, text } = await ask('/api/echo', { method: 'POST', cookie, body, headers });
    assert.equal(status, 413);
    assert.match(text, /"code":"too-large"/);
  }
});

test('the description of the routes has the schemas', async (t) => {
  const { ask, signIn } = await startTestConsole(t);
  const { status, text } = await ask('/api/openapi.json', { cookie: await signIn() });
  assert.equal(status, 200);
  const { openapi, paths } = JSON.parse(text) as { openapi: string; paths: object };
  assert.equal(openapi, '3.1.0');
  assert.deepEqual(
    Object.keys(paths).filter((path) => path === '/api/echo' || !path.startsWith('/api')),
    ['/api/echo'],
  );
});

test('routes that throw are told, and tried again at the next request', async (t) => {
  let calls = 0;
  const { ask, logged } = await startTestConsole(t, {
    routes: (app) => {
      calls += 1;
      if (calls === 1) throw new RbError('disk-full', 'There is no space for the routes.');
      if (calls === 2) throw new Error('swordfish');
      app.get('/api/works', { config: { public: true } }, () => ({ works: true }));
      return Promise.resolve();
    },
  });
  const first = await ask('/api/works');
  assert.equal(first.status, 507);
  assert.deepEqual(JSON.parse(first.text), {
    code: 'disk-full',
    message: 'There is no space for the routes.',
  });
  const second = await ask('/');
  assert.equal(second.status, 500);
  assert.doesNotMatch(second.text, /swordfish/);
  assert.match(logged[1] ?? '', /swordfish/);
  const both = await Promise.all([ask('/api/works'), ask('/api/works')]);
  assert.deepEqual(
    both.map(({ text }) => text),
    ['{"works":true}', '{"works":true}'],
  );
  assert.equal(calls, 3);
});
