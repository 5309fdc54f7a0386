import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LeaseReturns, MOST_LEASES } from '../../src/scan/lease-returns.ts';

test('what one side gives the other takes, in order, as often as there are leases', () => {
  const given = new LeaseReturns();
  const taken = new LeaseReturns(given.memory);
  for (let round = 0; round < 5; round++) {
    assert.equal(taken.take(), null);
    for (let lease = 0; lease < MOST_LEASES; lease++) {
      given.give({ lease, keptBytes: 5000 + lease });
      given.give({ lease, keptBytes: 0 });
    }
    for (let lease = 0; lease < MOST_LEASES; lease++) {
      assert.deepEqual(taken.take(), { lease, keptBytes: 5000 + lease });
      assert.deepEqual(taken.take(), { lease, keptBytes: 0 });
    }
  }
});

test('waiting ends at once when something is there, or when the scan is to end', () => {
  const given = new LeaseReturns();
  const taken = new LeaseReturns(given.memory);
  given.give({ lease: 1, keptBytes: 0 });
  const startMs = performance.now();
  taken.wait();
  taken.take();
  assert.equal(taken.isStopped, false);
  given.stop();
  assert.equal(taken.isStopped, true);
  taken.wait();
  // A second is what it waits at most; both together far less.
  assert.ok(performance.now() - startMs < 900);
});
