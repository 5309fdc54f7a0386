import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { VaultCare } from '../../../src/console/api/care-api.ts';
import type {
  Clients,
  CopyMatrix,
  HubSnapshots,
  HubState,
  Log,
  VaultReport,
} from '../../../src/console/api/hub-api.ts';
import { noteCheck } from '../../../src/catalog/last-check.ts';
import { Origin, Taker, arrive, backUp } from '../../hub/actors.ts';
import { until } from '../../hub/lab.ts';
import { smallTree } from '../../hub/trees.ts';
import { startConsoleLab } from './console-lab.ts';
import type { Browser } from './console-lab.ts';

/** Asks until it is so; what is counted for the state may be a second old. */
async function stateUntil(browser: Browser, isSo: (state: HubState) => boolean): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!isSo(await browser.read<HubState>('/api/state'))) {
    if (performance.now() > endMs) throw new Error('the state never came');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('the matrix shows which of three destinations is behind, and the warning goes when it has caught up', async (t) => {
  const { lab, signedIn } = await startConsoleLab(t);
  const browser = await signedIn();
  const tree = smallTree(1);
  const takers: Taker[] = [];
  for (const name of ['one', 'two', 'three']) takers.push(new Taker(await lab.login('ana'), name));
  const late = takers[2] as Taker;
  const takeAll = (of: readonly Taker[]): Promise<unknown> =>
    Promise.all(of.map((taker) => taker.take(tree)));
  await Promise.all([backUp(await lab.login('ana'), 'docs', tree, { copies: 3 }), takeAll(takers)]);
  const first = await browser.read<CopyMatrix>('/api/copies');
  assert.deepEqual(
    first.sets.map(({ asked, verified, warning }) => [asked, verified, warning]),
    [[3, 3, null]],
  );
  const quiet = await browser.read<HubState>('/api/state');
  assert.equal(quiet.warnings, 0);

  late.connection.close();
  await until(() => lab.hub.destinations().size === 2, 'the third has left');
  const origin = new Origin(await lab.login('ana'), 'docs', { copies: 3, waitMs: 0 });
  const [{ snapshot }] = await Promise.all([
    origin.commit(smallTree(2)),
    takers[0]?.take(smallTree(2)),
    takers[1]?.take(smallTree(2)),
  ]);
  const { sets, destinations, copies } = await browser.read<CopyMatrix>('/api/copies');
  assert.deepEqual(
    destinations.map(({ name, connected }) => [name, connected]),
    [
      ['one', true],
      ['three', false],
      ['two', true],
    ],
  );
  assert.deepEqual(
    copies.map(({ destination, behind }) => [destination, behind]),
    [
      [0, 0],
      [1, 1],
      [2, 0],
    ],
  );
  const [row] = sets;
  assert.equal(row?.latest?.id, Buffer.from(snapshot).toString('hex'));
  assert.deepEqual([row.snapshots, row.verified, row.warning], [2, 2, 'too-few']);
  const state = await browser.read<HubState>('/api/state');
  assert.ok(state.historyVersion > quiet.historyVersion);
  await stateUntil(browser, (now) => now.warnings === 1);

  const back = new Taker(await lab.login('ana'), 'three', { destination: late.id });
  await back.take(smallTree(2));
  const whole = await browser.read<CopyMatrix>('/api/copies');
  assert.deepEqual([whole.sets[0]?.verified, whole.sets[0]?.warning], [3, null]);
  await stateUntil(browser, (now) => now.warnings === 0);
});

test('a run shows live, with its bars and the destinations it waits for', async (t) => {
  const { lab, signedIn } = await startConsoleLab(t);
  const browser = await signedIn();
  const watch = browser.watch();
  t.after(() => watch.close());
  const latest = (): HubState | undefined => watch.states.at(-1) as HubState | undefined;
  const tree = smallTree(1);
  const origin = new Origin(await lab.login('ana'), 'docs', { copies: 1 });
  await until(() => latest()?.runs[0]?.phase === 'waiting', 'the run waits');
  const [waiting] = latest()?.runs ?? [];
  assert.deepEqual(
    [waiting?.key, waiting?.connected, waiting?.needed, waiting?.progress],
    [{ user: 'ana', host: 'machine', set: 'docs' }, 0, 1, null],
  );
  const taker = new Taker(await lab.login('ana'), 'one');
  await origin.start();
  await until(() => latest()?.runs[0]?.copies[0]?.name === 'one', 'its copy shows');
  const file = new Uint8Array([0x61, 0xff]);
  const place = { file, fileBytes: 1, fileTotal: 2, bytes: 3, total: 40, files: 1, filesTotal: 10 };
  await origin.stream.send({ t: 'progress', phase: 'sending', ...place });
  await until(() => latest()?.runs[0]?.progress?.bytes === 3, 'its progress shows');
  const progress = latest()?.runs[0]?.progress;
  assert.deepEqual(progress?.file, { path: 'a\ufffd', pathBytes: 'Yf8=' });
  assert.equal(progress?.leftMs, null);
  await origin.sendTree(tree);
  await origin.finish(tree);
  await taker.take(tree);
  await until(() => latest()?.runs[0]?.copies[0]?.state === 'verified', 'the copy is verified');
  origin.stream.end();
  await until(() => latest()?.runsTotal === 0, 'the run is over');
});

test('clients come and go by themselves, by role and name, with another version each time', async (t) => {
  const { lab, signedIn } = await startConsoleLab(t);
  const browser = await signedIn();
  const before = await browser.read<HubState>('/api/state');
  const watching = await lab.login('eva');
  arrive(await lab.login('ana'), 'attic');
  const origin = new Origin(await lab.login('ana', { device: 'lap\u202etop' }), 'docs', {
    copies: 2,
  });
  await until(() => lab.hub.overview(1).runs.length === 1, 'the run is there');
  const { clients, total } = await browser.read<Clients>('/api/clients');
  assert.equal(total, 3);
  assert.deepEqual(
    clients.map(({ role, user, name, activity, set }) => [role, user, name, activity, set]),
    [
      ['origin', 'ana', '', 'backing-up', 'docs'],
      ['destination', 'ana', 'attic', 'waiting', null],
      ['observer', 'eva', '', 'idle', null],
    ],
  );
  const now = await browser.read<HubState>('/api/state');
  assert.deepEqual([now.clients.total, now.clients.origins, now.clients.destinations], [3, 1, 1]);
  assert.ok(now.clients.version > before.clients.version);
  watching.close();
  origin.stream.end();
  await until(() => lab.hub.overview(0).clients.total < 3, 'one has left');
  const after = await browser.read<HubState>('/api/state');
  assert.ok(after.clients.version > now.clients.version);
});

test('the vault tells its size, what it stands for, its room and its last check', async (t) => {
  const { lab, signedIn } = await startConsoleLab(t);
  const browser = await signedIn();
  const tree = smallTree(1);
  await backUp(await lab.login('ana'), 'docs', tree);
  await backUp(await lab.login('ana'), 'more', tree);
  assert.equal((await browser.read<VaultCare>('/api/check')).lastCheck, null);
  const check = { timeMs: 5, ok: false, readData: true, damagedSnapshots: 1, damagedRecords: 2 };
  noteCheck(lab.catalog, check);
  const report = await browser.read<VaultReport>('/api/vault');
  assert.deepEqual((await browser.read<VaultCare>('/api/check')).lastCheck, check);
  assert.equal(report.standsForBytes, 2 * tree.bytes);
  assert.ok(report.plainBytes >= tree.bytes && report.plainBytes < 2 * tree.bytes);
  assert.equal(report.snapshots, 2);
  assert.ok(report.freeBytes > 0 && report.totalBytes >= report.freeBytes);
  assert.ok(report.history.length > 0);

  const { snapshots, more } = await browser.read<HubSnapshots>('/api/snapshots?set=docs');
  assert.deepEqual([snapshots.length, more, snapshots[0]?.key.set], [1, false, 'docs']);
  assert.deepEqual(snapshots[0], await browser.read(`/api/snapshots/${snapshots[0]?.id}`));
  assert.equal((await browser.get(`/api/snapshots/${'0'.repeat(64)}`)).status, 404);
});

test('the log tells what happened, newest first', async (t) => {
  const { signedIn, events } = await startConsoleLab(t);
  const browser = await signedIn();
  const before = await browser.read<HubState>('/api/state');
  events.add({ level: 'warn', event: 'refused', message: 'No.', address: '192.0.2.1:5' });
  const { lines } = await browser.read<Log>('/api/log');
  const { timeMs, ...line } = lines[0] ?? {};
  assert.equal(typeof timeMs, 'number');
  assert.deepEqual(line, {
    level: 'warn',
    event: 'refused',
    message: 'No.',
    user: null,
    set: null,
    address: '192.0.2.1:5',
    code: null,
  });
  assert.equal(lines[1]?.event, 'console-password');
  const after = await browser.read<HubState>('/api/state');
  assert.ok(after.logVersion > before.logVersion);
});
