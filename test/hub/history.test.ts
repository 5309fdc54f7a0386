import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hex } from '../../src/base/bytes.ts';
import { RbError } from '../../src/base/errors.ts';
import { ManualClock } from '../manual-clock.ts';
import { backUp, Origin, Taker } from './actors.ts';
import { startLab, until } from './lab.ts';
import { smallTree } from './trees.ts';

const KEY = { user: 'ana', host: 'machine', set: 'docs' };

test('a new set, a commit, a new destination and a verified copy are told, and nothing else is', async (t) => {
  const lab = await startLab(t);
  let told = 0;
  const stop = lab.hub.onHistory(() => told++);
  const toldSince = (): number => {
    const count = told;
    told = 0;
    return count;
  };
  const connection = await lab.login('ana');
  assert.equal(toldSince(), 0);
  const origin = new Origin(connection, 'docs');
  await origin.start();
  assert.equal(toldSince(), 1, 'the set');
  await origin.sendTree(smallTree());
  assert.equal(toldSince(), 0);
  await origin.finish(smallTree());
  await until(() => lab.catalog.latestSnapshot(KEY) !== undefined, 'the commit');
  await until(() => told > 0, 'the commit is told');
  assert.equal(toldSince(), 1);
  const taker = new Taker(connection, 'disk');
  const offered = await taker.offered();
  assert.equal(toldSince(), 1, 'the destination');
  const stream = taker.follow(offered);
  const last = await taker.takeAll(stream, []);
  assert.equal(toldSince(), 0);
  await taker.acknowledge(
    stream,
    last.k === 'commit' ? last.snapshot : new Uint8Array(32),
    smallTree(),
  );
  assert.equal(toldSince(), 1, 'the copy');
  assert.equal(lab.catalog.copies()[0]?.behind, 0);
  stop();
  await backUp(connection, 'docs', smallTree());
  assert.equal(told, 0);
});

test('the catalog knows how many copies the last run asked for, dry runs aside', async (t) => {
  const lab = await startLab(t, { clock: new ManualClock(Date.now()) });
  const connection = await lab.login('ana');
  const asked = (): number | undefined => lab.catalog.sets()[0]?.copiesAsked;
  const one = new Taker(connection, 'one');
  await until(() => lab.hub.overview(1).clients.destinations === 1, 'the destination');
  await backUp(connection, 'docs', smallTree(), { copies: 1 });
  assert.equal(asked(), 1);
  const origin = new Origin(connection, 'docs', { dryRun: true, copies: 5 });
  await origin.start();
  origin.stream.end();
  await origin.stream.closed;
  assert.equal(asked(), 1);
  await backUp(connection, 'docs', smallTree(), { copies: 0 });
  assert.equal(asked(), 0);
  one.standing.end();
});

test('the size of the vault is noted at the start, a while after a commit, and at the end', async (t) => {
  const clock = new ManualClock(Date.UTC(2026, 0, 1, 12));
  const lab = await startLab(t, { clock });
  const noted = (): (number | undefined)[] =>
    lab.catalog.vaultSizes().map(({ storedBytes }) => storedBytes);
  assert.deepEqual(noted(), [0]);
  const connection = await lab.login('ana');
  await backUp(connection, 'docs', smallTree());
  const { storedBytes, plainBytes } = lab.vault.stats();
  assert.deepEqual(noted(), [0]);
  let told = 0;
  lab.hub.onHistory(() => told++);
  clock.advance(5000);
  assert.deepEqual(lab.catalog.vaultSizes(), [{ timeMs: clock.nowMs(), storedBytes, plainBytes }]);
  assert.equal(told, 1);
  clock.advance(10_000);
  assert.equal(told, 1, 'nothing has grown');
  clock.jumpWall(clock.nowMs() + 3_600_000);
  await backUp(connection, 'other', smallTree());
  await lab.hub.close();
  assert.deepEqual(noted(), [storedBytes, lab.vault.stats().storedBytes]);
});

test('a catalog that can not note the size spoils no backup', async (t) => {
  const clock = new ManualClock(Date.now());
  const plain = await startLab(t);
  const catalog = {
    ...plain.catalog,
    recordVaultSize: (): never => {
      throw new RbError('disk-full', 'There is no space left.', { retry: true });
    },
  };
  const lab = await startLab(t, { clock, catalog });
  await backUp(await lab.login('ana'), 'docs', smallTree());
  clock.advance(5000);
  assert.equal(lab.events.filter(({ event }) => event === 'size-not-noted').length, 2);
});

test('the overview says to programs what the status says to people', async (t) => {
  const lab = await startLab(t);
  const connection = await lab.login('ana');
  const first = lab.hub.overview(10);
  assert.equal(first.hub.fingerprint, lab.hub.fingerprint);
  assert.deepEqual(first.hub.listening, lab.hub.listening);
  assert.deepEqual(first.clients, { total: 1, origins: 0, destinations: 0 });
  assert.equal(lab.hub.clients()[0]?.activity, 'idle');
  const taker = new Taker(await lab.login('eva'), 'disk');
  const origin = new Origin(connection, 'docs', { copies: 1 });
  await until(() => lab.hub.overview(10).runs[0]?.phase === 'waiting', 'the run waits');
  const [waiting] = lab.hub.overview(10).runs;
  assert.deepEqual([waiting?.key, waiting?.progress], [KEY, null]);
  assert.deepEqual([waiting?.connected, waiting?.needed], [0, 1]);
  const [one, two] = lab.hub.clients();
  assert.deepEqual([one?.activity, one?.set, one?.role], ['backing-up', KEY, 'origin']);
  assert.deepEqual([two?.activity, two?.set, two?.name], ['waiting', null, 'disk']);
  const mine = new Taker(await lab.login('ana'), 'mine');
  await origin.start();
  const stream = mine.follow(await mine.offered());
  await until(() => lab.hub.clients()[2]?.activity === 'receiving', 'the transfer');
  assert.deepEqual(lab.hub.clients()[2]?.set, KEY);
  await origin.stream.send({
    t: 'progress',
    phase: 'sending',
    file: new Uint8Array(0),
    fileBytes: 0,
    fileTotal: 0,
    bytes: 7,
    total: 9,
    files: 0,
    filesTotal: 1,
  });
  await until(() => lab.hub.overview(10).runs[0]?.progress?.bytes === 7, 'the progress');
  const overview = lab.hub.overview(0);
  assert.deepEqual([overview.runs.length, overview.runsTotal], [0, 1]);
  assert.deepEqual(overview.clients, { total: 3, origins: 1, destinations: 2 });
  assert.equal(lab.hub.overview(1).runs[0]?.phase, 'live');
  assert.equal(lab.hub.overview(1).runs[0]?.copies[0]?.destination, hex(mine.id));
  stream.end();
  taker.standing.end();
});
