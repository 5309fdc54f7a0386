import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';

import type { HubState } from '../../../src/console/api/hub-api.ts';
import { chosenListening, lastListening } from '../../../src/console/hub/hub-settings.ts';
import { until } from '../../hub/lab.ts';
import { startConsoleLab } from './console-lab.ts';

test('listening is stopped and started again under connected clients, and open pages see it', async (t) => {
  const { lab, signedIn, moves } = await startConsoleLab(t);
  const browser = await signedIn();
  const client = await lab.login('ana');
  const { port } = lab.hub;
  const watch = browser.watch();
  t.after(() => watch.close());
  const latest = (): HubState => watch.states.at(-1) as HubState;
  await until(() => watch.states.length > 0, 'the first state');
  assert.deepEqual(latest().hub.listening, { address: '127.0.0.1', port });

  assert.equal((await browser.delete('/api/listening')).status, 200);
  const reason = await client.closed;
  assert.equal(reason?.code, 'connection-lost');
  assert.match(reason.message, /goes on when the hub is back/);
  await until(() => latest().hub.listening === null, 'it shows that it listens no more');
  assert.deepEqual(latest().hub.chosen, { host: '127.0.0.1', port });
  assert.equal(latest().hub.problem, null);
  assert.equal(latest().clients.total, 0);
  await assert.rejects(lab.connect());

  assert.equal((await browser.put('/api/listening', { host: '127.0.0.1', port })).status, 200);
  await lab.login('ana');
  await until(() => latest().clients.total === 1, 'the client shows again');
  assert.deepEqual(moves, [null, { address: '127.0.0.1', port }]);
});

test('listening moves to another port, which is remembered as it came to be', async (t) => {
  const { lab, signedIn } = await startConsoleLab(t);
  const browser = await signedIn();
  const client = await lab.login('ana');
  const before = lab.hub.port;
  assert.equal((await browser.put('/api/listening', { host: '127.0.0.1', port: 0 })).status, 200);
  assert.match((await client.closed)?.message ?? '', /listens elsewhere now/);
  const { port } = lab.hub;
  assert.notEqual(port, before);
  await lab.login('ana');
  assert.deepEqual(chosenListening(lab.catalog), { host: '127.0.0.1', port });
  assert.deepEqual(lastListening(lab.catalog), { address: '127.0.0.1', port });
});

test('a port that is taken is refused, and the hub goes on where it was', async (t) => {
  const { lab, signedIn } = await startConsoleLab(t);
  const browser = await signedIn();
  await lab.login('ana');
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const at = { host: '127.0.0.1', port };
  const refused = await browser.put('/api/listening', at);
  assert.deepEqual([refused.status, (refused.json as { code: string }).code], [409, 'port-taken']);
  const state = await browser.read<HubState>('/api/state');
  assert.equal(state.hub.listening?.port, lab.hub.port);
  assert.equal(state.clients.total, 1);
  assert.equal(chosenListening(lab.catalog), null);

  // While it listens nowhere, the page says why, until that is solved.
  await browser.delete('/api/listening');
  await browser.put('/api/listening', at);
  const { hub } = await browser.read<HubState>('/api/state');
  assert.deepEqual([hub.listening, hub.chosen], [null, at]);
  assert.match(hub.problem ?? '', /in use|taken|listens/);
  await browser.put('/api/listening', { host: '127.0.0.1', port: 0 });
  assert.equal((await browser.read<HubState>('/api/state')).hub.problem, null);
});
