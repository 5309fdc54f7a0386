import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hex } from '../../src/base/bytes.ts';
import type { Copy } from '../../src/wire/messages-backup.ts';
import { ManualClock } from '../manual-clock.ts';
import { arrive, backUp, bundleOf, Origin, Taker } from './actors.ts';
import { nextOf, startLab, until } from './lab.ts';
import { noise, smallTree, treeOf } from './trees.ts';

async function copiesUntil(origin: Origin, isEnough: (copies: Copy[]) => boolean): Promise<Copy[]> {
  for (;;) {
    const { copies } = await nextOf(origin.stream, 'copies');
    if (isEnough(copies)) return copies;
  }
}

const statesOf = (copies: Copy[]): string[] => copies.map(({ state }) => state).toSorted();

test('an origin waits for its destinations, and the number is right as they come and go', async (t) => {
  const lab = await startLab(t);
  const origin = new Origin(await lab.login('ana'), 'docs', { copies: 2 });
  const told: number[] = [];
  const tell = async (): Promise<void> => {
    const { connected, needed } = await nextOf(origin.stream, 'waiting');
    assert.equal(needed, 2);
    told.push(connected);
  };
  await tell();
  const first = new Taker(await lab.login('ana'), 'one');
  await tell();
  // Neither another user's nor one that wants another set counts, nor the same destination twice.
  arrive(await lab.login('eva'), 'other');
  arrive(await lab.login('ana'), 'picky', {
    filter: { user: 'ana', host: 'machine', set: 'else' },
  });
  arrive(await lab.login('ana'), 'one', { destination: first.id });
  const second = new Taker(await lab.login('ana'), 'two');
  await tell();
  assert.deepEqual(told, [0, 1, 2]);
  await origin.start();
  assert.equal((await second.offered()).run !== null, true);
});

test('a destination that leaves while an origin waits is counted no more', async (t) => {
  const lab = await startLab(t);
  const connection = await lab.login('ana');
  arrive(connection, 'one');
  const origin = new Origin(await lab.login('ana'), 'docs', { copies: 2 });
  await until(() => lab.hub.status().runs[0]?.connected === 1, 'the destination is counted');
  connection.close();
  for (;;) if ((await nextOf(origin.stream, 'waiting')).connected === 0) break;
  assert.equal(lab.hub.status().runs[0]?.connected, 0);
});

test('when the wait is over the run begins all the same', async (t) => {
  const clock = new ManualClock(Date.now());
  const lab = await startLab(t, { clock });
  const origin = new Origin(await lab.login('ana'), 'docs', { copies: 1, waitMs: 1000 });
  await nextOf(origin.stream, 'waiting');
  clock.advance(1000);
  await origin.commit(smallTree());
});

test('three destinations get one upload; one that never reads holds up nobody', async (t) => {
  const lab = await startLab(t);
  const tree = treeOf({ a: noise(3_000_000, 1), b: noise(3_000_000, 2), c: noise(3_000_000, 3) });
  const takers: Taker[] = [];
  for (const name of ['one', 'two', 'stuck']) takers.push(new Taker(await lab.login('ana'), name));
  const [one, two, stuck] = takers as [Taker, Taker, Taker];
  const origin = new Origin(await lab.login('ana'), 'docs', { copies: 3 });
  await origin.start();
  const stuckStream = stuck.follow(await stuck.offered());
  for (const { id } of tree.data) await stuckStream.send({ t: 'want', kind: 'data', ids: id });
  const taking = [one.take(tree), two.take(tree)];
  await origin.sendTree(tree);
  await origin.finish(tree);
  await nextOf(origin.stream, 'committed');
  await Promise.all(taking);
  assert.ok(one.holdsAll([...tree.data, ...tree.pages]));
  assert.ok(two.holdsAll([...tree.data, ...tree.pages]));
  const copies = await copiesUntil(
    origin,
    (all) => statesOf(all).filter((s) => s === 'verified').length === 2,
  );
  assert.equal(copies.length, 3);
  assert.equal(origin.sentChunks, tree.data.length + tree.pages.length);
  stuck.connection.close();
  const after = await copiesUntil(origin, (all) => all.some(({ state }) => state === 'gone'));
  assert.deepEqual(statesOf(after), ['gone', 'verified', 'verified']);
});

test('a destination that joins in mid-run reads the log from its beginning', async (t) => {
  const lab = await startLab(t);
  const tree = smallTree();
  const origin = new Origin(await lab.login('ana'), 'docs');
  await origin.start();
  await origin.sendTree(tree);
  const late = new Taker(await lab.login('ana'), 'late');
  const offer = await late.offered();
  assert.notEqual(offer.run, null);
  const stream = late.follow(offer);
  const taking = late.takeAll(stream, tree.data);
  await origin.finish(tree);
  const { snapshot } = await nextOf(origin.stream, 'committed');
  const last = await taking;
  assert.deepEqual([last.k, last.k === 'commit' && hex(last.snapshot)], ['commit', hex(snapshot)]);
  await late.acknowledge(stream, snapshot, tree);
  const copies = await copiesUntil(origin, (all) => all.some(({ state }) => state === 'verified'));
  assert.equal(copies[0]?.name, 'late');
  assert.equal(lab.catalog.copiesOf(snapshot).length, 1);
});

