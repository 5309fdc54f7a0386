import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SetQueue } from '../../src/client/receive/set-queue.ts';
import type { ToTake } from '../../src/client/receive/transfer.ts';

const KEY = { user: 'ana', host: 'pc', set: 'docs' };
const [OLD, NEW] = [1, 2].map((byte) => new Uint8Array(32).fill(byte)) as [Uint8Array, Uint8Array];
const any = (): boolean => true;

function offered(run: string | null, snapshot: Uint8Array | null, set: string = 'docs'): ToTake {
  return { t: 'offered', ...KEY, set, run, snapshot, files: 1, bytes: 2 };
}

test('of each set the newest offer alone waits, and sets that may not begin are passed over', () => {
  const queue = new SetQueue();
  queue.offer(offered(null, OLD));
  queue.offer(offered('run', null));
  queue.offer(offered(null, NEW, 'mail'));
  assert.equal(queue.next((name) => name !== 'ana@pc:docs')?.set, 'mail');
  assert.equal(queue.next(any)?.run, 'run');
  assert.equal(queue.next(any), undefined);
});

test('what waits to be mended is mended on the way to what is newer, whichever came first', () => {
  const queue = new SetQueue();
  queue.mend({ t: 'mend', ...KEY, snapshot: OLD });
  queue.offer(offered(null, NEW));
  assert.deepEqual(queue.next(any), { ...offered(null, NEW), mends: true });
  queue.offer(offered('run', null));
  queue.mend({ t: 'mend', ...KEY, snapshot: OLD });
  assert.deepEqual(queue.next(any), { ...offered('run', OLD), mends: true });
});

test('what overtakes something that was to be mended is mended too', () => {
  const queue = new SetQueue();
  queue.mend({ t: 'mend', ...KEY, snapshot: OLD });
  const taken = queue.next(any) as ToTake;
  assert.equal(queue.overtaking(taken), taken);
  queue.offer(offered(null, NEW));
  assert.deepEqual(queue.overtaking(taken), { ...offered(null, NEW), mends: true });
  assert.equal(queue.has('ana@pc:docs'), false);
});

test('a run that is at work when something is to be mended is not undone by that', () => {
  const queue = new SetQueue();
  const run = offered('run', null);
  queue.mend({ t: 'mend', ...KEY, snapshot: OLD });
  queue.brought(run, NEW);
  assert.equal(queue.next(any)?.snapshot, NEW);
  // A snapshot that was taken says nothing of what is newest.
  queue.mend({ t: 'mend', ...KEY, snapshot: NEW });
  queue.brought(offered(null, OLD), OLD);
  assert.equal(queue.next(any)?.snapshot, NEW);
});

test('what is to be taken once more gives way to what is newer', () => {
  const queue = new SetQueue();
  queue.again(offered(null, OLD));
  assert.equal(queue.next(any)?.snapshot, OLD);
  queue.offer(offered(null, NEW));
  queue.again(offered(null, OLD));
  assert.equal(queue.next(any)?.snapshot, NEW);
});
