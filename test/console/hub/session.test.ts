import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { openSqliteCatalog } from '../../../src/catalog/sqlite/sqlite-catalog.ts';
import { startHubConsole } from '../../../src/console/hub/hub-console.ts';
import { passwordHash, setPasswordHash } from '../../../src/console/hub/hub-settings.ts';
import { hashPassword } from '../../../src/console/server/passwords.ts';
import { until } from '../../hub/lab.ts';
import { ManualClock } from '../../manual-clock.ts';
import { Browser, PASSWORD, startConsoleLab } from './console-lab.ts';

const codeOf = (json: unknown): string => (json as { code: string }).code;

test('the first password is set on this machine alone, once, and signs in', async (t) => {
  const { server, lab } = await startConsoleLab(t);
  const browser = new Browser(server);
  assert.deepEqual(await browser.read('/api/session'), { state: 'setup', hub: 'lab' });

  const far = { 'x-forwarded-for': '192.0.2.1' };
  const state = (await browser.get('/api/session', far)).json;
  assert.deepEqual(state, { state: 'setup-elsewhere', hub: 'lab' });
  const refused = await browser.post('/api/setup', { password: PASSWORD }, far);
  assert.deepEqual([refused.status, codeOf(refused.json)], [403, 'not-allowed']);
  assert.equal(passwordHash(lab.catalog), undefined);
  assert.equal((await browser.post('/api/session', { password: '' })).status, 403);

  const short = await browser.post('/api/setup', { password: 'seven77' });
  assert.deepEqual([short.status, codeOf(short.json)], [400, 'usage']);
  assert.equal((await browser.post('/api/setup', { password: PASSWORD })).status, 200);
  assert.deepEqual(await browser.read('/api/session'), { state: 'ready', hub: 'lab' });
  assert.doesNotMatch(passwordHash(lab.catalog) ?? '', new RegExp(PASSWORD));

  const late = new Browser(server);
  assert.equal((await late.post('/api/setup', { password: 'another one' })).status, 403);
  assert.deepEqual(await late.read('/api/session'), { state: 'login', hub: 'lab' });
});

test('of two pages that set the first password at the same time one is refused', async (t) => {
  const { server } = await startConsoleLab(t);
  const answers = await Promise.all(
    ['the first of two', 'the second of two'].map((password) =>
      new Browser(server).post('/api/setup', { password }),
    ),
  );
  assert.deepEqual(
    answers.map(({ status }) => status).toSorted((a, b) => a - b),
    [200, 403],
  );
});

test('without a session every route but those for getting one answers 401', async (t) => {
  const { server, signedIn } = await startConsoleLab(t);
  const browser = await signedIn();
  const { paths } = await browser.read<{ paths: Record<string, object> }>('/api/openapi.json');
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const open = ['GET /api/session', 'POST /api/session', 'POST /api/setup'];
  for (const route of open) assert.ok(routes.includes(route), route);
  assert.ok(routes.length > 18, routes.join());
  const stranger = new Browser(server);
  for (const route of routes.filter((each) => !open.includes(each))) {
    const [method = '', path = ''] = route.split(' ');
    const { status, json } = await stranger.ask(method, path.replaceAll(/\{\w+\}/g, 'x'));
    assert.deepEqual([status, codeOf(json)], [401, 'not-signed-in'], route);
  }
  assert.equal((await stranger.get('/api/events')).status, 401);
});

test('wrong passwords make the next try wait, and the right one has to wait as well', async (t) => {
  const clock = new ManualClock();
  const { server, signedIn, events } = await startConsoleLab(t, { clock });
  await signedIn();
  const browser = new Browser(server);
  const attempt = async (password: string): Promise<[number, string]> => {
    const { status, json } = await browser.post('/api/session', { password });
    return [status, status === 200 ? '' : codeOf(json)];
  };
  for (let i = 0; i < 4; i++) assert.deepEqual(await attempt('wrong'), [403, 'wrong-password']);
  assert.deepEqual(await attempt(PASSWORD), [429, 'too-many-tries']);
  clock.advance(1000);
  assert.deepEqual(await attempt(PASSWORD), [200, '']);
  assert.equal(events.lines().filter(({ event }) => event === 'console-refused').length, 4);
});

test('another password ends all other sessions and what they watch, not the one that set it', async (t) => {
  const { signedIn } = await startConsoleLab(t);
  const [mine, other] = [await signedIn(), await signedIn()];
  const watch = other.watch();
  await until(() => watch.states.length > 0, 'the first state');
  const change = { before: PASSWORD, password: 'quite another one' };
  const wrong = await mine.put('/api/password', { ...change, before: 'wrong' });
  assert.deepEqual([wrong.status, codeOf(wrong.json)], [403, 'wrong-password']);
  assert.equal((await other.get('/api/state')).status, 200);
  assert.equal((await mine.put('/api/password', change)).status, 200);
  assert.equal((await mine.get('/api/state')).status, 200);
  assert.equal((await other.get('/api/state')).status, 401);
  await until(() => watch.isOver, 'the stream of an ended session ends');
  assert.equal((await other.post('/api/session', { password: PASSWORD })).status, 403);
  assert.equal((await other.post('/api/session', { password: change.password })).status, 200);
});

test('who signs out is out', async (t) => {
  const { signedIn } = await startConsoleLab(t);
  const browser = await signedIn();
  assert.equal((await browser.delete('/api/session')).status, 200);
  assert.equal((await browser.get('/api/state')).status, 401);
});

test('a session outlives a restart, and ends when another process sets the password', async (t) => {
  const { signedIn, server, options, directory } = await startConsoleLab(t);
  const browser = await signedIn();
  await server.close();
  const at = { host: '127.0.0.1', port: server.port };
  const again = await startHubConsole({ ...options, at });
  t.after(() => again.close());
  const page = new Browser(again, browser.cookie);
  assert.equal((await page.get('/api/state')).status, 200);
  const beside = await openSqliteCatalog(join(directory, 'catalog.db'));
  setPasswordHash(beside, await hashPassword('set on the command line'));
  beside.close();
  assert.equal((await page.get('/api/state')).status, 401);
});
