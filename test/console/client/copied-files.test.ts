import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { isRbError } from '../../../src/base/errors.ts';
import { CopiedFiles } from '../../../src/console/client/tasks/copied-files.ts';
import { ListsFolder } from '../../../src/console/client/tasks/lists-folder.ts';
import { tempFolder } from '../../vault/temp-folder.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

test('files are listed in order, in parts, with those that were deleted', async () => {
  const files = new CopiedFiles(join(tempFolder(), 'list.db'));
  assert.deepEqual(await files.page('', 0, 10), { total: 0, files: [] });
  files.add([bytes('a'), bytes('b')], false);
  files.add([bytes('gone')], true, bytes('set/'));
  assert.equal(files.listed, 3);
  assert.deepEqual(await files.page('', 1, 10), {
    total: 3,
    files: [
      { path: { path: 'b' }, deleted: false },
      { path: { path: 'set/gone' }, deleted: true },
    ],
  });
  files.remove();
});

test('a name comes back byte by byte, whatever it is', async () => {
  const files = new CopiedFiles(join(tempFolder(), 'list.db'));
  const names = [
    Buffer.from([0x61, 0xff, 0xfe]),
    bytes("x'; DROP TABLE files;--"),
    bytes('\u001b[2J\n'),
  ];
  files.add(names, false);
  const page = await files.page('', 0, 10);
  assert.deepEqual(
    page.files.map(
      ({ path }) => Buffer.from(path.pathBytes ?? '', 'base64').toString('latin1') || path.path,
    ),
    ['a\u00ff\u00fe', "x'; DROP TABLE files;--", '\u001b[2J\n'],
  );
  files.remove();
});

test('a filter is a part of the path, in either case, and nothing in it is a pattern', async () => {
  const files = new CopiedFiles(join(tempFolder(), 'list.db'));
  files.add(['Photo.JPG', '100%', '1000', 'a_b', 'aXb', String.raw`back\slash`].map(bytes), false);
  const found = async (filter: string): Promise<string[]> =>
    (await files.page(filter, 0, 10)).files.map(({ path }) => path.path);
  assert.deepEqual(await found('photo.jpg'), ['Photo.JPG']);
  assert.deepEqual(await found('0%'), ['100%']);
  assert.deepEqual(await found('a_'), ['a_b']);
  assert.deepEqual(await found(String.raw`\s`), [String.raw`back\slash`]);
  assert.deepEqual(await found('%'), ['100%']);
  assert.deepEqual(await found('nothing'), []);
  files.remove();
});

test('200,000 files are filtered in parts, and what comes later is found as well', async () => {
  const files = new CopiedFiles(join(tempFolder(), 'list.db'));
  const path = (i: number): Uint8Array => bytes(`folder-${i % 100}/file-${i}`);
  for (let from = 0; from < 200_000; from += 500)
    files.add(
      Array.from({ length: 500 }, (_, i) => path(from + i)),
      false,
    );
  assert.equal(files.listed, 200_000);
  const all = await files.page('', 150_000, 2);
  assert.equal(all.total, 200_000);
  assert.equal(all.files[0]?.path.path, 'folder-0/file-150000');
  const [some, same] = await Promise.all([
    files.page('folder-7/', 1000, 1),
    files.page('folder-7/', 0, 1),
  ]);
  assert.equal(some.total, 2000);
  assert.equal(some.files[0]?.path.path, 'folder-7/file-100007');
  assert.equal(same.files[0]?.path.path, 'folder-7/file-7');
  files.add([bytes('folder-7/late')], false);
  const later = await files.page('folder-7/', 2000, 5);
  assert.equal(later.total, 2001);
  assert.deepEqual(later.files, [{ path: { path: 'folder-7/late' }, deleted: false }]);
  files.remove();
});

test('more filters than are kept at a time all find what they should', async () => {
  const files = new CopiedFiles(join(tempFolder(), 'list.db'));
  files.add(
    Array.from({ length: 10 }, (_, i) => bytes(`name-${i}`)),
    false,
  );
  for (let round = 0; round < 2; round++) {
    const pages = await Promise.all(
      Array.from({ length: 10 }, async (_, i) => await files.page(`-${i}`, 0, 10)),
    );
    assert.deepEqual(
      pages.map((page) => page.files[0]?.path.path),
      Array.from({ length: 10 }, (_, i) => `name-${i}`),
    );
  }
  files.remove();
});

test('a list that cannot be written still counts, and says so when it is asked for', async () => {
  const files = new CopiedFiles(join(tempFolder(), 'no-such-folder', 'list.db'));
  files.add([bytes('a')], false);
  await assert.rejects(files.page('', 0, 1), (error) => isRbError(error, 'disk-full'));
  files.add([bytes('b')], false);
  assert.equal(files.listed, 2);
  files.remove();
});

test('lists are removed with their tasks, and what a crash left at the next start', async () => {
  const folder = tempFolder();
  const lists = new ListsFolder(folder);
  const [kept, gone] = [lists.make(), lists.make()];
  for (const files of [kept, gone]) {
    files.add([bytes('a')], false);
    await files.page('', 0, 1);
  }
  gone.remove();
  assert.deepEqual(readdirSync(join(folder, 'gui-lists')), ['1.db']);
  const next = new ListsFolder(folder);
  assert.deepEqual(readdirSync(join(folder, 'gui-lists')), []);
  next.remove();
  assert.equal(existsSync(join(folder, 'gui-lists')), false);
});
