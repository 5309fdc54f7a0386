import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { RbError } from '../../../src/base/errors.ts';
import type { Failure } from '../../../src/console/api/common.ts';
import type { ClientState, KnownHub } from '../../../src/console/api/client-api.ts';
import { OpenKeys } from '../../../src/console/client/open-keys.ts';
import { askRunning } from '../../../src/console/client/running.ts';
import { startClientConsole } from '../../../src/console/client/client-console.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { tlsTransport } from '../../../src/transport/tls.ts';
import { startLab } from '../../hub/lab.ts';
import { ManualClock } from '../../manual-clock.ts';
import { tempFolder } from '../../vault/temp-folder.ts';
import { Page, openConsole, receiveInto } from './open-console.ts';

test('a key opens the console once, and a browser without one is told that it is closed', async (t) => {
  const { console, page } = await openConsole(t);
  assert.deepEqual(await page.get('/api/session'), { state: 'ready' });
  const keyUrl = console.keyUrl();
  const second = await Page.open(keyUrl);
  assert.deepEqual(await second.get('/api/session'), { state: 'ready' });
  for (const url of [keyUrl, `${page.url}open?key=guessed`, `${page.url}open`]) {
    const late = await Page.open(url);
    assert.deepEqual(await late.get('/api/session'), { state: 'closed' });
    assert.equal((await late.ask('GET', '/api/state')).status, 401);
  }
});

test('no route but those that let a browser in answers without a session', async (t) => {
  const { page } = await openConsole(t);
  const stranger = await Page.open(`${page.url}open`);
  const id = '0'.repeat(16);
  const routes = [
    ['GET', '/api/state'],
    ['GET', '/api/events'],
    ['POST', '/api/login', { server: 'a', name: 'b' }],
    ['POST', '/api/hubs/current', { fingerprint: 'a'.repeat(64), name: 'b' }],
    ['DELETE', '/api/hubs', { fingerprint: 'a'.repeat(64), name: 'b' }],
    ['GET', '/api/nearby'],
    ['GET', '/api/disk'],
    ['POST', '/api/disk/folder', { parent: { path: '/tmp' }, name: 'x' }],
    ['POST', '/api/tasks', receiveInto('/tmp/x')],
    ['POST', `/api/tasks/${id}/cancel`],
    ['POST', `/api/tasks/${id}/again`],
    ['DELETE', `/api/tasks/${id}`],
    ['GET', `/api/tasks/${id}/files`],
    ['GET', '/api/sets'],
    ['POST', '/api/open-key'],
  ] as const;
  for (const [method, path, body] of routes) {
    const { status, body: failure } = await stranger.ask<Failure>(method, path, body);
    assert.equal(status, 401, `${method} ${path}`);
    assert.equal(failure.code, 'not-signed-in');
  }
});

test('keys are good for ten minutes, and of many only the last sixteen', () => {
  const clock = new ManualClock();
  const keys = new OpenKeys(clock);
  const first = keys.make();
  clock.advance(10 * 60 * 1000 - 1);
  const second = keys.make();
  assert.equal(keys.take(first), true);
  const third = keys.make();
  clock.advance(10 * 60 * 1000);
  assert.equal(keys.take(second), false);
  assert.equal(keys.take(third), false);
  const many = Array.from({ length: 17 }, () => keys.make());
  assert.equal(keys.take(many[0] ?? ''), false);
  assert.equal(keys.take(many[1] ?? ''), true);
  assert.equal(keys.take(''), false);
});

test('a second console of a configuration is not started, but gets a key of the first', async (t) => {
  const { console, configDir } = await openConsole(t);
  const more = {
    configDir,
    transport: tlsTransport,
    clock: systemClock,
    random: () => 0,
    host: 'here',
    listen: null,
    limitBytesPerSec: undefined,
    localPort: undefined,
    log: () => undefined,
  };
  assert.equal(await startClientConsole(more), null);
  const page = await Page.open(await askRunning(configDir));
  assert.deepEqual(await page.get('/api/session'), { state: 'ready' });
  for (const name of ['gui-running.json', 'gui-key', 'gui.json'])
    assert.equal(
      statSync(join(configDir, name), { throwIfNoEntry: false })?.mode ?? 0o100600,
      0o100600,
    );
  await console.close();
  await assert.rejects(askRunning(configDir), (error) => {
    assert(error instanceof RbError);
    return error.code === 'busy';
  });
});

