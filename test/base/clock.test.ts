import assert from 'node:assert/strict';
import { test } from 'node:test';

import { systemClock } from '../../src/base/clock.ts';
import { ManualClock } from '../manual-clock.ts';

test('the system clock calls once and a cancelled timer not at all', async () => {
  const startMs = systemClock.monotonicMs();
  let cancelled = 0;
  const never = systemClock.setTimeout(() => cancelled++, 1);
  never.cancel();
  never.cancel();
  await new Promise<void>((resolve) => void systemClock.setTimeout(resolve, 5));
  assert.equal(cancelled, 0);
  assert.ok(systemClock.monotonicMs() > startMs);
  assert.ok(Math.abs(systemClock.nowMs() - Date.now()) < 60_000);
});

test('the manual clock calls what falls due in order, each at its own time', () => {
  const clock = new ManualClock(1000);
  const calls: string[] = [];
  const note = (name: string) => () => {
    calls.push(`${name} ${clock.monotonicMs()} ${clock.nowMs()}`);
  };
  clock.setTimeout(note('late'), 30);
  clock.setTimeout(() => {
    note('early')();
    clock.setTimeout(note('nested'), 5);
  }, 10);
  clock.setTimeout(note('same'), 10);
  const cancelled = clock.setTimeout(note('cancelled'), 12);
  cancelled.cancel();
  clock.advance(20);
  assert.deepEqual(calls, ['early 10 1010', 'same 10 1010', 'nested 15 1015']);
  assert.equal(clock.pendingCount, 1);
  clock.jumpWall(0);
  clock.advance(10);
  assert.equal(calls.at(-1), 'late 30 10');
});
