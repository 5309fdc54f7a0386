import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { EMPTY_CONTENT, NO_BYTES } from '../../src/model/entry.ts';
import type { Entry, EntryKind } from '../../src/model/entry.ts';
import { run } from './fake-hub.ts';
import { publish, put, scan } from './source-tree.ts';
import type { Hub } from './source-tree.ts';

let base = '';
let copy = '';
let outside = '';
let hub: Hub = { chunks: new Map() };
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'rebuild-'));
  copy = join(base, 'copy');
  outside = join(base, 'outside');
  mkdirSync(outside);
  hub = { chunks: new Map() };
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function entry(path: string, kind: EntryKind, more: Partial<Entry> = {}): Entry {
  return {
    path: Buffer.from(path),
    kind,
    mode: 0o755,
    owner: { uid: 0, gid: 0, user: '', group: '' },
    mtimeSec: 1,
    mtimeNsec: 1,
    size: 0,
    content: EMPTY_CONTENT,
    target: NO_BYTES,
    linkGroup: 0,
    xattrs: [],
    ...more,
  };
}

function file(path: string, text: string, bytes: number = text.length): Entry {
  const id = put(hub, Buffer.from(text));
  return entry(path, 'file', { content: { depth: 0, refs: [{ id, bytes }] }, size: bytes });
}

describe('a tree made to do harm', () => {
  const cases: readonly [string, () => Entry[], string][] = [
    ["a name '..'", () => [entry('', 'dir'), file('../evil', 'x')], 'name-refused'],
    ['an absolute name', () => [entry('', 'dir'), file('/evil', 'x')], 'name-refused'],
    ['a NUL in a name', () => [entry('', 'dir'), file('a\0b', 'x')], 'name-refused'],
    ['no root', () => [file('a', 'x')], 'protocol'],
    ['entries out of order', () => [entry('', 'dir'), file('b', 'x'), file('a', 'x')], 'protocol'],
    ['the same path twice', () => [entry('', 'dir'), file('a', 'x'), file('a', 'y')], 'protocol'],
    [
      'a file below a link',
      () => [
        entry('', 'dir'),
        entry('a', 'symlink', { target: Buffer.from(outside) }),
        file('a/evil', 'x'),
      ],
      'protocol',
    ],
    ['a length that lies', () => [entry('', 'dir'), file('a', 'short', 4000)], 'protocol'],
  ];
  for (const [what, entries, code] of cases) {
    it(`is refused for ${what}`, () => {
      const outcome = run(hub, copy, publish(hub, entries()));
      assert.equal(outcome.end.t === 'failed' && outcome.end.code, code);
      assert.deepEqual(readdirSync(outside), []);
      assert.deepEqual(readdirSync(base).toSorted(), ['copy', 'copy.state', 'outside']);
      assert.equal(existsSync(join(copy, 'evil')), false);
    });
  }

  it('writes nothing through a link that replaces a folder while chunks are on the way', () => {
    const entries = [entry('', 'dir'), entry('d', 'dir'), entry('d/e', 'dir')];
    for (let i = 0; i < 60; i++)
      entries.push(file(`d/e/f${String(i).padStart(3, '0')}`, `content ${i}`));
    for (let at = 3; at < 14; at++) {
      rmSync(copy, { recursive: true, force: true });
      rmSync(`${copy}.state`, { recursive: true, force: true });
      const outcome = run(hub, copy, publish(hub, entries, 10), {
        between: (message) => {
          if (message !== at || !existsSync(join(copy, 'd/e'))) return;
          renameSync(join(copy, 'd'), join(copy, 'elsewhere'));
          symlinkSync(outside, join(copy, 'd'));
        },
      });
      assert.deepEqual(readdirSync(outside), []);
      if (existsSync(join(copy, 'elsewhere')))
        assert.ok(outcome.end.t === 'done' && !outcome.end.verified);
    }
  });

  it('does not believe a link group whose names differ', () => {
    const outcome = run(
      hub,
      copy,
      publish(hub, [
        entry('', 'dir'),
        { ...file('a', 'one'), linkGroup: 5 },
        { ...file('b', 'two'), linkGroup: 5 },
      ]),
    );
    assert.ok(outcome.end.t === 'done' && outcome.end.verified);
    assert.deepEqual(readdirSync(copy).toSorted(), ['a', 'b']);
  });

  it('deletes nothing through a link that has replaced a folder', () => {
    const origin = join(base, 'origin');
    mkdirSync(join(origin, 'd'), { recursive: true });
    writeFileSync(join(origin, 'd/file'), 'same');
    assert.equal(run(hub, copy, scan(hub, origin)).end.t, 'done');
    writeFileSync(join(outside, 'file'), 'same');
    rmSync(join(copy, 'd'), { recursive: true });
    symlinkSync(outside, join(copy, 'd'));
    rmSync(join(origin, 'd'), { recursive: true });
    run(hub, copy, scan(hub, origin));
    assert.deepEqual(readdirSync(outside), ['file']);
  });

  it('ignores hints that come to nothing, and does not let them into a file', () => {
    const long = Buffer.alloc(20_000, 7);
    const origin = join(base, 'origin');
    mkdirSync(origin);
    writeFileSync(join(origin, 'long'), long);
    const scanned = scan(hub, origin);
    const evil = put(hub, Buffer.from([0, 1, 32, ...put(hub, Buffer.alloc(16, 9))]));
    const part = {
      k: 'part',
      path: Buffer.from('long'),
      offset: 100,
      id: evil,
      bytes: 16,
      depth: 0,
    } as const;
    const pages = scanned.pages.map((id) => ({ k: 'page', id }) as const);
    const outcome = run(hub, copy, scanned, {
      items: [
        part,
        ...pages,
        part,
        { ...part, path: Buffer.from('never') },
        { k: 'commit', snapshot: scanned.snapshot },
      ],
    });
    assert.ok(outcome.end.t === 'done' && outcome.end.verified, JSON.stringify(outcome.end));
    assert.deepEqual(readdirSync(`${copy}.state/tmp`), []);
    const verified = run(hub, copy, scanned, { policy: 'verify' });
    assert.deepEqual(verified.problems, []);
  });
});
