import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

import { absolutePath, textArgument } from '../../src/cli/argument-bytes.ts';
import { splitSnapshotPath } from '../../src/cli/snapshot-path.ts';

const SCRIPT = join(import.meta.dirname, 'print-argument.ts');

function bytesOf(octal: string): string {
  const program = '"$0" "$1" "$(printf "$2")" other';
  return execFileSync('sh', ['-c', program, process.execPath, SCRIPT, octal], {
    encoding: 'utf8',
    cwd: '/',
  });
}

test(
  'the bytes of an argument that is no UTF-8 are those that were typed',
  { skip: process.platform !== 'linux' },
  () => {
    assert.equal(bytesOf('/caf\\351'), Buffer.from('/caf\u00e9', 'latin1').toString('hex'));
    assert.equal(bytesOf('\\377/x'), Buffer.from('/\u00ff/x', 'latin1').toString('hex'));
    assert.equal(bytesOf('/caf\\303\\251'), Buffer.from('/caf\u00e9').toString('hex'));
  },
);

test('paths become absolute without dots and doubled slashes, byte by byte', () => {
  const path = (text: string): string =>
    Buffer.from(absolutePath(Buffer.from(text, 'latin1'))).toString('latin1');
  assert.equal(path('/a//b/./c/../d/'), '/a/b/d');
  assert.equal(path('/\u00ff/..'), '/');
  assert.equal(path('x'), join(process.cwd(), 'x'));
});

test('a folder to write to must be a name that can be told', () => {
  assert.throws(() => textArgument('caf\ufffd', 'DIR'), { code: 'usage' });
  assert.equal(textArgument('café', 'DIR'), 'café');
});

const SNAPSHOT_PATHS: readonly (readonly [string, string, string | null])[] = [
  ['latest', 'latest', null],
  ['latest:', 'latest', null],
  ['latest:/', 'latest', null],
  ['latest:a/b', 'latest', 'a/b'],
  ['4fb1:/a//./b/', '4fb1', 'a/b'],
  ['photos@latest', 'photos@latest', null],
  ['anna@laptop:photos@latest', 'anna@laptop:photos@latest', null],
  ['anna@laptop:photos@latest:x:y', 'anna@laptop:photos@latest', 'x:y'],
];

for (const [typed, snapshot, subtree] of SNAPSHOT_PATHS) {
  test(`${typed} is the snapshot ${snapshot} and the path ${subtree ?? 'of all'}`, () => {
    const split = splitSnapshotPath(Buffer.from(typed));
    assert.equal(split.snapshot, snapshot);
    assert.equal(split.subtree === null ? null : Buffer.from(split.subtree).toString(), subtree);
  });
}

test('a path that climbs out of a snapshot is refused', () => {
  assert.throws(() => splitSnapshotPath(Buffer.from('latest:../x')), { code: 'name-refused' });
  assert.throws(() => splitSnapshotPath(Buffer.from(':x')), { code: 'usage' });
});
