import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

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

test('nobody sleeps while something is there, or once the scan is to end', () => {
  const given = new LeaseReturns();
  const taken = new LeaseReturns(given.memory);
  given.give({ lease: 1, keptBytes: 0 });
  assert.equal(taken.wait(), false);
  taken.take();
  assert.equal(taken.isStopped, false);
  given.stop();
  assert.equal(taken.isStopped, true);
  assert.equal(taken.wait(), false);
});

test('who sleeps is woken by what another thread gives', async () => {
  const taken = new LeaseReturns();
  const module = new URL('../../src/scan/lease-returns.ts', import.meta.url);
  const script = `const { workerData: { module, memory } } = require('node:worker_threads');
    import(module).then(({ LeaseReturns }) => new LeaseReturns(memory).give({ lease: 5, keptBytes: 0 }));`;
  const worker = new Worker(script, {
    eval: true,
    workerData: { module: module.href, memory: taken.memory },
  });
  let back = taken.take();
  while (back === null) {
    taken.wait();
    back = taken.take();
    // The thread needs this one's event loop to start.
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(back, { lease: 5, keptBytes: 0 });
  await worker.terminate();
});
