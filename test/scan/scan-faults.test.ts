import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import type { Posix } from '../../src/posix/posix.ts';
import type { Collector } from './collector.ts';
import { diskTree, plain } from './disk-tree.ts';
import { Place, isNamed, posixWith, systemError } from './scan-fixture.ts';

function skippedIn(seen: Collector): string[][] {
  return seen.skipped.map(({ path, code }) => [Buffer.from(path).toString(), code]);
}

/** A port that fails to open the files and folders of some names. */
function failingToOpen(names: readonly string[], code: string): Posix {
  return posixWith((real) => {
    const check = (name: Uint8Array): void => {
      if (names.some((text) => isNamed(name, text))) throw systemError(code);
    };
    return {
      openFile: (dir, name, flags, mode) => {
        check(name);
        return real.openFile(dir, name, flags, mode);
      },
      openDir: (dir, name) => {
        check(name);
        return real.openDir(dir, name);
      },
    };
  });
}

/** A port that does something before the nth reading of a file. */
function onReading(work: (nth: number) => void): Posix {
  let readings = 0;
  return posixWith((real) => ({
    read: (fd, into, position) => {
      if (position === 0) work(++readings);
      return real.read(fd, into, position);
    },
  }));
}

test('a file that cannot be read is listed, and keeps the entry it had', (t) => {
  const place = new Place(t);
  for (const name of ['a', 'b', 'c']) place.write(name, 'first');
  const before = place.scan().tree;
  place.write('b', 'second, longer');
  place.write('new', 'never seen');
  const posix = failingToOpen(['b', 'new'], 'EACCES');
  const { tree, seen, totals } = place.scan({ posix });
  assert.deepEqual(skippedIn(seen), [
    ['b', 'unreadable'],
    ['new', 'unreadable'],
  ]);
  assert.deepEqual([tree.get('b'), tree.has('new'), totals.deleted], [before.get('b'), false, 0]);
  const after = place.scan();
  assert.deepEqual(plain(after.tree), plain(diskTree(place.root)));
});

test('a folder that cannot be listed keeps all that was known below it, with -d too', (t) => {
  const place = new Place(t);
  for (const name of ['a', 'd/one', 'd/e/two', 'z']) place.write(name, name);
  const before = place.scan().tree;
  place.write('d/three', 'unseen');
  const { tree, seen } = place.scan({ posix: failingToOpen(['d'], 'EIO') });
  assert.deepEqual(skippedIn(seen), [['d', 'unreadable']]);
  assert.deepEqual([...tree.keys()], [...before.keys()]);
  assert.deepEqual(plain(place.scan().tree), plain(diskTree(place.root)));
});

test('a name that cannot even be looked at keeps what was known of it', (t) => {
  const place = new Place(t);
  place.write('d/inner', '1');
  place.write('f', '2');
  const before = place.scan().tree;
  const posix = posixWith((real) => ({
    lstatIfThere: (dir, name) => {
      if (isNamed(name, 'd') || isNamed(name, 'f')) throw systemError('EACCES');
      return real.lstatIfThere(dir, name);
    },
  }));
  const { tree, seen } = place.scan({ posix });
  assert.deepEqual(plain(tree), plain(before));
  assert.deepEqual(skippedIn(seen), [
    ['d', 'unreadable'],
    ['f', 'unreadable'],
  ]);
});

test('a file that changes once while it is read is read again and is right', (t) => {
  const place = new Place(t);
  place.write('f', 'first');
  const posix = onReading((nth) => {
    if (nth === 1) appendFileSync(place.path('f'), ' and more');
  });
  const { tree, seen } = place.scan({ posix });
  assert.deepEqual(plain(tree), plain(diskTree(place.root)));
  assert.deepEqual(seen.skipped, []);
});

for (const size of [10, 1_000_000]) {
  test(`a file of ${size} bytes that never stops growing is kept as read last, listed, and read again next time`, (t) => {
    const place = new Place(t);
    place.write('f', Buffer.alloc(size, 1));
    const posix = onReading(() => appendFileSync(place.path('f'), 'x'));
    const { seen, tree } = place.scan({ posix });
    assert.deepEqual(skippedIn(seen), [['f', 'changed-while-read']]);
    assert.equal(tree.get('f')?.size, size + 2);
    const after = place.scan();
    assert.equal(after.totals.changed, 1);
    assert.deepEqual(plain(after.tree), plain(diskTree(place.root)));
  });

  test(`a file of ${size} bytes that shrinks while it is read has an entry that fits its content`, (t) => {
    const place = new Place(t);
    place.write('f', Buffer.alloc(size, 1));
    let left = size;
    const posix = onReading(() => truncateSync(place.path('f'), (left -= 3)));
    const { seen, tree } = place.scan({ posix });
    assert.deepEqual(skippedIn(seen), [['f', 'changed-while-read']]);
    assert.equal(tree.get('f')?.size, left);
  });
}

test('what vanishes between listing and looking is simply not there', (t) => {
  const place = new Place(t);
  for (const name of ['a', 'b/c', 'd']) place.write(name, name);
  place.scan();
  const posix = posixWith((real) => ({
    readDir: (dir) => {
      const list = real.readDir(dir);
      rmSync(place.path('b'), { recursive: true, force: true });
      rmSync(place.path('d'), { force: true });
      return list;
    },
  }));
  const { tree, seen } = place.scan({ posix });
  assert.deepEqual([...tree.keys()], ['', 'a']);
  assert.deepEqual([seen.skipped, seen.deletedPaths], [[], ['b', 'b/c', 'd']]);
});

test('a folder that is swapped for a link is not followed', (t) => {
  const place = new Place(t);
  place.write('d/inner', '1');
  place.write('z', '2');
  const outside = `${place.root}-outside`;
  mkdirSync(outside);
  writeFileSync(`${outside}/secret`, 'secret');
  const posix = posixWith((real) => ({
    openDir: (dir, name) => {
      rmSync(place.path('d'), { recursive: true });
      symlinkSync(outside, place.path('d'));
      return real.openDir(dir, name);
    },
  }));
  assert.deepEqual([...place.scan({ posix }).tree.keys()], ['', 'z']);
});

test('a root that is missing or cannot be listed fails the scan', (t) => {
  const place = new Place(t);
  place.write('f', '1');
  assert.throws(
    () => place.scan({ root: place.path('missing') }),
    (error) => isRbError(error, 'not-found'),
  );
  assert.throws(
    () => place.scan({ what: 'file', root: place.path('missing') }),
    (error) => isRbError(error, 'not-found'),
  );
  const posix = posixWith(() => ({
    readDir: () => {
      throw systemError('EIO');
    },
  }));
  assert.throws(
    () => place.scan({ posix }),
    (error) => isRbError(error, 'unreadable'),
  );
});

test('a damaged memory fails the scan instead of losing entries', (t) => {
  const place = new Place(t);
  for (let i = 0; i < 2000; i++) place.write(`file ${i}`, '');
  place.scan();
  truncateSync(place.statePath, 5000);
  assert.throws(
    () => place.scan({ keepDeleted: true }),
    (error) => isRbError(error, 'damaged-state'),
  );
});
