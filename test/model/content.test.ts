import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { ByteReader, ByteWriter, hex } from '../../src/base/bytes.ts';
import { isRbError } from '../../src/base/errors.ts';
import { blake3 } from '../../src/base/hash.ts';
import {
  ContentBuilder,
  decodeList,
  encodeList,
  INLINE_CONTENT_BYTES,
  readContent,
  writeContent,
} from '../../src/model/content.ts';
import type { Content, Ref } from '../../src/model/entry.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { anyContent } from './arbitraries.ts';

const LARGE = INLINE_CONTENT_BYTES + 1;

type Built = { readonly content: Content; readonly lists: Map<string, Uint8Array> };

/** References with ids that look random and are the same at every run. */
function refs(count: number, holeEvery: number = 0): Ref[] {
  return Array.from({ length: count }, (_, i) => {
    const isHole = holeEvery > 0 && i % holeEvery === 0;
    return {
      id: isHole ? null : Uint8Array.from(blake3(Buffer.from(`piece ${i}`))),
      bytes: 1 + (i % 5000),
    };
  });
}

function build(sizeBytes: number, from: readonly Ref[]): Built {
  const lists = new Map<string, Uint8Array>();
  const builder = new ContentBuilder(sizeBytes, (id, bytes, coversBytes, depth) => {
    assert.deepEqual(id, blake3(bytes));
    const content = decodeList(bytes, depth + 1, coversBytes);
    // Whatever a list names was emitted before it.
    if (depth > 0)
      for (const ref of content.refs) assert.ok(ref.id !== null && lists.has(hex(ref.id)));
    lists.set(hex(id), bytes);
  });
  for (const { id, bytes } of from) builder.add(id, bytes);
  return { content: builder.finish(), lists };
}

/** Equality without a difference of thousands of lines where it fails. */
function assertSame(actual: readonly Ref[], expected: readonly Ref[]): void {
  const text = (ref: Ref | undefined): string =>
    ref === undefined ? 'none' : `${ref.bytes} ${ref.id === null ? 'hole' : hex(ref.id)}`;
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++)
    assert.equal(text(actual[i]), text(expected[i]), `reference ${i}`);
}

/** All references of a content, lists resolved. */
function flatten(content: Content, lists: Map<string, Uint8Array>): Ref[] {
  if (content.depth === 0) return [...content.refs];
  return content.refs.flatMap((ref) => {
    const list = lists.get(hex(ref.id as Uint8Array));
    assert.ok(list !== undefined);
    return flatten(decodeList(list, content.depth, ref.bytes), lists);
  });
}

test('a content comes back as it was written', () => {
  fc.assert(
    fc.property(anyContent, (content) => {
      const out = new ByteWriter();
      writeContent(out, content);
      const input = new ByteReader(out.take());
      const read = readContent(input, LIMITS.inlineRefs);
      assert.deepEqual(read.content, content);
      assert.equal(
        read.bytes,
        content.refs.reduce((sum, { bytes }) => sum + bytes, 0),
      );
      input.expectEnd();
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('a small file keeps its references in its entry', () => {
  const { content, lists } = build(1000, refs(100, 7));
  assert.equal(content.depth, 0);
  assert.equal(lists.size, 0);
  assert.deepEqual(content.refs, refs(100, 7));
});

test('an empty file has no references', () => {
  assert.deepEqual(build(0, []).content, { depth: 0, refs: [] });
});

for (const [count, depth] of [
  [1, 0],
  [300, 1],
  [20_000, 1],
  [700_000, 2],
] as const) {
  test(`${count} references of a large file come back in order from ${depth} levels of lists`, () => {
    const given = refs(count, 97);
    const { content, lists } = build(LARGE, given);
    assert.equal(content.depth, depth);
    assert.ok(content.refs.length <= LIMITS.inlineRefs);
    assertSame(flatten(content, lists), given);
  });
}

test('a file that outgrows its entry moves into lists, one reference too many decides', () => {
  assert.equal(build(0, refs(LIMITS.inlineRefs)).content.depth, 0);
  const { content, lists } = build(0, refs(LIMITS.inlineRefs + 1));
  assert.equal(content.depth, 1);
  assertSame(flatten(content, lists), refs(LIMITS.inlineRefs + 1));
});

test('a file of nothing but holes is closed into lists by count', () => {
  const holes = Array.from({ length: 1000 }, () => ({ id: null, bytes: 4096 }));
  const { content, lists } = build(LARGE, holes);
  assert.equal(content.refs.length, Math.ceil(1000 / LIMITS.listRefs));
  assert.deepEqual(flatten(content, lists), holes);
});

test('lists shift with their references: one more in front changes two lists at most', () => {
  const given = refs(10_000);
  const before = build(LARGE, given).lists;
  const after = build(LARGE, [{ id: blake3(Buffer.from('new')), bytes: 5 }, ...given]).lists;
  assert.ok([...after.keys()].filter((id) => !before.has(id)).length <= 2);
});

test('a list that does not hold what its reference says is refused', () => {
  const list = encodeList({ depth: 0, refs: refs(3) });
  const bytes = 1 + 2 + 3;
  assert.equal(decodeList(list, 1, bytes).refs.length, 3);
  const isProtocol = (error: unknown): boolean => isRbError(error, 'protocol');
  assert.throws(() => decodeList(list, 1, bytes + 1), isProtocol);
  assert.throws(() => decodeList(list, 2, bytes), isProtocol);
  assert.throws(() => decodeList(Buffer.concat([list, Buffer.of(0)]), 1, bytes), isProtocol);
  assert.throws(() => decodeList(list.subarray(0, -1), 1, bytes), isProtocol);
  assert.throws(
    () => decodeList(encodeList({ depth: 0, refs: refs(LIMITS.listRefs + 1) }), 1, 1),
    isProtocol,
  );
});

test('contents that break a bound are refused', () => {
  const written = (depth: number, numbers: readonly number[]): ByteReader => {
    const out = new ByteWriter();
    out.varint(depth);
    out.varint(numbers.length);
    for (const number of numbers) out.varint(number);
    return new ByteReader(out.take());
  };
  const isProtocol = (error: unknown): boolean => isRbError(error, 'protocol');
  assert.throws(() => readContent(written(LIMITS.listDepth + 1, []), 10), isProtocol);
  assert.throws(() => readContent(written(0, [3, 3, 3]), 2), isProtocol);
  assert.throws(() => readContent(written(0, [1]), 10), isProtocol);
  assert.throws(() => readContent(written(0, [(LIMITS.chunkBytes + 1) * 2]), 10), isProtocol);
  assert.throws(() => readContent(written(0, [Number.MAX_SAFE_INTEGER]), 10), isProtocol);
  assert.equal(readContent(written(0, [2 ** 40 + 1]), 10).bytes, 2 ** 39);
});
