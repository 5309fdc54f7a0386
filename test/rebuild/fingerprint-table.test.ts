import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FingerprintTable } from '../../src/rebuild/fingerprint-table.ts';

function found(table: FingerprintTable, print: number): [number, number][] {
  const pairs: [number, number][] = [];
  table.find(print, (first, second) => {
    pairs.push([first, second]);
    return false;
  });
  return pairs;
}

test('a table gives back every pair that was added, however much it has grown, and no other', () => {
  const table = new FingerprintTable(4);
  const print = (at: number): number => Math.imul(at, 0x9e3779b1) >>> 0;
  for (let at = 0; at < 20_000; at++) table.add(print(at), at, at * 2 ** 33);
  assert.equal(table.count, 20_000);
  for (let at = 0; at < 20_000; at++)
    assert.deepEqual(found(table, print(at)), [[at, at * 2 ** 33]]);
  assert.deepEqual(found(table, print(20_001)), []);
});

test('numbers keep their full range, and those beyond it are left out', () => {
  const table = new FingerprintTable(8);
  const pairs: [number, number][] = [
    [0, 0],
    [2 ** 32 - 2, 2 ** 48 - 1],
    [1, 2 ** 32 - 1],
    [2, 2 ** 32],
  ];
  for (const [first, second] of pairs) table.add(0xffff_ffff, first, second);
  table.add(0xffff_ffff, 2 ** 32 - 1, 0);
  table.add(0xffff_ffff, 0, 2 ** 48);
  assert.deepEqual(found(table, 0xffff_ffff), pairs);
});

test('of one fingerprint only the first few are kept, and a search ends when it is told to', () => {
  const table = new FingerprintTable(3);
  for (let at = 0; at < 10; at++) table.add(7, at, 0);
  assert.deepEqual(
    found(table, 7).map(([first]) => first),
    [0, 1, 2],
  );
  let visits = 0;
  assert.ok(table.find(7, (first) => ++visits === 2 && first === 1));
  assert.equal(visits, 2);
});
