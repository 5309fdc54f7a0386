import assert from 'node:assert/strict';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { loadPosix } from '../../src/posix/open.ts';
import { PosixError } from '../../src/posix/posix-error.ts';
import type { Posix } from '../../src/posix/posix.ts';
import type { TrashPlace } from '../../src/rebuild/trash.ts';
import { run } from './fake-hub.ts';
import { filesBelow, mutate, randomFrom } from './random-tree.ts';
import { describeTree } from './same-tree.ts';
import { scan } from './source-tree.ts';
import type { Hub } from './source-tree.ts';

const SET = '0123456789abcdef'.repeat(2);
const NOON = Date.UTC(2026, 10, 21, 12, 0, 0);
const NAME = `20261121T120000Z-${SET}`;

let base = '';
let origin = '';
let copy = '';
let trash = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'trash-'));
  [origin, copy] = [join(base, 'origin'), join(base, 'copy')];
  trash = join(base, 'home', 'trash');
  mkdirSync(origin);
  mkdirSync(join(base, 'home'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function placeAt(nowMs: number): TrashPlace {
  return { home: Buffer.from(join(base, 'home')), set: SET, nowMs };
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** Short, as the trees are long. */
function assertSame(): void {
  const [left, right] = [new Set(describeTree(copy)), new Set(describeTree(origin))];
  const surplus = [...left].filter((line) => !right.has(line));
  const missing = [...right].filter((line) => !left.has(line));
  assert.deepEqual(
    [surplus, missing].map((lines) => lines.map((line) => line.slice(0, 100)).slice(0, 5)),
    [[], []],
  );
}

function foldersOf(path: string): string[] {
  return existsSync(path) ? readdirSync(path).toSorted() : [];
}

/** A port on which the disk is full, or the program was killed, from some call on. */
function failing(
  code: string,
  calls: readonly (keyof Posix)[],
  isNow: (path: string) => boolean,
): Posix {
  const posix = loadPosix();
  const wrapped = Object.fromEntries(
    calls.map((call) => [
      call,
      (...given: unknown[]): unknown => {
        if (isNow(call)) throw new PosixError(code, call);
        return (posix[call] as (...all: unknown[]) => unknown)(...given);
      },
    ]),
  );
  return { ...posix, ...wrapped };
}

describe('what a transfer deletes', () => {
  it('is in the trash under its path, whatever its kind and its name', () => {
    const hub: Hub = { chunks: new Map() };
    write(join(origin, 'stays'), 'stays');
    write(join(origin, 'a/b/c/deep'), 'deep');
    write(join(origin, 'bad\n\u001b[31m/..name'), 'odd');
    symlinkSync('/etc/passwd', join(origin, 'link'));
    mkdirSync(join(origin, 'empty/below'), { recursive: true });
    run(hub, copy, scan(hub, origin), { trash: placeAt(NOON) });
    assert.deepEqual(foldersOf(trash), [], 'nothing was deleted yet');
    for (const name of ['a', 'bad\n\u001b[31m', 'link', 'empty'])
      rmSync(join(origin, name), { recursive: true });
    const { end, problems } = run(hub, copy, scan(hub, origin), { trash: placeAt(NOON) });
    assert.deepEqual(problems, []);
    assert.equal(end.t === 'done' && end.deleted, 9);
    assertSame();
    const kept = join(trash, NAME);
    assert.deepEqual(foldersOf(trash), [NAME]);
    assert.equal(readFileSync(join(kept, 'a/b/c/deep'), 'utf8'), 'deep');
    assert.equal(readFileSync(join(kept, 'bad\n\u001b[31m/..name'), 'utf8'), 'odd');
    assert.equal(readlinkSync(join(kept, 'link')), '/etc/passwd');
    assert.deepEqual(readdirSync(join(kept, 'empty')), ['below']);
    assert.equal(lstatSync(trash).mode & 0o777, 0o700);
  });

  it('is the content of a file, not each of its names', () => {
    const hub: Hub = { chunks: new Map() };
    write(join(origin, 'a'), 'stays under one name');
    write(join(origin, 'b'), 'goes with all of them');
    linkSync(join(origin, 'a'), join(origin, 'a2'));
    linkSync(join(origin, 'b'), join(origin, 'b2'));
    run(hub, copy, scan(hub, origin), { trash: placeAt(NOON) });
    for (const name of ['a2', 'b', 'b2']) rmSync(join(origin, name));
    const { problems } = run(hub, copy, scan(hub, origin), { trash: placeAt(NOON) });
    assert.deepEqual(problems, []);
    assertSame();
    assert.deepEqual(foldersOf(join(trash, NAME)), ['b2']);
  });

  it('never meets what was deleted before: each transfer has a folder of its own', () => {
    const hub: Hub = { chunks: new Map() };
    for (const content of ['one', 'two']) {
      write(join(origin, 'file'), content);
      run(hub, copy, scan(hub, origin), { trash: placeAt(NOON) });
      rmSync(join(origin, 'file'));
      run(hub, copy, scan(hub, origin), { trash: placeAt(NOON) });
    }
    assert.deepEqual(foldersOf(trash), [NAME, `${NAME}-1`]);
    assert.equal(readFileSync(join(trash, `${NAME}-1`, 'file'), 'utf8'), 'two');
  });

  it('is kept too when something of another kind takes its place', () => {
    const hub: Hub = { chunks: new Map() };
    write(join(origin, 'to-folder'), 'was a file');
    write(join(origin, 'to-link'), 'was one too');
    write(join(origin, 'to-file/inside'), 'in a folder');
    run(hub, copy, scan(hub, origin), { trash: placeAt(NOON) });
    for (const name of ['to-folder', 'to-link', 'to-file'])
      rmSync(join(origin, name), { recursive: true });
    write(join(origin, 'to-folder/new'), 'new');
    symlinkSync('elsewhere', join(origin, 'to-link'));
    write(join(origin, 'to-file'), 'a file now');
    const { end, problems } = run(hub, copy, scan(hub, origin), { trash: placeAt(NOON) });
    assert.deepEqual(problems, []);
    assert.ok(end.t === 'done' && end.verified);
    assertSame();
    const kept = ['to-folder', 'to-link', 'to-file/inside'].map((name) =>
      readFileSync(join(trash, NAME, name), 'utf8'),
    );
    assert.deepEqual(kept, ['was a file', 'was one too', 'in a folder']);
  });

  it('goes nowhere else though its place in the trash is a link', () => {
    const hub: Hub = { chunks: new Map() };
    write(join(origin, 'file'), 'content');
    run(hub, copy, scan(hub, origin));
    rmSync(join(origin, 'file'));
    const outside = join(base, 'outside');
    mkdirSync(outside);
    mkdirSync(trash);
    symlinkSync(outside, join(trash, NAME));
    run(hub, copy, scan(hub, origin), { trash: placeAt(NOON) });
    assert.deepEqual(readdirSync(outside), []);
    assert.equal(readFileSync(join(trash, `${NAME}-1`, 'file'), 'utf8'), 'content');
  });

  for (let seed = 1; seed <= 12; seed++) {
    it(`is in its place or in the trash wherever the transfer is killed (seed ${seed})`, () => {
      const random = randomFrom(seed);
      const hub: Hub = { chunks: new Map() };
      mutate(origin, random, 60);
      run(hub, copy, scan(hub, origin), { trash: placeAt(NOON) });
      const before = filesBelow(copy).map((path) => path.slice(copy.length));
      const contents = new Map(
        before.map((path) => [path, readFileSync(join(copy, path), 'latin1')]),
      );
      mutate(origin, random, 60);
      const now = new Set(filesBelow(origin).map((path) => path.slice(origin.length)));
      const scanned = scan(hub, origin);
      const gone = before.filter((path) => !now.has(path));
      // Of a file of several names the content counts, whatever name it is kept under.
      const isSingle = new Map(
        before.map((path) => [path, lstatSync(join(copy, path)).nlink === 1]),
      );
      const isKept = (path: string): boolean =>
        isSingle.get(path) === false ||
        [copy, ...foldersOf(trash).map((name) => join(trash, name))].some((root) => {
          try {
            return readFileSync(join(root, path), 'latin1') === contents.get(path);
          } catch {
            return false;
          }
        });
      for (let kills = 0; kills < 4; kills++) {
        let left = random(40);
        const posix = failing(
          'EIO',
          [
            'renameAt',
            'renameNoReplaceAt',
            'unlinkAt',
            'rmdirAt',
            'mkdirAt',
            'linkAt',
            'write',
            'syncfs',
          ],
          () => left-- <= 0,
        );
        run(hub, copy, scanned, { posix, trash: placeAt(NOON + kills) });
        assert.deepEqual(
          gone.filter((path) => !isKept(path)),
          [],
        );
      }
      const last = run(hub, copy, scanned, { trash: placeAt(NOON + 9000) });
      assert.deepEqual(last.problems, []);
      assertSame();
      assert.deepEqual(
        gone.filter((path) => !isKept(path)),
        [],
      );
    });
  }
});

describe('a disk that is full', () => {
  it('gets room from the trash, the oldest first and no more than is needed', () => {
    const hub: Hub = { chunks: new Map() };
    write(join(origin, 'file'), 'content');
    run(hub, copy, scan(hub, origin), { trash: placeAt(NOON) });
    const old = [1, 2, 3].map((day) => `2026110${day}T000000Z-${SET}`);
    for (const name of [...old, 'mine', '2026']) write(join(trash, name, 'below/thing'), 'old');
    write(join(origin, 'another'), 'does not fit');
    const posix = failing('ENOSPC', ['write'], () => existsSync(join(trash, old[1] ?? '')));
    const { end } = run(hub, copy, scan(hub, origin), { posix, trash: placeAt(NOON) });
    assert.ok(end.t === 'done' && end.verified, JSON.stringify(end));
    assertSame();
    assert.deepEqual(foldersOf(trash), ['2026', old[2], 'mine'], 'what is not ours stays');
  });

  it('fails the transfer only when nothing is left in the trash', () => {
    const hub: Hub = { chunks: new Map() };
    write(join(origin, 'file'), 'content');
    write(join(trash, `20261101T000000Z-${SET}`, 'thing'), 'old');
    const posix = failing('ENOSPC', ['write'], () => true);
    const { end } = run(hub, copy, scan(hub, origin), { posix, trash: placeAt(NOON) });
    assert.equal(end.t === 'failed' && end.code, 'disk-full');
    assert.deepEqual(foldersOf(trash), []);
  });

  it('deletes at once what it has no room for in the trash', () => {
    const hub: Hub = { chunks: new Map() };
    write(join(origin, 'file'), 'content');
    run(hub, copy, scan(hub, origin));
    rmSync(join(origin, 'file'));
    mkdirSync(trash);
    let left = 2;
    const posix = failing('ENOSPC', ['mkdirAt'], () => left-- <= 0);
    const { end } = run(hub, copy, scan(hub, origin), { posix, trash: placeAt(NOON) });
    assert.ok(end.t === 'done' && end.verified, JSON.stringify(end));
    assert.deepEqual([readdirSync(copy), foldersOf(trash)], [[], []]);
  });
});
