import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  chmodSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';

import { systemClock } from '../../src/base/clock.ts';
import { MARKS, TreeStateReader } from '../../src/model/tree-state.ts';
import { DirStack } from '../../src/posix/dir-stack.ts';
import { loadPosix } from '../../src/posix/open.ts';
import { diskTree, plain } from './disk-tree.ts';
import { Place, posixWith } from './scan-fixture.ts';

const notLinux =
  process.platform === 'linux' ? false : 'raw names, holes and FIFOs are those of Linux';

/** Counts how often a file is begun to be read. */
function countingPosix(): { posix: ReturnType<typeof loadPosix>; read: () => number } {
  let read = 0;
  const posix = posixWith((real) => ({
    read: (fd, into, position) => {
      if (position === 0) read++;
      return real.read(fd, into, position);
    },
  }));
  return { posix, read: () => read };
}

function marksIn(state: Uint8Array): number[] {
  const marks: number[] = [];
  const reader = new TreeStateReader((offset, bytes) => state.slice(offset, offset + bytes));
  for (let page = reader.next(); page !== null; page = reader.next()) {
    marks.push(...page.stamps.mark);
  }
  return marks;
}

function makeOneOfEach(place: Place): void {
  place.write('a/empty', '');
  place.write('a/small', 'small');
  place.write('a.b', 'sorts behind what is in a');
  place.write('a/large', randomBytes(5_000_000));
  place.write('a/just below the shortest chunk', randomBytes(256 * 1024 - 1));
  place.write('a/just the shortest chunk', randomBytes(256 * 1024));
  mkdirSync(place.path('empty folder'), { mode: 0o2750 });
  symlinkSync('nowhere', place.path('dangling'));
  writeFileSync(
    Buffer.concat([Buffer.from(`${place.root}/no utf-8 `), Buffer.of(0xff, 0xfe)]),
    'x',
  );
  place.write('line\nbreak', 'y');
  place.write('n'.repeat(255), 'z');
  execFileSync('mkfifo', [place.path('fifo')]);
  utimesSync(place.path('a/small'), 1, -5.25);
  chmodSync(place.path('a.b'), 0o4711);
}

test('pages and chunks of a first scan hold what is on disk', { skip: notLinux }, (t) => {
  const place = new Place(t);
  makeOneOfEach(place);
  const { tree, totals } = place.scan();
  assert.deepEqual(plain(tree), plain(diskTree(place.root)));
  assert.equal(totals.changed, totals.files);
  assert.equal(totals.skipped, 0);
});

test(
  'a scan of what has not changed opens no file and finds every page known',
  { skip: notLinux },
  (t) => {
    const place = new Place(t);
    makeOneOfEach(place);
    for (let i = 0; i < 1500; i++) place.write(`many/file ${i}`, `${i}`);
    const first = place.scan();
    const state = new Uint8Array(readFileSync(place.statePath));
    assert.ok(marksIn(state).every((mark) => mark === MARKS.known));
    const { posix, read } = countingPosix();
    const { seen, totals } = place.scan({ posix });
    assert.equal(read(), 0);
    assert.deepEqual(new Uint8Array(readFileSync(place.statePath)), state);
    assert.deepEqual(new Uint8Array(readFileSync(place.statePath)), state);
    assert.deepEqual(
      seen.pages.map(({ id }) => id),
      first.seen.pages.map(({ id }) => id),
    );
    assert.ok(seen.pages.length > 1 && seen.pages.every(({ isKnown }) => isKnown));
    assert.deepEqual({ ...totals, changed: 0 }, { ...first.totals, changed: 0 });
    assert.deepEqual(seen.sent, { data: 0, list: 0, page: 0 });
  },
);

test('of a changed file only the chunks that its old entry lacks are sent', (t) => {
  const place = new Place(t);
  const content = randomBytes(12_000_000);
  place.write('f', content);
  const first = place.scan();
  place.write('f', Buffer.concat([Buffer.of(1), content]));
  const { seen, totals } = place.scan();
  assert.ok(
    first.seen.sent.data > 6 && seen.sent.data < 4,
    `${first.seen.sent.data}, then ${seen.sent.data}`,
  );
  assert.equal(totals.changed, 1);
  assert.deepEqual(plain(seen.tree()), plain(diskTree(place.root)));
});

