import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { hex } from '../../src/base/bytes.ts';
import { RbError } from '../../src/base/errors.ts';
import { openSqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import { MemoryVault } from '../../src/vault/memory/memory-vault.ts';
import { FaultyVault } from '../vault/faulty-vault.ts';
import { tempFolder } from '../vault/temp-folder.ts';
import { arrive, backUp, bundleOf, Origin, Taker } from './actors.ts';
import { nextOf, startLab, until } from './lab.ts';
import { noise, smallTree, treeOf } from './trees.ts';

const KEY = { user: 'ana', host: 'machine', set: 'docs' };

test('a run is committed, and the next one is told what came of it and sends only what is new', async (t) => {
  const lab = await startLab(t);
  const connection = await lab.login('ana');
  const first = await backUp(connection, 'docs', smallTree());
  assert.equal(first.unchanged, false);
  assert.equal(hex(lab.catalog.latestSnapshot(KEY)?.id ?? new Uint8Array(0)), hex(first.snapshot));

  const contents: Record<string, Uint8Array> = { 'file-000': noise(5000, 77) };
  for (let i = 1; i < 10; i++) contents[`file-00${i}`] = noise(1000 + i, 1 + i);
  const changed = treeOf(contents);
  const origin = new Origin(connection, 'docs', { memory: first.snapshot });
  const start = await origin.start();
  assert.equal(start.memoryIsGood, true);
  assert.equal(start.latest?.timeMs, first.timeMs);
  await origin.sendTree(changed);
  await origin.finish(changed);
  const second = await nextOf(origin.stream, 'committed');
  assert.equal(origin.sentChunks, 2, 'the changed piece and its page');
  assert.ok(second.timeMs > first.timeMs);
});

test('a run that changes nothing sends nothing, is a snapshot of its own, and says that nothing changed', async (t) => {
  const lab = await startLab(t);
  const connection = await lab.login('ana');
  const first = await backUp(connection, 'docs', smallTree());
  const origin = new Origin(connection, 'docs');
  const second = await origin.commit(smallTree());
  assert.equal(origin.sentChunks, 0);
  assert.equal(second.unchanged, true);
  assert.notEqual(hex(second.snapshot), hex(first.snapshot));
  assert.equal(lab.hub.status().hub.snapshots, 2);
});

test('the second run of a set waits for the first, both are told, and it starts from its result', async (t) => {
  const lab = await startLab(t);
  const one = new Origin(await lab.login('ana', { device: 'desk' }), 'docs');
  await one.start();
  const two = new Origin(await lab.login('ana', { device: 'lap' }), 'docs');
  assert.match((await nextOf(two.stream, 'queued')).behind, /desk/);
  assert.match((await nextOf(one.stream, 'contended')).by, /lap/);
  await one.sendTree(smallTree());
  await one.finish(smallTree());
  const { snapshot } = await nextOf(one.stream, 'committed');
  const start = await two.start();
  assert.equal(hex(start.latest?.id ?? new Uint8Array(0)), hex(snapshot));
});

test('the lock of an origin that dies goes to the next', async (t) => {
  const lab = await startLab(t);
  const connection = await lab.login('ana');
  const one = new Origin(connection, 'docs');
  await one.start();
  const two = new Origin(await lab.login('ana'), 'docs');
  await nextOf(two.stream, 'queued');
  connection.close();
  await two.start();
});

test('sets of the same name of different users and hosts do not touch each other', async (t) => {
  const lab = await startLab(t);
  const ana = new Origin(await lab.login('ana'), 'docs');
  const eva = new Origin(await lab.login('eva'), 'docs');
  const far = new Origin(await lab.login('ana'), 'docs', { host: 'other' });
  await Promise.all([ana.start(), eva.start(), far.start()]);
  assert.equal(lab.hub.status().runs.length, 3);
});

test('a dry run is answered and leaves nothing behind', async (t) => {
  const lab = await startLab(t);
  const connection = await lab.login('ana');
  const origin = new Origin(connection, 'docs', { dryRun: true });
  await origin.start();
  await origin.offer('data', smallTree().data);
  const want = await nextOf(origin.stream, 'want');
  assert.deepEqual([...('bits' in want ? want.bits : [])], [0xff, 0x03]);
  origin.stream.end();
  await origin.stream.closed;
  assert.equal(lab.vault.stats().chunks, 0);
  assert.equal(lab.catalog.sets().length, 0);
});

test('what arrived before an origin died is not sent again', async (t) => {
  const lab = await startLab(t);
  const tree = smallTree();
  const connection = await lab.login('ana');
  const origin = new Origin(connection, 'docs');
  await origin.start();
  await origin.give('data', tree.data);
  await until(() => tree.data.every(({ id }) => lab.vault.has(id)), 'the chunks are kept');
  connection.close();
  const again = new Origin(await lab.login('ana'), 'docs');
  await again.commit(tree);
  assert.equal(again.sentChunks, tree.pages.length);
});

test('offers beyond the window are answered when there is room again', async (t) => {
  const lab = await startLab(t);
  const origin = new Origin(await lab.login('ana'), 'docs');
  await origin.start();
  const big = Array.from(
    { length: 11 },
    (_, i) => treeOf({ a: noise(4 * 1024 * 1024, i + 1) }).data[0],
  );
  const chunks = big.filter((chunk) => chunk !== undefined);
  for (const chunk of chunks) await origin.offer('data', [chunk]);
  for (let i = 0; i < 8; i++) assert.equal((await nextOf(origin.stream, 'want')).t, 'want');
  let isAnswered = false;
  const ninth = nextOf(origin.stream, 'want').then(() => (isAnswered = true));
  // An answer on another stream of the same connection shows that the hub has dealt with all offers.
  const other = await lab.login('ana');
  await backUp(other, 'other', smallTree());
  assert.equal(isAnswered, false);
  await origin.stream.sendBundle(bundleOf('data', chunks.slice(0, 1)));
  await ninth;
  assert.equal(isAnswered, true);
});

test('a full disk fails the run with its code, commits nothing, and the hub goes on', async (t) => {
  const full = new RbError('disk-full', 'There is no space left.', { retry: true });
  for (const method of ['append', 'sync'] as const) {
    const vault = new FaultyVault(new MemoryVault());
    const lab = await startLab(t, { vault });
    const connection = await lab.login('ana');
    vault.failAfter(method, method === 'append' ? 1 : 0, full);
    const origin = new Origin(connection, 'docs');
    await assert.rejects(origin.commit(smallTree()), { code: 'disk-full' });
    assert.equal(lab.catalog.latestSnapshot(KEY), undefined);
    vault.mend();
    await backUp(connection, 'docs', smallTree());
    assert.notEqual(lab.catalog.latestSnapshot(KEY), undefined);
  }
});

test('runs under way when the disk did not confirm what was written are broken off, and succeed when run again', async (t) => {
  const vault = new FaultyVault(new MemoryVault());
  const lab = await startLab(t, { vault });
  const connection = await lab.login('ana');
  await backUp(connection, 'docs', smallTree());
  const tree = treeOf({ 'file-000': noise(5000, 78) });
  const isBroken = (error: unknown): boolean =>
    error instanceof RbError && error.code === 'dir-unwritable';

  // What it relies on was there when it began; nothing new has to come.
  const unchanged = new Origin(connection, 'docs');
  await unchanged.start();
  vault.lose();
  await unchanged.sendTree(smallTree());
  await unchanged.finish(smallTree());
  await assert.rejects(nextOf(unchanged.stream, 'committed'), isBroken);

  // Long before its end.
  const changed = new Origin(connection, 'docs');
  await changed.start();
  vault.lose();
  await assert.rejects(async () => {
    await changed.sendTree(tree);
    await nextOf(changed.stream, 'committed');
  }, isBroken);
  await backUp(connection, 'docs', tree);
  assert.equal(lab.hub.status().hub.snapshots, 2);
});

test('after damage no memory is good until a full run, which sends again what is lacking', async (t) => {
  const vault = new FaultyVault(new MemoryVault());
  const lab = await startLab(t, { vault });
  const connection = await lab.login('ana');
  const tree = smallTree();
  const first = await backUp(connection, 'docs', tree);
  vault.failAfter('read', 0, new RbError('damaged-chunk', 'A record is damaged.'), 1);
  const reader = connection.openStream({ t: 'read' });
  await reader.send({ t: 'want', kind: 'data', ids: (tree.data[0] as { id: Uint8Array }).id });
  await nextOf(reader, 'lacking');

  const origin = new Origin(connection, 'docs', { memory: first.snapshot });
  assert.equal((await origin.start()).memoryIsGood, false);
  await origin.sendTree(tree);
  await origin.finish(tree);
  const second = await nextOf(origin.stream, 'committed');
  assert.equal(origin.sentChunks, tree.data.length, 'the record that held all the data');
  const next = new Origin(connection, 'docs', { memory: second.snapshot });
  origin.stream.end();
  assert.equal((await next.start()).memoryIsGood, true);
});

test('a new catalog takes over the snapshots that are in the vault', async (t) => {
  const vault = new MemoryVault();
  const first = await startLab(t, { vault });
  const { snapshot } = await backUp(await first.login('ana'), 'docs', smallTree());
  await first.hub.close();
  const catalog = await openSqliteCatalog(join(tempFolder(), 'catalog.db'));
  const second = await startLab(t, { vault, catalog });
  assert.equal(hex(catalog.latestSnapshot(KEY)?.id ?? new Uint8Array(0)), hex(snapshot));
  const origin = new Origin(await second.login('ana'), 'docs', { memory: snapshot });
  assert.equal((await origin.start()).memoryIsGood, true);
});

test('a hub that closes breaks a run off with a code that says to try again', async (t) => {
  const lab = await startLab(t);
  const origin = new Origin(await lab.login('ana'), 'docs');
  await origin.start();
  const closed = lab.hub.close();
  await assert.rejects(nextOf(origin.stream, 'committed'), { code: 'connection-lost' });
  await closed;
});

test('status shows an administrator everything and others only their own', async (t) => {
  const lab = await startLab(t);
  const ana = await lab.login('ana');
  const eva = await lab.login('eva');
  await new Origin(ana, 'docs').start();
  await new Origin(eva, 'notes').start();
  arrive(eva, 'disk');
  await until(
    () => lab.hub.status().clients.some(({ name }) => name === 'disk'),
    'the destination',
  );
  const asking = ana.openStream({ t: 'ask', what: 'status', watch: false });
  const status = await nextOf(asking, 'status');
  assert.deepEqual(
    status.runs.map(({ set }) => set),
    ['docs'],
  );
  assert.deepEqual(
    status.clients.map(({ user }) => user),
    ['ana'],
  );
  assert.equal(lab.hub.status().runs.length, 2);
  assert.deepEqual(
    lab.hub.status().clients.map(({ role }) => role),
    ['origin', 'origin'],
  );
});

test('one user can neither list, follow nor read the snapshots of another', async (t) => {
  const lab = await startLab(t);
  const tree = smallTree();
  const { snapshot } = await backUp(await lab.login('ana'), 'docs', tree);
  const eva = await lab.login('eva');
  const ask = eva.openStream({ t: 'ask', what: 'snapshots', user: 'ana' });
  await assert.rejects(nextOf(ask, 'snapshots'), { code: 'not-allowed' });
  const mine = eva.openStream({ t: 'ask', what: 'snapshots' });
  assert.equal((await nextOf(mine, 'snapshots')).list.length, 0);
  const read = eva.openStream({ t: 'read' });
  await read.send({ t: 'want', kind: 'data', ids: snapshot });
  assert.equal(hex((await nextOf(read, 'lacking')).ids), hex(snapshot));
  const taker = new Taker(eva, 'disk');
  const follow = taker.follow({ t: 'offered', ...KEY, run: null, snapshot, files: 0, bytes: 0 });
  await assert.rejects(nextOf(follow, 'log'), { code: 'not-allowed' });
});
