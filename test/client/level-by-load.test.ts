import assert from 'node:assert/strict';
import { test } from 'node:test';

import { levelByLoad } from '../../src/client/backup/level-by-load.ts';

test('bundles are compressed well as long as no thread has a backlog', () => {
  for (const threads of [1, 2, 8]) {
    for (let packing = 1; packing < threads * 4; packing++)
      assert.equal(levelByLoad({ threads, packing, isSending: false }), 3);
  }
});

test('a backlog of four bundles a thread makes it quick', () => {
  assert.equal(levelByLoad({ threads: 2, packing: 8, isSending: false }), 1);
  assert.equal(levelByLoad({ threads: 1, packing: 17, isSending: false }), 1);
});

test('a link that has enough to do makes it thrifty, whatever waits', () => {
  assert.equal(levelByLoad({ threads: 2, packing: 18, isSending: true }), 3);
});
