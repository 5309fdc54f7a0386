import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RunLog } from '../../src/hub/runs/run-log.ts';

const id = (number: number): Uint8Array => new Uint8Array(32).fill(number);
const kinds = (log: RunLog, from: number): string[] => log.items(from, 256).map(({ k }) => k);
const part = { k: 'part', path: id(1), offset: 0, id: id(9), bytes: 1, depth: 0 } as const;

test('what is appended while a log is held waits, and comes in its order when it is let go', () => {
  const log = new RunLog();
  log.addPage(id(1));
  log.hold();
  log.addPart(part);
  log.addPage(id(2));
  assert.deepEqual([kinds(log, 0), kinds(log, 1), log.length], [['page'], [], 1]);
  let told = 0;
  log.changed.on(() => told++);
  log.letGo();
  assert.deepEqual([kinds(log, 1), told], [['part', 'page'], 1]);
  log.end({ k: 'commit', snapshot: id(3) });
  assert.deepEqual(kinds(log, 3), ['commit']);
});

test('a commit lets all of it go; held twice it waits at the first place', () => {
  const log = new RunLog();
  log.hold();
  log.addPage(id(1));
  log.hold();
  log.addPage(id(2));
  assert.equal(log.length, 0);
  log.end({ k: 'commit', snapshot: id(3) });
  assert.deepEqual(kinds(log, 0), ['page', 'page', 'commit']);
  assert.equal(log.pages().length, 2);
});

test('behind what readers have seen an abort comes next, and nothing that was held', () => {
  const log = new RunLog();
  log.addPage(id(1));
  log.addPart(part);
  log.hold();
  log.addPage(id(2));
  log.addPart(part);
  assert.throws(
    () => log.items(3, 1),
    { code: 'protocol' },
    'a reader that knows more than it can',
  );
  log.end({ k: 'abort', code: 'held-back', message: 'no' });
  assert.deepEqual(kinds(log, 0), ['page', 'part', 'abort']);
  assert.deepEqual(kinds(log, 2), ['abort']);
});
