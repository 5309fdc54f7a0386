import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ChunkIndex, offsetOf, packOf, placeOf } from '../../src/vault/chunk-index.ts';
import { leaseCopy } from '../../src/base/shared-arena.ts';
import type { SharedLease } from '../../src/base/shared-arena.ts';
import { RecordCache } from '../../src/vault/record-cache.ts';
import { noise, seeded } from './records.ts';

const SEED = Uint8Array.from({ length: 16 }, (_, i) => i * 11);

test('a place holds a pack and an offset up to 4 GiB', () => {
  const place = placeOf(1_999_999, 0xffff_fff0);
  assert.equal(packOf(place), 1_999_999);
  assert.equal(offsetOf(place), 0xffff_fff0);
});

test('every id that was added is found where it was put, over many growths, and no other', () => {
  const index = new ChunkIndex();
  const ids = Array.from({ length: 20_000 }, (_, i) => noise(i, 32));
  for (const [i, id] of ids.entries()) index.add(id, placeOf(i % 7, i));
  assert.equal(index.chunks, 20_000);
  for (const [i, id] of ids.entries()) assert.equal(index.find(id), placeOf(i % 7, i));
  for (let i = 20_000; i < 40_000; i++) assert.equal(index.has(noise(i, 32)), false);
});

test('ids that differ in the last of their first sixteen bytes alone are different', () => {
  const index = new ChunkIndex(SEED);
  const id = (last: number): Uint8Array =>
    Uint8Array.from({ length: 32 }, (_, i) => (i === 15 ? last : 9));
  for (let last = 0; last < 200; last++) index.add(id(last), placeOf(0, last));
  for (let last = 0; last < 200; last++) assert.equal(index.find(id(last)), placeOf(0, last));
  assert.equal(index.has(id(200)), false);
});

test('it does what a map of lists does, whatever is added and removed', () => {
  const next = seeded(4);
  const index = new ChunkIndex(SEED);
  const twin = new Map<number, number[]>();
  const idOf = (n: number): Uint8Array => noise(n, 32);
  for (let step = 0; step < 30_000; step++) {
    const n = next() % 3000;
    if (next() % 3 > 0) {
      const offset = next() % 2000;
      const places = twin.get(n) ?? [];
      assert.equal(index.add(idOf(n), placeOf(1, offset)), places.length < 8);
      if (places.length < 8) twin.set(n, [...places, offset]);
    } else if (step % 50 === 0) {
      const offset = next() % 2000;
      let removed = 0;
      for (const [key, places] of twin) {
        const kept = places.filter((place) => place !== offset);
        removed += places.length - kept.length;
        if (kept.length === 0) twin.delete(key);
        else twin.set(key, kept);
      }
      assert.equal(index.removePlace(placeOf(1, offset)), removed);
    }
  }
  assert.equal(index.chunks, twin.size);
  for (let n = 0; n < 3000; n++) {
    const place = index.find(idOf(n));
    const places = twin.get(n);
    assert.equal(place === undefined, places === undefined);
    if (place !== undefined) assert.ok(places?.includes(offsetOf(place)));
  }
});

test('the cache of records keeps what was used last, within its bytes', () => {
  const cache = new RecordCache(100);
  const [a, b, c, d] = [placeOf(0, 1), placeOf(0, 2), placeOf(0, 3), placeOf(0, 4)];
  const record = (bytes: number): SharedLease => leaseCopy(new Uint8Array(bytes));
  cache.set(a, record(40));
  cache.set(b, record(40));
  cache.get(a);
  cache.set(c, record(40));
  assert.equal(cache.get(b), undefined);
  assert.equal(cache.get(a)?.bytes.length, 40);
  cache.set(c, record(60));
  assert.equal(cache.bytes, 100);
  cache.set(d, record(101));
  assert.equal(cache.get(d), undefined);
  cache.delete(a);
  cache.delete(a);
  assert.equal(cache.bytes, 60);
});
