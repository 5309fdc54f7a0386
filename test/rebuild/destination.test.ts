import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';

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
  mkdirSync(origin);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function write(path: string, text: string | Buffer): void {
  mkdirSync(join(origin, path, '..'), { recursive: true });
  writeFileSync(join(origin, path), text);
}

function transfer(options: RunOptions = {}): Outcome {
  return run(hub, copy, scan(hub, origin), options);
}

/** Repeatable bytes that no two pieces of share. */
function noise(bytes: number, seed: number): Buffer {
  const out = Buffer.alloc(bytes);
  let state = seed + 1;
  for (let at = 0; at < bytes; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out.writeUInt32LE(state, Math.min(at, bytes - 4));
  }
  return out;
}

function assertVerified(outcome: Outcome): void {
  assert.deepEqual(outcome.problems, []);
  assert.equal(outcome.end.t, 'done', JSON.stringify(outcome.end));
  assert.ok(outcome.end.t === 'done' && outcome.end.verified);
}

function assertSame(): void {
  assert.deepEqual(describeTree(copy), describeTree(origin));
}

describe('a destination', () => {
  it('rebuilds files, folders, links and modes of a new tree exactly', () => {
    write('a/b/one', 'one');
    write('a/empty', '');
    write('big', noise(50_000, 1));
    mkdirSync(join(origin, 'void/deeper'), { recursive: true });
    symlinkSync('/nowhere', join(origin, 'dangling'));
    chmodSync(join(origin, 'a/b/one'), 0o640);
    chmodSync(join(origin, 'void'), 0o700);
    utimesSync(join(origin, 'a'), 1000, 2000.5);
    linkSync(join(origin, 'big'), join(origin, 'a/big-too'));
    const outcome = transfer();
    assertVerified(outcome);
    assertSame();
    assert.ok(outcome.mostOutstandingBytes <= 64 * 1024 + 4096);
    assert.equal(lstatSync(join(copy, 'big')).nlink, 2);
  });

  it('asks for nothing and changes nothing when nothing has changed', () => {
    write('a/one', 'one');
    write('two', noise(9000, 2));
    assertVerified(transfer());
    const before = lstatSync(join(copy, 'two'), { bigint: true }).ctimeNs;
    const second = transfer();
    assertVerified(second);
    assert.deepEqual(second.wanted, []);
    assert.deepEqual(second.placed, []);
    assert.equal(lstatSync(join(copy, 'two'), { bigint: true }).ctimeNs, before);
  });

  it('follows updates, deletions, renames and changes of kind', () => {
    write('stays', 'stays');
    write('edited', noise(20_000, 3));
    write('gone/deep/file', 'x');
    write('was-file', noise(20_000, 4));
    write('was-dir/file', 'y');
    write('was-dir/sub/file', 'z');
    write('was-link', 'l');
    write('folder/moved', noise(40_000, 5));
    assertVerified(transfer());
    rmSync(join(origin, 'gone'), { recursive: true });
    const was = readFileSync(join(origin, 'was-file'));
    rmSync(join(origin, 'was-file'));
    write('was-file/inside', was);
    rmSync(join(origin, 'was-dir'), { recursive: true });
    write('was-dir', 'now a file');
    rmSync(join(origin, 'was-link'));
    symlinkSync('stays', join(origin, 'was-link'));
    renameSync(join(origin, 'folder'), join(origin, 'renamed'));
    const edited = readFileSync(join(origin, 'edited'));
    edited[5000] = (edited[5000] as number) ^ 1;
    write('edited', edited);
    const outcome = transfer();
    assertVerified(outcome);
    assertSame();
    // One changed piece, the new small file, and pages: all the rest was on this disk.
    assert.ok(outcome.wanted.length <= 4, String(outcome.wanted.length));
    assert.deepEqual(readdirSync(`${copy}.state/tmp`), []);
  });

  it('takes each of two swapped files from the other', () => {
    write('a', noise(60_000, 6));
    write('b', noise(60_000, 7));
    assertVerified(transfer());
    renameSync(join(origin, 'a'), join(origin, 'c'));
    renameSync(join(origin, 'b'), join(origin, 'a'));
    renameSync(join(origin, 'c'), join(origin, 'b'));
    const outcome = transfer();
    assertVerified(outcome);
    assertSame();
    assert.equal(outcome.wanted.length, 1);
  });

  it('never overwrites or deletes what no transfer put there, and adopts what is right', () => {
    write('same', 'right');
    write('other', 'origin');
    write('dir/below', 'below');
    write('folder/new', 'new');
    mkdirSync(join(copy, 'folder'), { recursive: true });
    writeFileSync(join(copy, 'same'), 'right');
    writeFileSync(join(copy, 'other'), 'mine');
    writeFileSync(join(copy, 'dir'), 'a file of mine');
    writeFileSync(join(copy, 'folder/mine'), 'mine');
    const outcome = transfer();
    assert.ok(outcome.end.t === 'done' && !outcome.end.verified);
    assert.deepEqual(
      outcome.problems
        .map(({ path, code }) => `${Buffer.from(path).toString()} ${code}`)
        .toSorted(),
      ['dir in-the-way', 'other in-the-way'],
    );
    assert.equal(readFileSync(join(copy, 'other'), 'utf8'), 'mine');
    assert.equal(readFileSync(join(copy, 'dir'), 'utf8'), 'a file of mine');
    assert.equal(readFileSync(join(copy, 'folder/mine'), 'utf8'), 'mine');
    assert.equal(lstatSync(join(copy, 'same')).mtimeMs, lstatSync(join(origin, 'same')).mtimeMs);
    for (const name of ['same', 'other', 'dir', 'folder'])
      rmSync(join(origin, name), { recursive: true });
    const second = transfer();
    assert.equal(readFileSync(join(copy, 'other'), 'utf8'), 'mine');
    assert.equal(readFileSync(join(copy, 'dir'), 'utf8'), 'a file of mine');
    assert.equal(readFileSync(join(copy, 'folder/mine'), 'utf8'), 'mine');
    assert.equal(existsSync(join(copy, 'folder/new')), false);
    assert.ok(
      second.end.t === 'done' && second.end.verified,
      'what stays of others is reported but spoils nothing',
    );
  });

  it('mends what somebody changed, and leaves a changed file that is gone at the origin', () => {
    write('kept', 'kept');
    write('leaving', 'leaving');
    assertVerified(transfer());
    writeFileSync(join(copy, 'kept'), 'oops');
    writeFileSync(join(copy, 'leaving'), 'my notes');
    rmSync(join(origin, 'leaving'));
    const outcome = transfer();
    assert.equal(readFileSync(join(copy, 'kept'), 'utf8'), 'kept');
    assert.equal(readFileSync(join(copy, 'leaving'), 'utf8'), 'my notes');
    assert.ok(outcome.end.t === 'done' && outcome.end.mended === 1);
  });

  it('keeps up with names that join and leave an inode', () => {
    write('a', noise(9000, 8));
    linkSync(join(origin, 'a'), join(origin, 'b'));
    linkSync(join(origin, 'a'), join(origin, 'c'));
    assertVerified(transfer());
    assertSame();
    rmSync(join(origin, 'b'));
    cpSync(join(origin, 'a'), join(origin, 'b'), { preserveTimestamps: true });
    linkSync(join(origin, 'a'), join(origin, 'd'));
    const outcome = transfer();
    assertVerified(outcome);
    assertSame();
    assert.equal(outcome.wanted.length, 1);
    writeFileSync(join(origin, 'a'), 'all of them');
    assertVerified(transfer());
    assertSame();
  });

  it('leaves the other names of an inode alone that somebody has linked to a file of the tree', () => {
    write('a', 'content');
    assertVerified(transfer());
    linkSync(join(copy, 'a'), join(base, 'mine'));
    chmodSync(join(origin, 'a'), 0o600);
    const mode = lstatSync(join(base, 'mine')).mode;
    assertVerified(transfer());
    assertSame();
    assert.equal(lstatSync(join(base, 'mine')).mode, mode);
  });

  it('keeps holes', () => {
    write('sparse', 'head');
    truncateSync(join(origin, 'sparse'), 8 * 1024 * 1024);
    write('only-hole', '');
    truncateSync(join(origin, 'only-hole'), 1024 * 1024);
    assertVerified(transfer());
    assertSame();
    assert.ok(lstatSync(join(copy, 'sparse')).blocks < 100);
    assert.equal(lstatSync(join(copy, 'only-hole')).blocks, 0);
  });

  it('reports files whose chunk the hub lacks, and puts the rest in place', () => {
    write('good', 'good');
    write('bad', noise(5000, 9));
    write('bad-too', 'small');
    const scanned = scan(hub, origin);
    for (const entry of scanned.entries) {
      const [ref] = entry.content.refs;
      if (Buffer.from(entry.path).toString().startsWith('bad'))
        hub.chunks.delete(Buffer.from(ref?.id ?? []).toString('hex'));
    }
    const outcome = run(hub, copy, scanned);
    assert.ok(outcome.end.t === 'done' && !outcome.end.verified);
    assert.deepEqual(
      outcome.problems.map(({ code }) => code),
      ['missing-chunk', 'missing-chunk'],
    );
    assert.equal(readFileSync(join(copy, 'good'), 'utf8'), 'good');
    assert.equal(existsSync(join(copy, 'bad')), false);
    assertVerified(transfer());
    assertSame();
  });

  it('drops set-user-id of files unless asked to keep it', () => {
    write('tool', 'tool');
    chmodSync(join(origin, 'tool'), 0o4755);
    assertVerified(transfer());
    assert.equal(lstatSync(join(copy, 'tool')).mode & 0o7777, 0o755);
    assertVerified(transfer({ keepSetId: true }));
    assert.equal(lstatSync(join(copy, 'tool')).mode & 0o7777, 0o4755);
  });

  it('counts a damaged memory as none, and adopts what is there', () => {
    write('a/b', 'content');
    write('big', noise(30_000, 10));
    assertVerified(transfer());
    const state = readFileSync(`${copy}.state/state`);
    state[100] = (state[100] as number) ^ 1;
    writeFileSync(`${copy}.state/state`, state);
    const outcome = transfer();
    assertVerified(outcome);
    assert.ok(existsSync(`${copy}.state/state.damaged`));
    assert.equal(outcome.wanted.length, 1, 'only the page');
  });

  it('refuses the name of its own memory', () => {
    write('.memory/state', 'evil');
    write('good', 'good');
    const outcome = transfer({ stateDir: join(copy, '.memory') });
    assert.deepEqual(
      outcome.problems.map(({ code }) => code),
      ['name-refused'],
    );
    assert.equal(readFileSync(join(copy, 'good'), 'utf8'), 'good');
    const again = transfer({ stateDir: join(copy, '.memory') });
    assert.equal(again.end.t, 'done');
  });

  it('uses the lists of an old version of a long file', () => {
    write('long', noise(1_000_000, 11));
    const first = scan(hub, origin, 100_000);
    assertVerified(run(hub, copy, first));
    assertSame();
    write('long', Buffer.concat([noise(4096, 12), noise(1_000_000, 11)]));
    const outcome = run(hub, copy, scan(hub, origin, 100_000));
    assertVerified(outcome);
    assertSame();
    assert.ok(outcome.wanted.length < 12, String(outcome.wanted.length));
  });
});
