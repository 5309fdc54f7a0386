import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';

import type { ClientState } from '../../../src/console/api/client-api.ts';
import { Stage } from '../../e2e/stage.ts';
import { Page } from './open-console.ts';

const LOOPBACK = ['--listen', '127.0.0.1:0'];

/** A browser of the kind that only writes down what it was opened with. */
function fakeBrowser(stage: Stage): { readonly env: NodeJS.ProcessEnv; readonly noted: string } {
  const [bin, noted] = [stage.path('bin'), stage.path('opened')];
  mkdirSync(bin);
  writeFileSync(
    `${bin}/xdg-open`,
    `#!/bin/sh\nprintf %s "$1" > '${noted}.new'\nmv '${noted}.new' '${noted}'\n`,
  );
  chmodSync(`${bin}/xdg-open`, 0o755);
  return { env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` }, noted };
}

async function appears(path: string): Promise<string> {
  for (let round = 0; round < 1000; round++) {
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) return readFileSync(path, 'utf8');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`never came: ${path}`);
}

test('rbbackup gui opens the browser by a private page, and the key stands in no argument', async () => {
  await using stage = await Stage.open();
  const { env, noted } = fakeBrowser(stage);
  const gui = stage.start('rbbackup', ['gui', '--json', ...LOOPBACK], env);
  const { url } = await gui.event('listening');
  assert.match(String(url), /^http:\/\/127\.0\.0\.1:\d+\/open\?key=[\w-]{43}$/);
  const page = await appears(noted);
  assert.equal(page, stage.path('config', 'gui-open.html'));
  assert.equal(statSync(page).mode & 0o777, 0o600);
  assert.ok(readFileSync(page, 'utf8').includes(String(url)));
  const opened = await Page.open(String(url));
  assert.deepEqual(await opened.get('/api/session'), { state: 'ready' });
  assert.equal(statSync(page, { throwIfNoEntry: false }), undefined);
  const { status, lines } = await gui.stop();
  assert.equal(status, 0);
  assert.deepEqual(lines.at(-1), { event: 'done', ok: true });
});

test('a second rbbackup gui gets another key of the first and ends; sessions outlive a restart', async () => {
  await using stage = await Stage.open();
  const args = ['gui', '--no-browser', '--json'];
  const first = stage.start('rbbackup', [...args, ...LOOPBACK]);
  const { url } = await first.event('listening');
  const second = await stage.start('rbbackup', args).ended;
  assert.equal(second.status, 0, second.stderr);
  const again = String(second.lines[0]?.['url']);
  assert.notEqual(again, url);
  const page = await Page.open(again);
  assert.deepEqual(await page.get('/api/session'), { state: 'ready' });
  assert.equal((await first.stop()).status, 0);

  const { port } = new URL(again);
  const third = stage.start('rbbackup', [...args, '--listen', `127.0.0.1:${port}`]);
  await third.event('listening');
  assert.deepEqual(await page.get('/api/session'), { state: 'ready' });
  assert.equal((await third.stop()).status, 0);
});

test('a console that was killed leaves nothing in the way of the next', async () => {
  await using stage = await Stage.open();
  const args = ['gui', '--no-browser', '--json', ...LOOPBACK];
  const first = stage.start('rbbackup', args);
  await first.event('listening');
  await first.kill();
  const second = stage.start('rbbackup', args);
  const { url } = await second.event('listening');
  const page = await Page.open(String(url));
  assert.deepEqual((await page.get<ClientState>('/api/state')).tasks, []);
  assert.equal((await second.stop()).status, 0);
});

test('a port that is asked for and taken is an error, and told', async () => {
  await using stage = await Stage.open();
  const taken = createServer().listen(0, '127.0.0.1');
  stage.atEnd(async () => await new Promise((resolve) => taken.close(resolve)));
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const args = ['gui', '--no-browser', '--json', '--listen', `127.0.0.1:${port}`];
  const { status, lines } = await stage.start('rbbackup', args).ended;
  assert.equal(status, 1);
  assert.equal(lines.at(-1)?.['code'], 'port-taken');
});

test('with --server and --name the console begins at that hub', async () => {
  await using stage = await Stage.open();
  const hub = await stage.hub();
  const where = ['--server', hub.address, '--name', 'ana', '--host', 'desk'];
  const gui = stage.start('rbbackup', ['gui', '--no-browser', '--json', ...LOOPBACK, ...where]);
  const { url } = await gui.event('listening');
  const page = await Page.open(String(url));
  const { current, host } = await page.get<ClientState>('/api/state');
  assert.equal(current?.name, 'ana');
  assert.equal(host, 'desk');
  assert.equal((await gui.stop()).status, 0);
});
