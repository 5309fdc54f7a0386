import assert from 'node:assert/strict';
import { test } from 'node:test';

import { concatBytes } from '../../src/base/bytes.ts';
import { isRbError } from '../../src/base/errors.ts';
import { blake3 } from '../../src/base/hash.ts';
import {
  encodeStateEnd,
  encodeStateHead,
  encodeStatePage,
  MARKS,
  newStamps,
  STATE_HEAD_BYTES,
  TreeStateReader,
} from '../../src/model/tree-state.ts';
import type { StatePage } from '../../src/model/tree-state.ts';

/** A hash as a plain array, which strict equality tells from a buffer. */
const idOf = (bytes: Uint8Array): Uint8Array => Uint8Array.from(blake3(bytes));

const SNAPSHOT = idOf(Buffer.from('snapshot'));

function statePage(seed: number, entries: number): StatePage {
  const page = Buffer.from(`page ${seed} `.repeat(1 + seed));
  const stamps = newStamps(entries);
  for (let i = 0; i < entries; i++) {
    stamps.ino[i] = 2 ** 52 + i;
    stamps.ctimeSec[i] = -i;
    stamps.ctimeNsec[i] = 999_999_999 - i;
    stamps.mark[i] = i % 2 === 0 ? MARKS.known : MARKS.blocked;
  }
  return { id: idOf(page), page: Uint8Array.from(page), stamps };
}

const PAGES = [statePage(1, 1), statePage(2, 7), statePage(3, 1024)];

function written(pages: readonly StatePage[] = PAGES): Uint8Array {
  return concatBytes([
    encodeStateHead(SNAPSHOT),
    ...pages.map(encodeStatePage),
    encodeStateEnd(pages.length),
  ]);
}

function readAll(state: Uint8Array): { snapshot: Uint8Array | null; pages: StatePage[] } {
  const reader = new TreeStateReader((offset, bytes) => state.subarray(offset, offset + bytes));
  const pages: StatePage[] = [];
  for (let page = reader.next(); page !== null; page = reader.next()) pages.push(page);
  return { snapshot: reader.snapshot, pages };
}

test('a tree state comes back as it was written', () => {
  const { snapshot, pages } = readAll(written());
  assert.deepEqual(snapshot, SNAPSHOT);
  assert.deepEqual(pages, PAGES);
  const empty = concatBytes([encodeStateHead(null), encodeStateEnd(0)]);
  assert.deepEqual(readAll(empty), { snapshot: null, pages: [] });
});

test('stamps begin as unknown', () => {
  assert.deepEqual([...newStamps(3).mark], [MARKS.unknown, MARKS.unknown, MARKS.unknown]);
});

test('a tree state that is cut short anywhere is noticed', () => {
  const state = written(PAGES.slice(0, 2));
  for (let end = 0; end < state.length; end++) {
    assert.throws(
      () => readAll(state.subarray(0, end)),
      (error) => isRbError(error, 'damaged-state'),
    );
  }
});

test('a flipped bit behind the head is noticed', () => {
  const state = written(PAGES.slice(0, 2));
  for (let at = STATE_HEAD_BYTES; at < state.length; at++) {
    const flipped = Uint8Array.from(state);
    flipped[at] = (flipped[at] as number) ^ 0x04;
    assert.throws(
      () => readAll(flipped),
      (error) => isRbError(error, 'damaged-state'),
      `byte ${at}`,
    );
  }
});

test('a page that is left out is noticed', () => {
  const parts = [
    encodeStateHead(SNAPSHOT),
    ...PAGES.slice(1).map(encodeStatePage),
    encodeStateEnd(3),
  ];
  assert.throws(
    () => readAll(concatBytes(parts)),
    (error) => isRbError(error, 'damaged-state'),
  );
});
