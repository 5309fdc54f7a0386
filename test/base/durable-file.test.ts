import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { syncDirectory, writeDurably } from '../../src/base/durable-file.ts';
import { isRbError } from '../../src/base/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'durable-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('a file is replaced as a whole, with its mode, and nothing else stays in the folder', async () => {
  const path = join(folder, 'state');
  await writeDurably(path, 'one, and rather long');
  await writeDurably(path, Buffer.from('two'));
  assert.equal(readFileSync(path, 'utf8'), 'two');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  await writeDurably(path, 'three', 0o666);
  assert.equal(statSync(path).mode & 0o777, 0o666);
  assert.deepEqual(readdirSync(folder), ['state']);
});

test('a link under the name is replaced, not followed', async () => {
  const target = join(folder, 'target');
  writeFileSync(target, 'untouched');
  await symlink(target, join(folder, 'link'));
  await writeDurably(join(folder, 'link'), 'new');
  assert.equal(readFileSync(target, 'utf8'), 'untouched');
  assert.ok(statSync(join(folder, 'link')).isFile());
});

test('names of 255 bytes work', async () => {
  const path = join(folder, 'ü'.repeat(127) + 'x');
  await writeDurably(path, 'long');
  assert.equal(readFileSync(path, 'utf8'), 'long');
});

test('a folder that is missing and a name that is taken by a folder are dir-unwritable', async () => {
  const isUnwritable = (error: unknown): boolean => isRbError(error, 'dir-unwritable');
  await assert.rejects(writeDurably(join(folder, 'missing', 'file'), 'x'), isUnwritable);
  await assert.rejects(syncDirectory(join(folder, 'missing')), isUnwritable);
  const taken = join(folder, 'taken');
  await mkdir(join(taken, 'inside'), { recursive: true });
  await assert.rejects(writeDurably(taken, 'x'), isUnwritable);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.tmp')),
    [],
  );
});
