import assert from 'node:assert/strict';
import { test } from 'node:test';

import { lastCheck, noteCheck } from '../../src/catalog/last-check.ts';

function settings(text?: string): {
  setting: () => string | undefined;
  setSetting: (key: string, value: string) => void;
} {
  let kept = text;
  return {
    setting: () => kept,
    setSetting: (_key, value) => {
      kept = value;
    },
  };
}

test('the last check is known as it was noted', () => {
  const catalog = settings();
  assert.equal(lastCheck(catalog), null);
  const check = { timeMs: 5, ok: false, readData: true, damagedSnapshots: 2, damagedRecords: 1 };
  noteCheck(catalog, check);
  assert.deepEqual(lastCheck(catalog), check);
});

test('what is no check counts as none', () => {
  const whole = '{"timeMs":5,"ok":true,"readData":true,"damagedSnapshots":0,"damagedRecords":0}';
  assert.notEqual(lastCheck(settings(whole)), null);
  for (const odd of [
    '',
    '{',
    'null',
    '7',
    '[]',
    '{}',
    whole.replace('5', '-5'),
    whole.replace('true', '1'),
  ])
    assert.equal(lastCheck(settings(odd)), null);
});
