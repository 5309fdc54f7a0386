import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SetLocks } from '../../src/hub/runs/set-locks.ts';
import type { Contender, Ticket } from '../../src/hub/runs/set-locks.ts';
import { logOfSnapshot, RunLog } from '../../src/hub/runs/run-log.ts';
import { Throttle } from '../../src/hub/throttle.ts';
import { ManualClock } from '../manual-clock.ts';

const id = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const part = (byte: number) => {
  return { k: 'part', path: id(byte), offset: 0, id: id(byte), bytes: 1, depth: 0 } as const;
};

test('a log gives the same items from every position, in any portions', () => {
  const log = new RunLog();
  const kinds: string[] = [];
  for (let i = 0; i < 200; i++) {
    if (i % 3 === 1) log.addPart(part(i));
    else log.addPage(id(i));
    kinds.push(i % 3 === 1 ? 'part' : 'page');
  }
  log.end({ k: 'commit', snapshot: id(255) });
  kinds.push('commit');
  assert.equal(log.length, 201);
  for (const most of [1, 7, 256]) {
    const read: string[] = [];
    while (read.length < log.length) {
      for (const item of log.items(read.length, most)) {
        if ('id' in item) assert.equal(item.id[0], read.length);
        read.push(item.k);
      }
    }
    assert.deepEqual(read, kinds);
  }
});

test('a log is read up to its end and not beyond', () => {
  const log = logOfSnapshot(id(1), [id(2)]);
  assert.equal(log.items(1, 10)[0]?.k, 'commit');
  assert.throws(() => log.items(2, 1), { code: 'protocol' });
  assert.deepEqual(new RunLog().items(0, 1), []);
  assert.throws(() => new RunLog().items(1, 1), { code: 'protocol' });
});

test('a set goes from one to the next in the order in which they came, and everyone knows who is ahead', async () => {
  const locks = new SetLocks();
  const said: string[] = [];
  const key = { user: 'ana', host: 'machine', set: 'docs' };
  const come = (name: string): Ticket => {
    const contender: Contender = {
      name,
      queued: (behind) => said.push(`${name} behind ${behind}`),
      contended: (by) => said.push(`${name} before ${by}`),
    };
    return locks.acquire(key, contender);
  };
  const [one, two, three] = [come('one'), come('two'), come('three')];
  await one.granted;
  assert.deepEqual(said.splice(0), [
    'two behind one',
    'one before two',
    'three behind two',
    'one before three',
    'two before three',
  ]);
  two.release();
  assert.deepEqual(said, ['three behind one']);
  one.release();
  one.release();
  await three.granted;
  three.release();
  await come('four').granted;
});

test('what is poked often is called at once, then once at the end of each pause, with nothing lost', () => {
  const clock = new ManualClock();
  let calls = 0;
  const throttle = new Throttle(clock, 100, () => calls++);
  for (let i = 0; i < 5; i++) throttle.poke();
  assert.equal(calls, 1);
  clock.advance(100);
  assert.equal(calls, 2);
  clock.advance(1000);
  assert.equal(calls, 2);
  throttle.poke();
  throttle.poke();
  throttle.stop();
  clock.advance(1000);
  assert.equal(calls, 3);
});
