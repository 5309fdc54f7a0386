import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';

import { startTestConsole } from './console-fixture.ts';

test('every route below /api that is not public refuses without a session', async (t) => {
  const { ask, routes } = await startTestConsole(t);
  await ask('/');
  const protectedOnes = routes.filter(({ isPublic }) => !isPublic);
  assert.ok(protectedOnes.length > 6, 'the routes of the test are among them');
  const beside = [
    { method: 'GET', url: '/api' },
    { method: 'GET', url: '/api/openapi.json' },
    { method: 'GET', url: '/api/unknown' },
    { method: 'POST', url: '/api/unknown/deeper' },
    { method: 'PUT', url: '/api/echo' },
    { method: 'HEAD', url: '/api/events' },
    { method: 'GET', url: '/%61pi/events' },
  ];
  for (const { method, url } of [...protectedOnes, ...beside]) {
    const { status, text, headers } = await ask(url, { method });
    assert.equal(status, 401, `${method} ${url}`);
    assert.equal(headers['set-cookie'], undefined);
    if (method !== 'HEAD') {
      const { code } = JSON.parse(text) as { code: string };
      assert.equal(code, 'not-signed-in', `${method} ${url}`);
    }
  }
});

test('a session opens what is protected, until it is deleted', async (t) => {
  const { ask, signIn } = await startTestConsole(t);
  assert.equal((await ask('/api/who')).text, '{"in":false}');
  const cookie = await signIn();
  assert.equal((await ask('/api/who', { cookie })).text, '{"in":true}');
  assert.equal((await ask('/api/page?limit=3', { cookie })).status, 200);
  assert.equal((await ask('/api/unknown', { cookie })).status, 404);
  const { headers } = await ask('/api/login', { method: 'DELETE', cookie });
  assert.match(headers['set-cookie']?.[0] ?? '', /=; Max-Age=0; Path=\//);
});

test('the cookie is for this console alone, out of the reach of scripts and other sites', async (t) => {
  const { server, ask } = await startTestConsole(t);
  const { headers } = await ask('/api/login', { method: 'POST' });
  const [cookie = '', ...attributes] = headers['set-cookie']?.[0]?.split('; ') ?? [];
  assert.match(cookie, new RegExp(`^rbbackup-${server.port}=`));
  assert.deepEqual(attributes.toSorted(), [
    'HttpOnly',
    'Max-Age=604800',
    'Path=/',
    'SameSite=Strict',
  ]);
});

test('sessions end when the epoch changes', async (t) => {
  const one = await startTestConsole(t);
  const before = await one.signIn();
  one.epoch = 'second';
  assert.equal((await one.ask('/api/page?limit=3', { cookie: before })).status, 401);
  assert.equal((await one.ask('/api/who', { cookie: before })).text, '{"in":false}');
  const after = await one.signIn();
  assert.equal((await one.ask('/api/page?limit=3', { cookie: after })).status, 200);
});

test('a cookie that was tampered with, or made with another key, is no session', async (t) => {
  const one = await startTestConsole(t);
  const other = await startTestConsole(t);
  const [, foreign = ''] = (await other.signIn()).split('=');
  const [name = '', own = ''] = (await one.signIn()).split('=');
  const tampered = `${own.startsWith('A') ? 'B' : 'A'}${own.slice(1)}`;
  const noise = encodeURIComponent(`${randomBytes(64).toString('base64')};${'A'.repeat(32)}`);
  for (const value of [foreign, tampered, noise, '', ';', '%zz', own.slice(0, 20)]) {
    const { status } = await one.ask('/api/page?limit=3', { cookie: `${name}=${value}` });
    assert.equal(status, 401, value);
  }
});
