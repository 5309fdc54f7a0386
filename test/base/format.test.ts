import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { isRbError } from '../../src/base/errors.ts';
import {
  formatBytes,
  formatDuration,
  formatRate,
  parseDuration,
  parseRate,
  parseSize,
} from '../../src/base/format.ts';

const isUsage = (error: unknown): boolean => isRbError(error, 'usage');

test('sizes have a binary unit and three digits that matter', () => {
  const shown: readonly (readonly [number, string])[] = [
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.00 KiB'],
    [10_239, '10.0 KiB'],
    [12_900_000, '12.3 MiB'],
    [1024 ** 2 - 1, '1.00 MiB'],
    [999 * 1024 ** 3, '999 GiB'],
    [1024 ** 6 * 4, '4.00 EiB'],
  ];
  for (const [bytes, text] of shown) assert.equal(formatBytes(bytes), text);
  assert.equal(formatRate(1536), '1.50 KiB/s');
});

test('no size is shown with more than four digits', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (bytes) => {
      assert.match(formatBytes(bytes), /^(\d{1,4}|\d\.\d\d|\d\d\.\d) (B|[KMGTPE]iB)$/);
    }),
    { seed: 1 },
  );
});

test('durations have their two largest units', () => {
  const shown: readonly (readonly [number, string])[] = [
    [0, '0.0 s'],
    [440, '0.4 s'],
    [9960, '10 s'],
    [59_499, '59 s'],
    [59_600, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [7_620_000, '2 h 07 min'],
    [356_400_000, '4 d 03 h'],
    [Number.POSITIVE_INFINITY, '--'],
    [Number.NaN, '--'],
  ];
  for (const [ms, text] of shown) assert.equal(formatDuration(ms), text);
});

test('durations are read with their unit, and nothing is read without', () => {
  assert.equal(parseDuration('24h'), 86_400_000);
  assert.equal(parseDuration('30s'), 30_000);
  assert.equal(parseDuration('2d'), 172_800_000);
  assert.equal(parseDuration('250ms'), 250);
  assert.equal(parseDuration('1h30m'), 5_400_000);
  assert.equal(parseDuration('1.5m'), 90_000);
  for (const text of ['', '5', 'h', '5 h', '-5s', '5s!', '1e3s', '9'.repeat(40) + 'd']) {
    assert.throws(() => parseDuration(text), isUsage, text);
  }
});

test('sizes and rates are read in binary units', () => {
  assert.equal(parseSize('4096'), 4096);
  assert.equal(parseSize('500k'), 512_000);
  assert.equal(parseSize('1.5G'), 1_610_612_736);
  assert.equal(parseSize('2MiB'), 2_097_152);
  assert.equal(parseSize('2 MB'), 2_097_152);
  assert.equal(parseRate('1M'), 1_048_576);
  assert.equal(parseRate('1M/s'), 1_048_576);
  for (const text of ['', 'k', '-1', '1x', '1kk', '0x10', '99999P', '1M/h']) {
    assert.throws(() => parseSize(text), isUsage, text);
  }
  for (const text of ['0', '0k', '1M/m', '/s']) assert.throws(() => parseRate(text), isUsage, text);
});
