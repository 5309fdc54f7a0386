import assert from 'node:assert/strict';
import { test } from 'node:test';

import { surplus } from '../../src/catalog/vault-sizes.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

/** What is there when each hour of a time was noted and thinned out in turn. */
function keptAfter(hours: number): number[] {
  let times: number[] = [];
  for (let hour = 0; hour < hours; hour++) {
    times.push(hour * HOUR_MS);
    const gone = new Set(surplus(times, hour * HOUR_MS));
    if (gone.size > 0) times = times.filter((timeMs) => !gone.has(timeMs));
  }
  return times;
}

test('hours of a fortnight, days of half a year and weeks of the rest are kept', () => {
  const hours = 24 * 400;
  const nowMs = (hours - 1) * HOUR_MS;
  const times = keptAfter(hours);
  const between = (fromMs: number, toMs: number): number[] =>
    times.filter((timeMs) => nowMs - timeMs > fromMs && nowMs - timeMs <= toMs);
  assert.equal(between(-1, 14 * DAY_MS).length, 14 * 24 + 1);
  const days = between(15 * DAY_MS, 26 * WEEK_MS);
  assert.ok(days.length >= 26 * 7 - 16 && days.length <= 26 * 7 - 14, `${days.length} days`);
  assert.ok(days.every((timeMs) => timeMs % DAY_MS === 23 * HOUR_MS));
  const weeks = between(27 * WEEK_MS, Infinity);
  assert.ok(weeks.length >= 29 && weeks.length <= 31, `${weeks.length} weeks`);
  assert.ok(weeks.every((timeMs) => timeMs % WEEK_MS === WEEK_MS - HOUR_MS));
});

test('there are never more than a thousand, and the newest stay', () => {
  const times = Array.from({ length: 1500 }, (_, week) => week * WEEK_MS);
  const nowMs = 1499 * WEEK_MS;
  assert.deepEqual(surplus(times, nowMs), times.slice(0, 500));
  // A clock that was far ahead once has left moments that are still to come.
  assert.equal(surplus(times, 0).length, 500);
});

test('what was thinned out stays as it is', () => {
  const times = keptAfter(24 * 60);
  assert.deepEqual(surplus(times, (24 * 60 - 1) * HOUR_MS), []);
});
