import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { PosixError } from '../../src/posix/posix-error.ts';
import { loadPosix } from '../../src/posix/open.ts';
import type { Posix } from '../../src/posix/posix.ts';
import { run } from './fake-hub.ts';
import type { Outcome, RunOptions } from './fake-hub.ts';
import { describeTree } from './same-tree.ts';
import { scan } from './source-tree.ts';
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
  mkdirSync(join(origin, 'a/b'), { recursive: true });
  writeFileSync(join(origin, 'a/b/file'), 'file of b');
  writeFileSync(join(origin, 'a/other'), 'other');
  writeFileSync(join(origin, 'big'), Buffer.alloc(30_000, 'big '));
  symlinkSync('/etc', join(origin, 'link'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function restore(options: RunOptions = {}): Outcome {
  return run(hub, copy, scan(hub, origin), {
    policy: 'restore',
    stateDir: join(copy, '.rbbackup-restore-1'),
    ...options,
  });
}

const codes = ({ problems }: Outcome): string[] =>
  problems.map(({ path, code }) => `${Buffer.from(path).toString()} ${code}`).toSorted();

describe('a restore', () => {
  it('done again it leaves the folder with the time that it gave it, and one of somebody else with its own', () => {
    restore();
    const made = statSync(copy, { bigint: true }).mtimeNs;
    assert.equal(made, statSync(origin, { bigint: true }).mtimeNs);
    restore();
    assert.equal(statSync(copy, { bigint: true }).mtimeNs, made);
    rmSync(copy, { recursive: true });
    mkdirSync(copy);
    writeFileSync(join(copy, 'mine'), 'mine');
    restore();
    assert.notEqual(statSync(copy, { bigint: true }).mtimeNs, made);
  });

  it('lays out a whole tree in a new folder, its own metadata included, and leaves nothing behind', () => {
    const outcome = restore();
    assert.ok(outcome.end.t === 'done' && outcome.end.verified, JSON.stringify(outcome));
    assert.deepEqual(describeTree(copy), describeTree(origin));
  });

  it('lays out one folder, or one file, under its own name', () => {
    mkdirSync(copy);
    utimesSync(copy, 1000, 1000);
    const outcome = restore({ subtree: 'a/b' });
    assert.ok(outcome.end.t === 'done' && outcome.end.verified && outcome.end.files === 1);
    assert.deepEqual(readdirSync(copy), ['b']);
    assert.equal(readFileSync(join(copy, 'b/file'), 'utf8'), 'file of b');
    restore({ subtree: 'a/other' });
    assert.equal(readFileSync(join(copy, 'other'), 'utf8'), 'other');
    const nothing = restore({ subtree: 'a/nothing' });
    assert.equal(nothing.end.t === 'failed' && nothing.end.code, 'not-found');
    assert.deepEqual(readdirSync(copy).toSorted(), ['b', 'other']);
  });

  it('keeps what is newer and different unless told to overwrite, and replaces what is older', () => {
    mkdirSync(join(copy, 'a'), { recursive: true });
    writeFileSync(join(copy, 'a/other'), 'newer');
    utimesSync(join(copy, 'a/other'), 4e9, 4e9);
    writeFileSync(join(copy, 'big'), 'older');
    utimesSync(join(copy, 'big'), 1000, 1000);
    mkdirSync(join(copy, 'link'));
    writeFileSync(join(copy, 'mine'), 'mine');
    const outcome = restore();
    assert.deepEqual(codes(outcome), ['a/other in-the-way', 'link in-the-way']);
    assert.equal(readFileSync(join(copy, 'a/other'), 'utf8'), 'newer');
    assert.equal(readFileSync(join(copy, 'big'), 'utf8').slice(0, 4), 'big ');
    assert.ok(!readdirSync(copy).some((name) => name.startsWith('.rbbackup')));
    assert.deepEqual(codes(restore({ overwrite: true })), []);
    assert.equal(readFileSync(join(copy, 'a/other'), 'utf8'), 'other');
    assert.equal(readFileSync(join(copy, 'mine'), 'utf8'), 'mine');
  });
});

describe('a verification', () => {
  const verify = (options: RunOptions = {}): Outcome =>
    run(hub, copy, scan(hub, origin), { policy: 'verify', ...options });

  it('finds every difference and, without the hub, only reports them', () => {
    run(hub, copy, scan(hub, origin));
    assert.deepEqual(codes(verify()), []);
    const stat = readFileSync(join(copy, 'big'));
    stat[20_000] = 0;
    writeFileSync(join(copy, 'big'), stat);
    unlinkSync(join(copy, 'a/other'));
    unlinkSync(join(copy, 'link'));
    symlinkSync('/usr', join(copy, 'link'));
    const before = describeTree(copy);
    const outcome = verify();
    assert.deepEqual(
      codes(outcome),
      ['a differs', 'a/other differs', 'big differs', 'link differs', ' differs'].toSorted(),
    );
    assert.deepEqual(describeTree(copy), before);
    assert.ok(outcome.end.t === 'done' && !outcome.end.verified);
  });

  it('mends with the hub what damage is there, even if the stamps were faked', () => {
    run(hub, copy, scan(hub, origin));
    const { mtime } = JSON.parse(JSON.stringify({ mtime: 1 })) as { mtime: number };
    const bytes = readFileSync(join(copy, 'big'));
    bytes[9000] = mtime;
    writeFileSync(join(copy, 'big'), bytes);
    unlinkSync(join(copy, 'a/other'));
    const outcome = verify({ canRepair: true });
    assert.deepEqual(codes(outcome), []);
    assert.ok(outcome.end.t === 'done' && outcome.end.verified && outcome.end.mended >= 2);
    assert.deepEqual(describeTree(copy), describeTree(origin));
    assert.deepEqual(codes(verify()), []);
  });

  it('says that a folder that is gone is not there', () => {
    const outcome = verify();
    assert.equal(outcome.end.t === 'failed' && outcome.end.code, 'not-found');
    assert.equal(existsSync(copy), false);
  });
});

describe('a disk without space', () => {
  it('ends a run with disk-full, nothing half in place, and the next goes on', () => {
    const real = loadPosix();
    let left = 10_000;
    const small: Posix = {
      ...real,
      write: (fd, bytes, position) => {
        left -= bytes.length;
        if (left < 0) throw new PosixError('ENOSPC', 'pwrite');
        real.write(fd, bytes, position);
      },
    };
    const outcome = run(hub, copy, scan(hub, origin), { posix: small });
    assert.ok(outcome.end.t === 'failed' && outcome.end.code === 'disk-full' && outcome.end.retry);
    assert.equal(existsSync(join(copy, 'big')), false);
    const next = run(hub, copy, scan(hub, origin));
    assert.ok(next.end.t === 'done' && next.end.verified);
    assert.deepEqual(describeTree(copy), describeTree(origin));
  });

  it('does so on a real full file system', { skip: process.getuid?.() !== 0 }, (t) => {
    const mount = join(base, 'mount');
    mkdirSync(mount);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', mount], {
        stdio: 'ignore',
      });
    } catch {
      t.skip('no tmpfs can be mounted here');
      return;
    }
    try {
      writeFileSync(join(origin, 'huge'), Buffer.alloc(1_000_000, 'abcdefg'));
      const outcome = run(hub, join(mount, 'copy'), scan(hub, origin));
      assert.ok(
        outcome.end.t === 'failed' && outcome.end.code === 'disk-full',
        JSON.stringify(outcome.end),
      );
      assert.equal(existsSync(join(mount, 'copy/huge')), false);
      execFileSync('mount', ['-o', 'remount,size=8m', mount]);
      const next = run(hub, join(mount, 'copy'), scan(hub, origin));
      assert.ok(next.end.t === 'done' && next.end.verified, JSON.stringify(next.end));
    } finally {
      execFileSync('umount', [mount]);
    }
  });
});
