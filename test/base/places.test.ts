import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import { Places } from '../../src/base/places.ts';

const NEVER = new AbortController().signal;

test('places are given in the order in which they were asked for', async () => {
  const places = new Places(2);
  const order: number[] = [];
  const ask = async (number: number): Promise<() => void> => {
    const leave = await places.take(NEVER);
    order.push(number);
    return leave;
  };
  const first = await ask(1);
  assert.equal(places.isFull, false);
  await ask(2);
  assert.equal(places.isFull, true);
  const [third, fourth] = [ask(3), ask(4)];
  first();
  first();
  await third;
  assert.deepEqual(order, [1, 2, 3]);
  (await third)();
  await fourth;
  assert.deepEqual(order, [1, 2, 3, 4]);
});

test('who gives up waiting takes no place from those behind', async () => {
  const places = new Places(1);
  const leave = await places.take(NEVER);
  const hasty = new AbortController();
  const given = places.take(hasty.signal);
  const patient = places.take(NEVER);
  hasty.abort();
  await assert.rejects(given, (error) => isRbError(error, 'interrupted'));
  leave();
  (await patient)();
  assert.equal(places.isFull, false);
  await assert.rejects(places.take(hasty.signal), (error) => isRbError(error, 'interrupted'));
  assert.equal(places.isFull, false);
});