test('a run that was committed before its follower opened is served all the same', async (t) => {
  const lab = await startLab(t);
  const tree = smallTree();
  const taker = new Taker(await lab.login('ana'), 'slow');
  const origin = new Origin(await lab.login('ana'), 'docs');
  await origin.start();
  const offer = await taker.offered();
  await origin.sendTree(tree);
  await origin.finish(tree);
  await nextOf(origin.stream, 'committed');
  origin.stream.end();
  await origin.stream.closed;
  await until(() => lab.hub.status().runs.length === 0, 'the run is gone');
  const last = await taker.takeAll(taker.follow(offer), tree.data);
  assert.equal(last.k, 'commit');
});

test('a destination that comes later is offered the newest snapshot, unless it has it', async (t) => {
  const lab = await startLab(t);
  const tree = smallTree();
  const connection = await lab.login('ana');
  await backUp(connection, 'docs', smallTree(9));
  const { snapshot } = await backUp(connection, 'docs', tree);
  const taker = new Taker(await lab.login('ana'), 'away');
  const last = await taker.take(tree);
  assert.equal(last.k === 'commit' && hex(last.snapshot), hex(snapshot));
  const have = [{ user: 'ana', host: 'machine', set: 'docs', snapshot }];
  const back = new Taker(await lab.login('ana'), 'away', { destination: taker.id, have });
  const next = await backUp(connection, 'docs', tree);
  const offer = await back.offered();
  assert.ok(offer.run !== null || hex(offer.snapshot ?? snapshot) === hex(next.snapshot));
});

test('followers of an origin that dies are told, and the hub forgets the run', async (t) => {
  const lab = await startLab(t);
  const connection = await lab.login('ana');
  const taker = new Taker(await lab.login('ana'), 'one');
  const origin = new Origin(connection, 'docs');
  await origin.start();
  const stream = taker.follow(await taker.offered());
  await origin.give('data', smallTree().data);
  connection.close();
  const last = await taker.takeAll(stream, []);
  assert.equal(last.k === 'abort' && last.code, 'connection-lost');
  await until(() => lab.hub.status().runs.length === 0, 'the run is gone');
});

test('a chunk that is on its way from the origin is waited for, not called lacking', async (t) => {
  const lab = await startLab(t);
  const tree = smallTree();
  const taker = new Taker(await lab.login('ana'), 'eager');
  const origin = new Origin(await lab.login('ana'), 'docs');
  await origin.start();
  const stream = taker.follow(await taker.offered());
  await origin.offer('data', tree.data);
  await nextOf(origin.stream, 'want');
  const fetching = taker.fetch(
    stream,
    'data',
    tree.data.map(({ id }) => id),
  );
  await origin.stream.sendBundle(bundleOf('data', tree.data));
  assert.deepEqual(await fetching, []);
  assert.ok(taker.holdsAll(tree.data));
});

test('a few chunks of a large record are picked out, and each comes once', async (t) => {
  const lab = await startLab(t);
  const tree = smallTree(1, 100);
  const connection = await lab.login('ana');
  await backUp(connection, 'docs', tree);
  const taker = new Taker(connection, 'one');
  const read = connection.openStream({ t: 'read' });
  const some = tree.data.filter((_, i) => i % 10 === 0);
  const unknown = new Uint8Array(32).fill(7);
  const lacking = await taker.fetch(read, 'data', [unknown, ...some.map(({ id }) => id)]);
  assert.deepEqual(lacking.map(hex), [hex(unknown)]);
  assert.ok(taker.holdsAll(some));
  assert.equal(taker.chunks.size, some.length);
});

test('a transfer that ends without an answer is offered again after a pause', async (t) => {
  const clock = new ManualClock(Date.now());
  const lab = await startLab(t, { clock });
  const tree = smallTree();
  await backUp(await lab.login('ana'), 'docs', tree);
  const taker = new Taker(await lab.login('ana'), 'one');
  const first = taker.follow(await taker.offered());
  await first.send({ t: 'next', from: 0, most: 1 });
  await nextOf(first, 'log');
  first.end();
  await first.closed;
  clock.advance(10_000);
  const last = await taker.take(tree);
  assert.equal(last.k, 'commit');
});

test('an acknowledgement of something else than was sent is refused', async (t) => {
  const lab = await startLab(t);
  await backUp(await lab.login('ana'), 'docs', smallTree());
  const taker = new Taker(await lab.login('ana'), 'one');
  const stream = taker.follow(await taker.offered());
  await assert.rejects(taker.acknowledge(stream, new Uint8Array(32), smallTree()), {
    code: 'protocol',
  });
});
