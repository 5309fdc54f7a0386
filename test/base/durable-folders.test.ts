import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { makeFolders } from '../../src/base/durable-folders.ts';

const folder = mkdtempSync(join(tmpdir(), 'folders-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('a folder is made with all that are missing above it, once or again', () => {
  const path = join(folder, 'a', 'b', 'c');
  makeFolders(path, 0o700);
  makeFolders(path, 0o755);
  assert.equal(statSync(path).mode & 0o777, 0o700);
  makeFolders(Buffer.from(join(folder, 'ü', 'x')));
  assert(existsSync(join(folder, 'ü', 'x')));
  symlinkSync(path, join(folder, 'link'));
  makeFolders(join(folder, 'link'));
  makeFolders('/');
});

test('what is in the way is an error', () => {
  writeFileSync(join(folder, 'file'), '');
  assert.throws(() => makeFolders(join(folder, 'file')), { code: 'EEXIST' });
  assert.throws(() => makeFolders(join(folder, 'file', 'below')), { code: 'ENOTDIR' });
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
  assert.throws(() => makeFolders(join(folder, 'dangling')), { code: 'EEXIST' });
});

test(
  'a file system that takes no folders is an error, not a wait for ever',
  { skip: existsSync('/proc/self') ? false : 'there is no /proc' },
  () => {
    assert.throws(() => makeFolders('/proc/rbbackup-test/below'), { code: 'ENOENT' });
  },
);
