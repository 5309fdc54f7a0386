/** The console of the real program: where it is, its password, what is remembered over restarts. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';

import type { HubState } from '../../../src/console/api/hub-api.ts';
import type { ConsoleServer } from '../../../src/console/server/listen.ts';
import type { Line, Program } from '../../e2e/program.ts';
import { Stage } from '../../e2e/stage.ts';
import { Browser, PASSWORD } from './console-lab.ts';

const RBBACKUPD = resolve(import.meta.dirname, '../../../bin/rbbackupd');
const ANYWHERE = ['--listen', '127.0.0.1:0'];

function serve(stage: Stage, ...args: string[]): Program {
  return stage.start('rbbackupd', [stage.path('hub'), '--no-announce', '--json', ...args]);
}

function browserOf(listening: Line, cookie?: string): Browser {
  const url = new URL(String(listening['console']));
  const [address, port] = [url.hostname, Number(url.port)];
  const server: ConsoleServer = { url: url.href, address, port, close: () => Promise.resolve() };
  return new Browser(server, cookie);
}

/** Sees to it that somebody has the port: this test, or whoever has it already. */
async function takePort(t: TestContext, port: number): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  t.after(() => server.close());
  return once(server, 'listening').then(
    () => (server.address() as AddressInfo).port,
    () => port,
  );
}

test('the password is set on the command line while the hub runs; sessions outlive a restart until then', async () => {
  await using stage = await Stage.open();
  const setPassword = (password: string): { status: number | null; stderr: string } =>
    spawnSync(RBBACKUPD, ['password', stage.path('hub')], { input: password, encoding: 'utf8' });
  const first = serve(stage, ...ANYWHERE, '--console', '127.0.0.1:0');
  const listening = await first.event('listening');
  assert.match(String(listening['console']), /^http:\/\/127\.0\.0\.1:\d+\/$/);
  const browser = browserOf(listening);
  assert.equal((await browser.read<{ state: string }>('/api/session')).state, 'setup');
  assert.equal(setPassword('short\n').status, 2);
  assert.equal(setPassword(`${PASSWORD}\nwhat comes behind the line is not read\n`).status, 0);
  assert.equal((await browser.read<{ state: string }>('/api/session')).state, 'login');
  assert.equal((await browser.post('/api/session', { password: PASSWORD })).status, 200);

  const log = await browser.read<{ lines: { event: string }[] }>('/api/log');
  assert.equal(log.lines[0]?.event, 'console-login');
  await first.stop();
  const { port } = new URL(String(listening['console']));
  const second = serve(stage, ...ANYWHERE, '--console', `127.0.0.1:${port}`);
  const page = browserOf(await second.event('listening'), browser.cookie);
  assert.equal((await page.get('/api/state')).status, 200);
  assert.equal(setPassword('another password').status, 0);
  assert.equal((await page.get('/api/state')).status, 401);
  assert.equal((await second.stop()).status, 0);
});

test('without its default port the hub has no console and says so; a port that was asked for must be free', async (t) => {
  await using stage = await Stage.open();
  const taken = await takePort(t, 7421);
  const hub = serve(stage, ...ANYWHERE);
  assert.equal((await hub.event('listening'))['console'], null);
  const { code, message } = await hub.event('no-console');
  assert.equal(code, 'port-taken');
  assert.match(String(message), /7421/);
  await hub.stop();
  const ended = await serve(stage, ...ANYWHERE, '--console', `127.0.0.1:${taken}`).ended;
  assert.equal(ended.status, 1);
  assert.equal(ended.lines.at(-1)?.['code'], 'port-taken');
  assert.equal(
    ended.lines.some(({ event }) => event === 'listening'),
    false,
  );
});

test('where the console was told to listen is where it listens next time, or the console says why not', async (t) => {
  await using stage = await Stage.open();
  const console = ['--console', '127.0.0.1:0'];
  const first = serve(stage, ...ANYWHERE, ...console);
  const browser = browserOf(await first.event('listening'));
  await browser.post('/api/setup', { password: PASSWORD });
  assert.equal((await browser.put('/api/listening', { host: '127.0.0.1', port: 0 })).status, 200);
  const { hub } = await browser.read<HubState>('/api/state');
  const chosen = hub.listening?.port;
  await first.stop();

  const second = serve(stage, ...console);
  assert.equal((await second.event('listening'))['port'], chosen);
  await second.stop();
  const elsewhere = serve(stage, ...ANYWHERE, ...console);
  assert.notEqual((await elsewhere.event('listening'))['port'], chosen);
  await elsewhere.stop();

  await takePort(t, chosen ?? 0);
  const third = serve(stage, ...console);
  const not = await third.event('not-listening');
  assert.equal(not['code'], 'port-taken');
  const page = browserOf(not);
  await page.post('/api/session', { password: PASSWORD });
  const state = await page.read<HubState>('/api/state');
  assert.deepEqual([state.hub.listening, state.hub.chosen.port], [null, chosen]);
  assert.equal(state.hub.problem, not['message']);
  assert.equal((await page.put('/api/listening', { host: '127.0.0.1', port: 0 })).status, 200);
  await third.stop();
  const off = serve(stage, '--listen', `127.0.0.1:${chosen}`, '--console', 'off');
  assert.equal((await off.ended).status, 1);
});

test('beyond this machine the console is HTTPS with the certificate of the hub', async () => {
  await using stage = await Stage.open();
  const hub = serve(stage, ...ANYWHERE, '--console', '0.0.0.0:0');
  const listening = await hub.event('listening');
  const url = new URL(String(listening['console']));
  assert.equal(url.protocol, 'https:');
  const sent = request({
    host: '127.0.0.1',
    port: url.port,
    path: '/api/session',
    rejectUnauthorized: false,
  });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const { fingerprint256 } = (answer.socket as TLSSocket).getPeerCertificate();
  const fingerprint = fingerprint256.replaceAll(':', '').toLowerCase();
  assert.equal(fingerprint, listening['fingerprint']);
  assert.equal(answer.statusCode, 200);
  answer.destroy();
  await hub.stop();
});

test('people are told where the console is, and that it has no password yet', async () => {
  await using stage = await Stage.open();
  const args = [stage.path('hub'), ...ANYWHERE, '--no-announce', '--console', '127.0.0.1:0'];
  const hub = stage.start('rbbackupd', args);
  const line = await hub.line(({ text }) => /no password yet/.test(String(text)), 'the sentence');
  assert.match(String(line['text']), /asks for one there/);
  const said = hub.lines.map(({ text }) => text).join('\n');
  assert.match(said, /^Console in the browser: http:\/\/127\.0\.0\.1:\d+\/$/m);
  await hub.stop();
});
