import assert from 'node:assert/strict';
import { test } from 'node:test';

import { loadPosix } from '../../src/posix/open.ts';
import { ReadAhead } from '../../src/scan/read-ahead.ts';
import type { DirEntry, Posix } from '../../src/posix/posix.ts';
import { LATER, Place, posixWith, systemError } from './scan-fixture.ts';

function filesOf(count: number): DirEntry[] {
  return Array.from({ length: count }, (_, i) => ({
    name: Buffer.from(`f${i}`),
    kind: i % 10 === 9 ? ('dir' as const) : ('file' as const),
  }));
}

type Asked = { readonly posix: Posix; readonly names: string[]; readonly open: Set<number> };

/** Opens nothing; notes what it is asked to fetch, and what stays open. */
function asking(): Asked {
  const names: string[] = [];
  const open = new Set<number>();
  const posix = posixWith(() => ({
    openFile: (_dir, name) => {
      const text = Buffer.from(name).toString();
      if (text === 'f44') throw systemError('EACCES');
      names.push(text);
      open.add(names.length);
      return names.length;
    },
    willNeed: (fd) => assert.ok(open.has(fd)),
    close: (fd) => assert.ok(open.delete(fd)),
  }));
  return { posix, names, open };
}

/** Reads all files; `slow` says of which the read takes long. */
function readAll(posix: Posix, list: readonly DirEntry[], slow: (index: number) => boolean): void {
  let nowMs = 0;
  let isSlow = false;
  const clock = { monotonicMs: () => (nowMs += isSlow ? 0.1 : 0.01) };
  const ahead = new ReadAhead({ ...posix, read: () => 0 }, clock);
  for (const [index, { kind }] of list.entries()) {
    if (kind !== 'file') continue;
    ahead.before(7, list, index);
    isSlow = slow(index);
    ahead.read(8, new Uint8Array(10), 0);
  }
}

test('nothing is fetched ahead as long as files come fast, but for one now and then', () => {
  const { posix, names } = asking();
  readAll(posix, filesOf(500), (index) => index % 8 === 0);
  assert.deepEqual(names, []);
});

test('of slow files each is asked for once, before it is read, and none for ever', () => {
  const { posix, names, open } = asking();
  const list = filesOf(200);
  readAll(posix, list, (index) => index % 3 === 0);
  // The first group ends with the file at 16, the sixteenth; one can't be opened.
  const expected = list
    .filter(({ kind }, index) => kind === 'file' && index > 17 && index !== 44)
    .map(({ name }) => Buffer.from(name).toString());
  assert.deepEqual(names, expected);
  assert.equal(open.size, 0);
});

test('it ends when files come fast again', () => {
  const { posix, names } = asking();
  readAll(posix, filesOf(3000), (index) => index < 100);
  assert.ok(names.length > 900 && names.length < 1400);
});

test('a scan of slow files finds what a fast one finds', (t) => {
  const place = new Place(t);
  for (let i = 0; i < 100; i++) place.write(`d${i % 3}/f${i}`, `content ${i}`);
  let asked = 0;
  let nowMs = 0;
  const posix = posixWith((real) => ({
    willNeed: (fd) => {
      asked++;
      real.willNeed(fd);
    },
  }));
  const clock = { ...LATER, monotonicMs: () => (nowMs += 50) };
  const slow = place.scan({ posix, clock });
  assert.ok(asked > 0);
  place.hasState = false;
  assert.deepEqual(slow.tree, place.scan({ posix: loadPosix() }).tree);
});
