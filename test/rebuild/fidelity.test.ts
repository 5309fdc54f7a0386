import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { loadPosix } from '../../src/posix/open.ts';
import { run } from './fake-hub.ts';
import type { Outcome } from './fake-hub.ts';
import { describeTree } from './same-tree.ts';
import { PIECE_BYTES, scan } from './source-tree.ts';
import type { Hub } from './source-tree.ts';

let base = '';
let origin = '';
let copy = '';
let hub: Hub = { chunks: new Map() };
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'rebuild-'));
  origin = join(base, 'origin');
  copy = join(base, 'copy');
  hub = { chunks: new Map() };
  mkdirSync(origin);
});
afterEach(() => {
  execFileSync('chmod', ['-R', 'u+rwx', base]);
  rmSync(base, { recursive: true, force: true });
});

function assertCopied(): Outcome {
  const outcome = run(hub, copy, scan(hub, origin));
  assert.deepEqual(outcome.problems, []);
  assert.ok(outcome.end.t === 'done' && outcome.end.verified);
  assert.deepEqual(describeTree(copy), describeTree(origin));
  return outcome;
}

function withFile<Result>(path: string, act: (fd: number) => Result): Result {
  const fd = openSync(path, 'r');
  try {
    return act(fd);
  } finally {
    closeSync(fd);
  }
}

describe('a rebuilt tree', () => {
  it('has FIFOs, names that are no UTF-8, long names and paths, and old times', () => {
    execFileSync('mkfifo', ['-m', '640', join(origin, 'fifo')]);
    writeFileSync(Buffer.concat([Buffer.from(`${origin}/`), Buffer.of(0xff, 0xfe, 0x0a)]), 'x');
    writeFileSync(join(origin, 'n'.repeat(255)), 'long');
    utimesSync(join(origin, 'n'.repeat(255)), -5.25, -5.25);
    mkdirSync(join(origin, ...Array.from({ length: 14 }, () => 'd'.repeat(250))), {
      recursive: true,
    });
    assertCopied();
    assert.deepEqual(assertCopied().placed, []);
  });

  it('has extended attributes, and follows their changes', (t) => {
    const posix = loadPosix();
    const name = Buffer.from('user.rbbackup.test');
    writeFileSync(join(origin, 'file'), 'x');
    mkdirSync(join(origin, 'dir'));
    try {
      for (const path of ['file', 'dir'])
        withFile(join(origin, path), (fd) => posix.setXattr(fd, name, Buffer.from('one')));
    } catch {
      t.skip('no attributes on this file system');
      return;
    }
    const found = (path: string): string[] =>
      withFile(join(copy, path), (fd) =>
        posix.xattrs(fd).map(({ value }) => Buffer.from(value).toString()),
      );
    assertCopied();
    assert.deepEqual([found('file'), found('dir')], [['one'], ['one']]);
    withFile(join(origin, 'file'), (fd) => posix.setXattr(fd, name, Buffer.from('two')));
    withFile(join(origin, 'dir'), (fd) => posix.removeXattr(fd, name));
    const outcome = assertCopied();
    assert.deepEqual([found('file'), found('dir')], [['two'], []]);
    assert.equal(outcome.wanted.length, 1, 'only the page');
  });

  it('has every mode exactly, whatever the umask', () => {
    const modes = [0o600, 0o644, 0o664, 0o666, 0o755, 0o777, 0o444, 0o400, 0o000, 0o1777];
    for (const mode of modes) {
      for (const name of ['one', 'two'])
        writeFileSync(join(origin, `${mode.toString(8)}-${name}`), name);
      writeFileSync(join(origin, `${mode.toString(8)}-empty`), '');
      writeFileSync(
        join(origin, `${mode.toString(8)}-long`),
        Buffer.alloc(3 * PIECE_BYTES, 'long'),
      );
    }
    for (const name of readdirSync(origin))
      chmodSync(join(origin, name), parseInt(name.split('-')[0] as string, 8));
    const before = process.umask(0o077);
    try {
      assertCopied();
      process.umask(0o002);
      copy = join(base, 'second');
      assertCopied();
    } finally {
      process.umask(before);
    }
  });

  it(
    'has its own groups where new files get that of their folder',
    { skip: process.getuid?.() !== 0 },
    () => {
      mkdirSync(`${copy}.state`);
      chownSync(`${copy}.state`, 0, 4711);
      chmodSync(`${copy}.state`, 0o2700);
      for (const name of ['own', 'other', 'long'])
        writeFileSync(join(origin, name), Buffer.alloc(name === 'long' ? 3 * PIECE_BYTES : 3, 1));
      chownSync(join(origin, 'other'), 1234, 4711);
      assertCopied();
    },
  );

  it('can be changed where a folder is read-only', () => {
    mkdirSync(join(origin, 'locked/below'), { recursive: true });
    writeFileSync(join(origin, 'locked/below/file'), 'one');
    chmodSync(join(origin, 'locked/below'), 0o555);
    chmodSync(join(origin, 'locked'), 0o555);
    assertCopied();
    chmodSync(join(origin, 'locked/below'), 0o755);
    writeFileSync(join(origin, 'locked/below/file'), 'two');
    writeFileSync(join(origin, 'locked/below/more'), 'more');
    chmodSync(join(origin, 'locked/below'), 0o555);
    assertCopied();
    chmodSync(join(origin, 'locked/below'), 0o755);
    rmSync(join(origin, 'locked/below/file'));
    chmodSync(join(origin, 'locked/below'), 0o555);
    assertCopied();
    assert.deepEqual(readdirSync(join(copy, 'locked/below')), ['more']);
  });
});
