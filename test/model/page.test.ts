import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { isRbError } from '../../src/base/errors.ts';
import { ByteWriter } from '../../src/base/bytes.ts';
import type { Entry } from '../../src/model/entry.ts';
import { EMPTY_CONTENT, NO_BYTES, NO_XATTRS } from '../../src/model/entry.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { decodePage, endsPage, PageBuilder } from '../../src/model/page.ts';
import { TreeOrder } from '../../src/model/tree-order.ts';
import { anyTree } from './arbitraries.ts';

const OWNER = { uid: 0, gid: 0, user: 'root', group: 'root' };

function fileAt(path: string): Entry {
  const base = {
    kind: 'file' as const,
    mode: 0o644,
    owner: OWNER,
    mtimeSec: 0,
    mtimeNsec: 0,
    size: 0,
  };
  const rest = { content: EMPTY_CONTENT, target: NO_BYTES, linkGroup: 0, xattrs: NO_XATTRS };
  return { path: Uint8Array.from(Buffer.from(path)), ...base, ...rest };
}

/** The pages of some entries, cut where the builder says so. */
function pagesOf(entries: readonly Entry[]): Uint8Array[] {
  const builder = new PageBuilder();
  const pages: Uint8Array[] = [];
  for (const entry of entries) if (builder.add(entry)) pages.push(builder.take());
  if (builder.count > 0) pages.push(builder.take());
  return pages;
}

test('entries come back from their pages as they went in', () => {
  fc.assert(
    fc.property(anyTree, (entries) => {
      assert.deepEqual(pagesOf(entries).flatMap(decodePage), entries);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('a page that was decoded and encoded again has the same bytes', () => {
  fc.assert(
    fc.property(anyTree, (entries) => {
      const pages = pagesOf(entries);
      assert.deepEqual(pagesOf(pages.flatMap(decodePage)), pages);
    }),
    { seed: 2, numRuns: 100 },
  );
});

test('what is no page is refused with a code, never with another error, and never accepted by halves', () => {
  const whole = pagesOf([fileAt('a'), fileAt('b')])[0] as Uint8Array;
  for (let end = 0; end < whole.length; end++) {
    assert.throws(
      () => decodePage(whole.subarray(0, end)),
      (error) => isRbError(error),
    );
  }
  assert.throws(
    () => decodePage(Buffer.concat([whole, Buffer.of(0)])),
    (error) => isRbError(error, 'protocol'),
  );
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(),
      fc.integer({ min: 0, max: 255 }),
      (noise, at, byte) => {
        const flipped = Uint8Array.from(whole);
        flipped[at % flipped.length] = byte;
        for (const bytes of [noise, Uint8Array.of(1, ...noise), flipped]) {
          try {
            decodePage(bytes);
          } catch (error) {
            assert.ok(isRbError(error), String(error));
          }
        }
      },
    ),
    { seed: 3, numRuns: 2000 },
  );
});

test('a page of another version is told as such', () => {
  assert.throws(
    () => decodePage(Uint8Array.of(2, 0, 1)),
    (error) => isRbError(error, 'unsupported'),
  );
});

test('hostile names are refused when a page is decoded', () => {
  for (const path of ['..', 'a/../b', '/a', 'a//b', 'a/', '.', 'a\u0000b', 'x'.repeat(256)]) {
    const builder = new PageBuilder();
    builder.add(fileAt(path));
    assert.throws(
      () => decodePage(builder.take()),
      (error) => isRbError(error, 'name-refused'),
    );
  }
});

test('a name is refused too when only the shared beginning makes it hostile', () => {
  const builder = new PageBuilder();
  builder.add(fileAt('a/.'.replace('.', 'x')));
  builder.add(fileAt('a/'));
  assert.throws(
    () => decodePage(builder.take()),
    (error) => isRbError(error, 'name-refused'),
  );
});

test('counts that promise more than is allowed are refused before anything is read', () => {
  const lie = (owners: number, entries: number): Uint8Array => {
    const out = new ByteWriter();
    for (const number of [1, owners, entries]) out.varint(number);
    return out.take();
  };
  assert.throws(
    () => decodePage(lie(2 ** 40, 1)),
    (error) => isRbError(error, 'protocol'),
  );
  assert.throws(
    () => decodePage(lie(0, 2 ** 40)),
    (error) => isRbError(error, 'protocol'),
  );
  assert.throws(
    () => decodePage(lie(0, 0)),
    (error) => isRbError(error, 'protocol'),
  );
});

test('an insert changes one page and leaves the others as they were', () => {
  const entries = Array.from({ length: 20_000 }, (_, i) =>
    fileAt(`f${String(i * 2).padStart(6, '0')}`),
  );
  const before = pagesOf(entries).map((page) => Buffer.from(page).toString('hex'));
  const after = pagesOf(entries.toSpliced(10_000, 0, fileAt('f019999'))).map((page) =>
    Buffer.from(page).toString('hex'),
  );
  const known = new Set(before);
  assert.ok(before.length > 40, `${before.length} pages`);
  assert.ok(after.filter((page) => !known.has(page)).length <= 2);
});

test('no page exceeds its caps, whatever its paths say', () => {
  const unlucky: Entry[] = [];
  for (let i = 0; unlucky.length < 3000; i++) {
    const entry = fileAt(`g${String(i).padStart(8, '0')}`);
    if (!endsPage(entry.path)) unlucky.push(entry);
  }
  const pages = pagesOf(unlucky);
  assert.deepEqual(
    pages.map((page) => decodePage(page).length),
    [1024, 1024, 952],
  );
  const large = { name: Uint8Array.of(0x75), value: new Uint8Array(LIMITS.xattrBytes - 1) };
  const wide = pagesOf(unlucky.slice(0, 3).map((entry) => ({ ...entry, xattrs: [large] })));
  assert.equal(wide.length, 3);
  for (const page of wide) assert.ok(page.length <= LIMITS.chunkBytes);
});

test('paths that share a long beginning do not make a short page long when it is read', () => {
  const folder = `${'d'.repeat(200)}/`.repeat(100);
  const entries = Array.from({ length: 300 }, (_, i) =>
    fileAt(`${folder}${String(i).padStart(4, '0')}x`),
  );
  const pages = pagesOf(entries);
  assert.deepEqual(pages.flatMap(decodePage), entries);
  for (const page of pages) {
    const bytes = decodePage(page).reduce((sum, { path }) => sum + path.length, 0);
    assert.ok(bytes < LIMITS.pagePathBytes + LIMITS.pathBytes, `${bytes} bytes of paths`);
  }
  const builder = new PageBuilder();
  // One that goes on all the same.
  for (const entry of entries) builder.add(entry);
  const endless = builder.take();
  assert.ok(endless.length < 60_000, `${endless.length} bytes`);
  assert.throws(
    () => decodePage(endless),
    (error) => isRbError(error, 'too-large'),
  );
});

test('a tree in its order passes, page boundaries or not', () => {
  fc.assert(
    fc.property(anyTree, (entries) => {
      const order = new TreeOrder();
      for (const entry of pagesOf(entries).flatMap(decodePage)) order.check(entry);
    }),
    { seed: 4, numRuns: 100 },
  );
});