test('a login that fails says why and changes nothing; one that succeeds is in use', async (t) => {
  const { page, configDir } = await openConsole(t);
  const closed = await startLab(t, { open: false });
  const gone = await startLab(t);
  const port = gone.hub.port;
  await gone.hub.close();
  const failures = [
    [{ server: `127.0.0.1:${port}`, name: 'ana' }, 502, 'connection-lost'],
    [{ server: `127.0.0.1:${closed.hub.port}`, name: 'ana' }, 403, 'not-trusted'],
    [{ server: 'not an address', name: 'ana' }, 400, 'usage'],
    [{ server: '127.0.0.1', name: 'a:b' }, 403, 'name-refused'],
    [{ code: 'rbb1-nonsense' }, 400, 'usage'],
    [{ name: 'ana' }, 400, 'usage'],
  ] as const;
  for (const [login, status, code] of failures) {
    const answer = await page.ask<Failure>('POST', '/api/login', login);
    assert.equal(answer.body.code, code, JSON.stringify(answer.body));
    assert.equal(answer.status, status);
    assert.match(answer.body.message, /[.?]$/);
  }
  const before = await page.get<ClientState>('/api/state');
  assert.deepEqual(before.hubs, []);
  assert.equal(before.current, null);
  assert.equal(before.host, 'here');

  const open = await startLab(t);
  const known = await page.post<KnownHub>('/api/login', {
    server: `127.0.0.1:${open.hub.port}`,
    name: 'ana',
  });
  assert.equal(known.fingerprint, open.hub.fingerprint);
  const { current } = await page.get<ClientState>('/api/state');
  assert.deepEqual(current, known);
  assert.match(readFileSync(join(configDir, 'hubs.json'), 'utf8'), /"ana"/);
});

test('a hub is chosen and forgotten, but not while a task needs it', async (t) => {
  const { page } = await openConsole(t);
  const lab = await startLab(t);
  await page.logIn(lab.hub.port, 'ana');
  await page.logIn(lab.hub.port, 'ben');
  const { fingerprint } = lab.hub;
  const receive = await page.begin(receiveInto(tempFolder()));
  await page.until(receive.id, ({ state }) => state === 'waiting', 'waiting');
  await page.post('/api/hubs/current', { fingerprint, name: 'ana' });
  assert.equal((await page.get<ClientState>('/api/state')).current?.name, 'ana');

  const busy = await page.ask<Failure>('DELETE', '/api/hubs', { fingerprint, name: 'ben' });
  assert.equal(busy.body.code, 'busy');
  await page.post(`/api/tasks/${receive.id}/cancel`);
  assert.equal((await page.ask('DELETE', '/api/hubs', { fingerprint, name: 'ben' })).status, 200);
  const { hubs } = await page.get<ClientState>('/api/state');
  assert.deepEqual(
    hubs.map(({ name }) => name),
    ['ana'],
  );
  const unknown = await page.ask<Failure>('POST', '/api/hubs/current', {
    fingerprint,
    name: 'ben',
  });
  assert.equal(unknown.body.code, 'not-found');
});

test('a page that listens is told of each change', async (t) => {
  const { console } = await openConsole(t);
  const keyUrl = console.keyUrl();
  const opened = await fetch(keyUrl, { redirect: 'manual' });
  const cookie = opened.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
  const events = await fetch(new URL('/api/events', keyUrl), { headers: { cookie } });
  assert.match(events.headers.get('content-type') ?? '', /^text\/event-stream/);
  const lab = await startLab(t);
  const page = await Page.open(console.keyUrl());
  await page.logIn(lab.hub.port, 'ana');
  let text = '';
  for await (const piece of events.body ?? []) {
    text += Buffer.from(piece).toString('utf8');
    if (text.includes('"name":"ana"')) break;
  }
  assert.match(text, /event: state\ndata: \{"program"/);
});

test('a damaged gui.json is put aside, and what is said of it', async (t) => {
  const configDir = tempFolder();
  writeFileSync(join(configDir, 'gui.json'), '{"version":1,"receives":[{"id":"x"}]}');
  const { log, page } = await openConsole(t, { configDir });
  assert.match(log.join('\n'), /gui\.json was damaged/);
  assert.deepEqual((await page.get<ClientState>('/api/state')).tasks, []);
  assert.match(readFileSync(join(configDir, 'gui.json.damaged'), 'utf8'), /"id":"x"/);
});
