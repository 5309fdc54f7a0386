import assert from 'node:assert/strict';
import { test } from 'node:test';

import { leaseCopy } from '../../src/base/shared-arena.ts';
import { Wants } from '../../src/rebuild/wants.ts';

/** An id of which the first bytes are the same for all. */
function idLike(last: number): Uint8Array {
  const id = new Uint8Array(32).fill(9);
  id[31] = last;
  return id;
}

function wantsOf(windowBytes: number): { wants: Wants; asked: number[] } {
  const asked: number[] = [];
  const wants = new Wants(windowBytes, (_kind, ids) => {
    for (let at = 31; at < ids.length; at += 32) asked.push(ids[at] as number);
  });
  return { wants, asked };
}

function arrive(wants: Wants, chunks: readonly (readonly [id: number, text: string])[]): void {
  const lengths = Uint32Array.from(chunks, ([, text]) => text.length);
  const offsets = lengths.map((_, at) => lengths.subarray(0, at).reduce((sum, n) => sum + n, 0));
  const ids = Buffer.concat(chunks.map(([id]) => idLike(id)));
  const plain = leaseCopy(Buffer.from(`before${chunks.map(([, text]) => text).join('')}`)).range;
  const inner = { ...plain, at: plain.at + 6, length: plain.length - 6 };
  wants.arrived(inner, { ids, offsets, lengths });
}

test('chunks whose ids begin alike reach those who wait for them, in whatever order they come', () => {
  const { wants, asked } = wantsOf(1000);
  const got: string[] = [];
  const note = (name: string) => (bytes: Uint8Array | null) =>
    void got.push(`${name}=${bytes === null ? 'none' : Buffer.from(bytes).toString()}`);
  for (const id of [1, 2, 3, 4]) wants.add('data', idLike(id), 10, note(`a${id}`));
  wants.add('data', idLike(2), 10, note('b2'));
  wants.flush();
  assert.deepEqual(asked, [1, 2, 3, 4]);
  arrive(wants, [
    [2, 'two'],
    [7, 'unasked'],
    [4, 'four'],
  ]);
  assert.deepEqual(got, ['a2=two', 'b2=two', 'a4=four']);
  assert.ok(wants.isWanted(idLike(1)) && wants.isWanted(idLike(3)) && !wants.isWanted(idLike(2)));
  wants.lacking(Buffer.concat([idLike(3), idLike(2)]));
  arrive(wants, [[1, 'one']]);
  assert.deepEqual(got.slice(3), ['a3=none', 'a1=one']);
  assert.equal(wants.outstanding, 0);
});

test('a chunk that has come may be asked for again', () => {
  const { wants, asked } = wantsOf(1000);
  const got: string[] = [];
  for (let i = 0; i < 2; i++) {
    wants.add('list', idLike(5), 10, (bytes) => got.push(String(bytes?.length)));
    wants.flush();
    arrive(wants, [[5, 'five']]);
  }
  assert.deepEqual(asked, [5, 5]);
  assert.deepEqual(got, ['4', '4']);
});

test('no more is asked for at a time than the window holds, but one chunk always is', () => {
  const { wants } = wantsOf(100);
  assert.ok(wants.hasRoom(1000));
  wants.add('data', idLike(1), 60, () => undefined);
  assert.ok(wants.hasRoom(40));
  assert.ok(!wants.hasRoom(41));
  arrive(wants, [[1, 'x']]);
  assert.ok(wants.hasRoom(100));
});