test('with nothing to be trusted every file is read and everything sent', (t) => {
  const place = new Place(t);
  place.write('f', 'content');
  place.scan();
  const { seen } = place.scan({ forget: true });
  assert.deepEqual(seen.sent, { data: 1, list: 0, page: 1 });
});

test('a stamp as young as the scan is not trusted the next time', (t) => {
  const place = new Place(t);
  place.write('f', 'content');
  place.scan({ clock: { ...systemClock, nowMs: () => 0 } });
  const { posix, read } = countingPosix();
  place.scan({ posix });
  assert.equal(read(), 1);
  place.scan({ posix });
  assert.equal(read(), 1);
});

test('with -d what is gone is left out and counted, and a folder may become a file and back', (t) => {
  const place = new Place(t);
  place.write('d/one', '1');
  place.write('d/two/three', '3');
  place.write('e', 'file');
  place.scan();
  rmSync(place.path('d'), { recursive: true });
  place.write('d', 'now a file');
  rmSync(place.path('e'));
  place.write('e/now', 'a folder');
  const { tree, totals, seen } = place.scan();
  assert.deepEqual(plain(tree), plain(diskTree(place.root)));
  assert.deepEqual(seen.deletedPaths, ['d/one', 'd/two', 'd/two/three']);
  assert.equal(totals.changed, 2);
});

test('without -d what is gone stays, but not below what is no folder any more', (t) => {
  const place = new Place(t);
  place.write('gone/deep/file', '1');
  place.write('turned/inner', '2');
  place.write('zz', '3');
  const before = place.scan().tree;
  rmSync(place.path('gone'), { recursive: true });
  rmSync(place.path('turned'), { recursive: true });
  rmSync(place.path('zz'));
  place.write('turned', 'a file');
  const { tree, totals } = place.scan({ keepDeleted: true });
  const expected = diskTree(place.root);
  for (const path of ['gone', 'gone/deep', 'gone/deep/file', 'zz'])
    expected.set(path, before.get(path) as never);
  assert.deepEqual(plain(tree), plain(expected));
  assert.equal(totals.deleted, 1);
});

test('flat takes the files of the folder alone, and keeps folders that an earlier scan knew', (t) => {
  const place = new Place(t);
  place.write('f', '1');
  place.write('known/inner', '2');
  place.write('removed/inner', '3');
  place.scan();
  rmSync(place.path('removed'), { recursive: true });
  place.write('known/later', '4');
  place.write('new/inner', '5');
  const { tree } = place.scan({ what: 'flat' });
  assert.deepEqual([...tree.keys()], ['', 'f', 'known', 'known/inner']);
});

test('of a single file the tree is a made-up folder and the file', (t) => {
  const place = new Place(t);
  place.write('f', 'alone');
  place.write('other', 'x');
  const { tree, totals } = place.scan({ what: 'file', root: place.path('f'), exclude: ['f'] });
  const disk = diskTree(place.root);
  assert.deepEqual(tree.get('f'), disk.get('f'));
  assert.deepEqual([...tree.keys()], ['', 'f']);
  assert.equal(tree.get('')?.mode, 0o755);
  assert.equal(tree.get('')?.mtimeNs, disk.get('f')?.mtimeNs);
  assert.equal(totals.files, 1);
});

test('excluded paths count as not on disk, and the root of a destination keeps its own folder', (t) => {
  const place = new Place(t);
  for (const name of ['keep.log', 'a.log', 'build/x', 'src/build', 'Case.LOG'])
    place.write(name, name);
  place.write('.rbbackup/state', 'own');
  place.write('src/.rbbackup/x', 'not in the root');
  const exclude = ['*.log', '!keep.log', 'build/'];
  const { tree } = place.scan({ exclude });
  const paths = [
    '',
    'Case.LOG',
    'keep.log',
    'src',
    'src/.rbbackup',
    'src/.rbbackup/x',
    'src/build',
  ];
  assert.deepEqual([...tree.keys()], paths);
});

