import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import type { Timer } from '../../src/base/clock.ts';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { scrubState } from '../../src/catalog/scrub-state.ts';
import { openSqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import { MemoryVault } from '../../src/vault/memory/memory-vault.ts';
import type { Inspection, Place, RecordAt } from '../../src/vault/vault.ts';
import { ManualClock } from '../manual-clock.ts';
import { noiseRecord } from '../vault/records.ts';
import { tempFolder } from '../vault/temp-folder.ts';
import { startLab, until } from './lab.ts';
import type { Lab } from './lab.ts';
import { Origin } from './actors.ts';

const MINUTE_MS = 60_000;
const RECORDS = 40;
/** All is read within nine tenths of it: in each of 18 turns a little more than two records. */
const ROUND_MS = 20 * MINUTE_MS;

/** Counts how often the next turn was waited for. */
class TurnClock extends ManualClock {
  turns = 0;

  override setTimeout(callback: () => void, delayMs: number): Timer {
    if (delayMs === MINUTE_MS) this.turns++;
    return super.setTimeout(callback, delayMs);
  }
}

/** Notes which records were read. */
class WatchedVault extends MemoryVault {
  readonly reads: number[] = [];

  override async *inspect(after?: RecordAt): AsyncGenerator<Inspection, void, void> {
    for await (const step of super.inspect(after)) {
      this.reads.push(step.at.offset);
      yield step;
    }
  }
}

type Scene = { readonly vault: WatchedVault; readonly catalog: Catalog; readonly clock: TurnClock };

async function scene(t: TestContext): Promise<Scene> {
  const vault = new WatchedVault();
  for (let i = 0; i < RECORDS; i++) {
    const { record, bundle } = noiseRecord(i);
    await vault.append(record, bundle);
  }
  const catalog = await openSqliteCatalog(join(tempFolder(), 'catalog.db'));
  t.after(() => catalog.close());
  return { vault, catalog, clock: new TurnClock() };
}

async function startScrubbing(t: TestContext, { vault, catalog, clock }: Scene): Promise<Lab> {
  return await startLab(t, { vault, catalog, clock, scrubEveryMs: ROUND_MS });
}

/** Lets a minute pass, and waits until the turn that it brings is over. */
async function turn({ clock }: Scene): Promise<void> {
  const before = clock.turns;
  clock.advance(MINUTE_MS);
  await until(() => clock.turns > before, 'the turn is over');
}

test('all of the vault is read once in a round, a little at a time, and goes on where it was after a restart', async (t) => {
  const all = await scene(t);
  const first = await startScrubbing(t, all);
  for (let i = 0; i < 6; i++) await turn(all);
  const soFar = all.vault.reads.length;
  assert.ok(soFar > 5 && soFar < RECORDS / 2, `${soFar} records were read`);
  await first.hub.close();
  assert.equal(scrubState(all.catalog)?.endedMs, null);
  const second = await startScrubbing(t, all);
  for (let i = 0; i < 14; i++) await turn(all);
  await second.hub.close();
  assert.deepEqual(all.vault.reads, [...Array(RECORDS).keys()]);
  const { endedMs, startedMs, damagedRecords } = scrubState(all.catalog) ?? assert.fail('none');
  assert.equal(damagedRecords, 0);
  assert.ok(endedMs !== null && endedMs - startedMs <= ROUND_MS);
});

test('the next round begins when the time of the last is over, and not before', async (t) => {
  const all = await scene(t);
  const lab = await startScrubbing(t, all);
  for (let i = 0; i < 20; i++) await turn(all);
  assert.equal(all.vault.reads.length, RECORDS);
  for (let i = 0; i < 3; i++) await turn(all);
  assert.ok(all.vault.reads.length > RECORDS);
  assert.equal(scrubState(all.catalog)?.endedMs, null);
  await lab.hub.close();
});

test('what is damaged is found, left aside and told, once', async (t) => {
  const all = await scene(t);
  const { bundle } = noiseRecord(3);
  const place = all.vault.find(bundle.chunks[0]?.id ?? assert.fail('no chunk')) as Place;
  const lease = await all.vault.reread(place);
  lease.bytes[lease.bytes.length - 5] = (lease.bytes.at(-5) ?? 0) ^ 1;
  lease.release();
  const lab = await startScrubbing(t, all);
  for (let i = 0; i < 20; i++) await turn(all);
  assert.equal(scrubState(all.catalog)?.damagedRecords, 1);
  for (const { id } of bundle.chunks) assert.equal(all.vault.has(id), false);
  assert.equal(lab.events.filter(({ event }) => event === 'damage').length, 1);
  await lab.hub.close();
});

test('while a run is live nothing is read, and it is caught up with after', async (t) => {
  const all = await scene(t);
  const lab = await startScrubbing(t, all);
  await turn(all);
  const connection = await lab.login('ana');
  const origin = new Origin(connection, 'docs');
  await origin.start();
  const before = all.vault.reads.length;
  all.clock.jumpWall(all.clock.nowMs() + ROUND_MS / 2);
  await turn(all);
  assert.equal(all.vault.reads.length, before);
  connection.close();
  await until(() => lab.hub.status().runs.length === 0, 'the run is gone');
  await turn(all);
  assert.ok(all.vault.reads.length > RECORDS / 2);
  await lab.hub.close();
});

test('a clock that jumps back begins a new round, and one that jumps ahead only hurries', async (t) => {
  const all = await scene(t);
  const lab = await startScrubbing(t, all);
  for (let i = 0; i < 5; i++) await turn(all);
  const year = 365 * 24 * 60 * MINUTE_MS;
  all.clock.jumpWall(all.clock.nowMs() - year);
  await turn(all);
  assert.equal(scrubState(all.catalog)?.startedMs, all.clock.nowMs());
  all.clock.jumpWall(all.clock.nowMs() + year);
  await turn(all);
  assert.notEqual(scrubState(all.catalog)?.endedMs, null);
  await lab.hub.close();
});
