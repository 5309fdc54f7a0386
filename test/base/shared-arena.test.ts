import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

import fc from 'fast-check';

import { SharedArena, leaseCopy, viewOf } from '../../src/base/shared-arena.ts';
import type { SharedLease } from '../../src/base/shared-arena.ts';

const KIB = 1024;

test('leases that are held at the same time never overlap, and all memory comes back', () => {
  const step = fc.record({ takes: fc.boolean(), pick: fc.nat(), bytes: fc.nat(40 * KIB) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const arena = new SharedArena(256 * KIB);
      const held: { lease: SharedLease; mark: number }[] = [];
      for (const [index, { takes, pick, bytes }] of steps.entries()) {
        if (takes || held.length === 0) {
          const lease = arena.take(bytes);
          lease.bytes.fill(index & 0xff);
          held.push({ lease, mark: index & 0xff });
        } else {
          const [{ lease, mark }] = held.splice(pick % held.length, 1) as [(typeof held)[0]];
          assert.ok(lease.bytes.every((byte) => byte === mark));
          lease.release();
        }
      }
      for (const { lease, mark } of held) {
        assert.ok(lease.bytes.every((byte) => byte === mark));
        lease.release();
      }
      assert.equal(arena.usedBytes, 0);
      const whole = arena.take(256 * KIB);
      assert.equal(arena.usedBytes, 256 * KIB);
      whole.release();
    }),
    { numRuns: 100 },
  );
});

test('the lowest free address is taken first', () => {
  const arena = new SharedArena(64 * KIB);
  const first = arena.take(8 * KIB);
  arena.take(8 * KIB);
  const { at } = first.range;
  first.release();
  assert.equal(arena.take(4 * KIB).range.at, at);
});

test('what does not fit lies in memory of its own', () => {
  const arena = new SharedArena(8 * KIB);
  const inside = arena.take(8 * KIB);
  const outside = arena.take(100);
  assert.notEqual(outside.range.memory, inside.range.memory);
  assert.equal(outside.bytes.length, 100);
  outside.release();
  assert.equal(arena.usedBytes, 8 * KIB);
});

test('memory is given to others only when the last holder has let go, who cannot let go twice', () => {
  const arena = new SharedArena(8 * KIB);
  const lease = arena.take(8 * KIB).retain();
  lease.release();
  assert.equal(arena.usedBytes, 8 * KIB);
  lease.release();
  assert.equal(arena.usedBytes, 0);
  assert.throws(() => lease.release(), /given back/);
  assert.throws(() => lease.retain(), /given back/);
});

test('what a lease no longer keeps is given to others at once, and the rest in the end', () => {
  const arena = new SharedArena(32 * KIB);
  const lease = arena.take(32 * KIB);
  lease.bytes.fill(5);
  const { memory, at } = lease.range;
  assert.throws(() => lease.narrow({ memory, at: at + 1, length: 32 * KIB }), /part of a lease/);
  lease.narrow({ memory, at: at + KIB, length: 6 * KIB });
  assert.equal(arena.usedBytes, 8 * KIB);
  assert.equal(arena.takeInside(32 * KIB), null);
  const other = arena.takeInside(24 * KIB) as SharedLease;
  other.bytes.fill(6);
  assert.ok(lease.bytes.length === 6 * KIB && lease.bytes.every((byte) => byte === 5));
  other.release();
  lease.narrow({ memory, at: at + 2 * KIB, length: KIB });
  assert.equal(arena.usedBytes, 4 * KIB);
  lease.release();
  assert.equal(arena.usedBytes, 0);
});

test('another thread sees and changes the same bytes', async () => {
  const lease = leaseCopy(Uint8Array.of(1, 2, 3));
  const script = `const { parentPort, workerData: { memory, at, length } } = require('node:worker_threads');
    const view = new Uint8Array(memory, at, length); view[0] += view[2]; parentPort.postMessage(null);`;
  const worker = new Worker(script, { eval: true, workerData: lease.range });
  await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await worker.terminate();
  assert.deepEqual([...viewOf(lease.range)], [4, 2, 3]);
});