test("names of one inode share a group that is nobody else's", (t) => {
  const place = new Place(t);
  place.write('a', 'linked');
  linkSync(place.path('a'), place.path('b'));
  place.write('c', 'linked too');
  linkSync(place.path('c'), place.path('d'));
  place.write('e', 'alone');
  const { posix, read } = countingPosix();
  const { seen } = place.scan({ posix });
  const groups = ['a', 'b', 'c', 'd', 'e'].map((path) => seen.entry(path).linkGroup);
  assert.ok(
    groups[0] !== 0 &&
      groups[0] === groups[1] &&
      groups[2] === groups[3] &&
      groups[0] !== groups[2],
  );
  assert.equal(groups[4], 0);
  assert.equal(read(), 3);
});

test('holes are holes, and data between them is chunked by itself', { skip: notLinux }, (t) => {
  const place = new Place(t);
  const file = openSync(place.path('sparse'), 'w');
  writeSync(file, Buffer.alloc(4096, 1), 0, 4096, 1_048_576);
  writeSync(file, randomBytes(1_048_576), 0, 1_048_576, 4_194_304);
  closeSync(file);
  truncateSync(place.path('sparse'), 10_000_000);
  const { seen, tree } = place.scan();
  const { refs } = seen.entry('sparse').content;
  assert.deepEqual(
    refs.slice(0, 3).map(({ id, bytes }) => [id === null, bytes]),
    [
      [true, 1_048_576],
      [false, 4096],
      [true, 3_141_632],
    ],
  );
  assert.deepEqual([refs.at(-1)?.id, refs.at(-1)?.bytes], [null, 10_000_000 - 5_242_880]);
  assert.deepEqual(plain(tree), plain(diskTree(place.root)));
});

test('a long file is told of in parts that cover it from its beginning', (t) => {
  const place = new Place(t);
  const size = 150_000_000;
  place.write('long', randomBytes(size));
  const { seen, tree } = place.scan();
  let covered = 0;
  for (const { offset, bytes, depth } of seen.parts) {
    assert.deepEqual([offset, depth], [covered, 0]);
    covered += bytes;
  }
  assert.equal(covered, size);
  assert.deepEqual(plain(tree), plain(diskTree(place.root)));
});

test('sockets are skipped and listed', { skip: notLinux }, async (t) => {
  const place = new Place(t);
  place.write('f', '1');
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(place.path('socket'), resolve));
  const { seen, tree } = place.scan();
  await new Promise((resolve) => server.close(resolve));
  assert.deepEqual([...tree.keys()], ['', 'f']);
  assert.deepEqual(
    seen.skipped.map(({ code, path }) => [code, Buffer.from(path).toString()]),
    [['unsupported', 'socket']],
  );
});

test('paths longer than any call can take are walked', { skip: notLinux }, (t) => {
  const place = new Place(t);
  const posix = loadPosix();
  const root = posix.openRoot(place.root);
  const way = Array.from({ length: 100 }, (_, i) => Buffer.from(`${i}-${'d'.repeat(100)}`));
  const stack = new DirStack(posix, root);
  for (let depth = 1; depth <= way.length; depth++) {
    const dir = stack.enter(way.slice(0, depth), 0o755);
    posix.close(posix.openFile(dir, Buffer.from('0 before'), 0o101));
    posix.close(posix.openFile(dir, Buffer.from('zz behind'), 0o101));
  }
  stack.reset();
  posix.close(root);
  const { totals, seen } = place.scan();
  assert.deepEqual([totals.dirs, totals.files, totals.skipped], [101, 200, 0]);
  assert.ok(seen.entries.some(({ path }) => path.length > 10_000));
  assert.equal(place.scan().totals.changed, 0);
});

test('extended attributes are part of an entry', { skip: notLinux }, (t) => {
  const place = new Place(t);
  place.write('f', '1');
  const posix = loadPosix();
  const dir = posix.openRoot(place.root);
  posix.setXattr({ dir, name: Buffer.from('f') }, Buffer.from('user.b'), Buffer.from('2'));
  posix.setXattr({ dir, name: Buffer.from('f') }, Buffer.from('user.a'), Buffer.from('1'));
  posix.close(dir);
  const xattrs = place
    .scan()
    .seen.entry('f')
    .xattrs.map(
      ({ name, value }) => `${Buffer.from(name).toString()}=${Buffer.from(value).toString()}`,
    );
  assert.deepEqual(xattrs, ['user.a=1', 'user.b=2']);
});
