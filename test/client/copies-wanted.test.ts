import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CopiesWanted } from '../../src/client/backup/copies-wanted.ts';
import type { Copy, CopyState } from '../../src/wire/messages-backup.ts';
import { ManualClock } from '../manual-clock.ts';

const never = new AbortController().signal;

function copies(...states: CopyState[]): Copy[] {
  return states.map((state, i) => ({
    destination: `${i}`,
    name: `d${i}`,
    state,
    bytes: 0,
    total: 0,
    file: new Uint8Array(0),
  }));
}

/** Whether it has settled by now, without letting time pass. */
async function isSettled(work: Promise<void>): Promise<boolean> {
  let settled = false;
  void work.then(() => (settled = true));
  for (let i = 0; i < 5; i++) await Promise.resolve();
  return settled;
}

test('it is over as soon as enough copies are verified', async () => {
  const wanted = new CopiesWanted(2, null, new ManualClock());
  const work = wanted.settled(never);
  wanted.update(copies('verified', 'receiving', 'receiving'));
  assert.equal(await isSettled(work), false);
  wanted.update(copies('verified', 'verified', 'receiving'));
  assert.equal(await isSettled(work), true);
  assert.equal(wanted.verified, 2);
});

test('time does not run while enough destinations are at work', async () => {
  const clock = new ManualClock();
  const wanted = new CopiesWanted(1, 1000, clock);
  wanted.update(copies('receiving'));
  const work = wanted.settled(never);
  clock.advance(3_600_000);
  assert.equal(await isSettled(work), false);
  wanted.update(copies('verified'));
  assert.equal(await isSettled(work), true);
});

test('it is over when too few were there for as long as one would wait', async () => {
  const clock = new ManualClock();
  const wanted = new CopiesWanted(2, 5000, clock);
  wanted.update(copies('verified', 'gone'));
  const work = wanted.settled(never);
  clock.advance(4000);
  assert.equal(await isSettled(work), false);
  clock.advance(2000);
  assert.equal(await isSettled(work), true);
  assert.equal(wanted.verified, 1);
});

test('time that went by before the run is not given again', async () => {
  const clock = new ManualClock();
  const wanted = new CopiesWanted(1, 5000, clock);
  clock.advance(4000);
  wanted.update(copies('receiving'));
  clock.advance(60_000);
  wanted.update(copies('gone'));
  const work = wanted.settled(never);
  clock.advance(1500);
  assert.equal(await isSettled(work), true);
});

test('who is still receiving may finish when time is up', async () => {
  const clock = new ManualClock();
  const wanted = new CopiesWanted(2, 1000, clock);
  wanted.update(copies('receiving'));
  const work = wanted.settled(never);
  clock.advance(10_000);
  assert.equal(await isSettled(work), false);
  wanted.update(copies('verified'));
  assert.equal(await isSettled(work), true);
  assert.equal(wanted.verified, 1);
});

test('a hub that goes away ends the waiting', async () => {
  const wanted = new CopiesWanted(1, null, new ManualClock());
  const work = wanted.settled(never);
  wanted.lost();
  assert.equal(await isSettled(work), true);
});
