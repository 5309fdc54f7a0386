import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { EMPTY_CONTENT, NO_BYTES } from '../../src/model/entry.ts';
import type { Entry, EntryKind } from '../../src/model/entry.ts';
import { loadPosix } from '../../src/posix/open.ts';
import type { Posix } from '../../src/posix/posix.ts';
import { run } from '../rebuild/fake-hub.ts';
import { publish, put } from '../rebuild/source-tree.ts';
import type { Hub } from '../rebuild/source-tree.ts';
import { tempFolder } from '../vault/temp-folder.ts';

/* A file system that takes names for the same that are written in different bytes, as APFS, NTFS and ext4 with casefold do. All
   files are of one length and time, so that those don't tell what stands in a place. */

/** The bytes under which a folding file system finds a name: lower case, and one form of Unicode. */
function fold(name: Uint8Array): Uint8Array {
  const text = Buffer.from(name).toString();
  if (!Buffer.from(text).equals(name)) return name;
  return Buffer.from(text.normalize('NFD').toLowerCase().replaceAll('ß', 'ss'));
}

const OF_NAMES: ReadonlySet<string> = new Set(
  'openDir openFile lstatIfThere hasXattrs xattrs setXattr removeXattr'.split(' '),
);

function folded(arg: unknown): unknown {
  if (arg instanceof Uint8Array) return fold(arg);
  const isTarget = typeof arg === 'object' && arg !== null && 'name' in arg;
  return isTarget ? { ...arg, name: folded(arg.name) } : arg;
}

/** Calls that take names of the tree fold them; targets of links among them, which harms nothing here. */
function foldingPosix(): Posix {
  return new Proxy(loadPosix(), {
    get: (posix, key) => {
      const value: unknown = Reflect.get(posix, key);
      if (typeof value !== 'function') return value;
      const isOfNames = String(key).endsWith('At') || OF_NAMES.has(String(key));
      return (...args: unknown[]): unknown =>
        (value as (...all: unknown[]) => unknown).apply(posix, isOfNames ? args.map(folded) : args);
    },
  });
}

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

function file(hub: Hub, path: string, text: string): Entry {
  const id = put(hub, Buffer.from(text));
  const content = { depth: 0, refs: [{ id, bytes: text.length }] };
  return entry(path, 'file', { content, size: text.length });
}

const PAIRS: readonly (readonly [string, string])[] = [
  ['README', 'readme'],
  ['stra\u00dfe', 'strasse'],
  ['caf\u00e9', 'cafe\u0301'],
];

for (const names of PAIRS) {
  test(`two names that are one on the disk (${names.join(', ')}) are never called a verified copy`, () => {
    const hub: Hub = { chunks: new Map() };
    const copy = join(tempFolder(), 'copy');
    const [first, second] = [...names].toSorted((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    ) as [string, string];
    const tree = [
      entry('', 'dir'),
      file(hub, first, 'one of both'),
      file(hub, second, 'other of it'),
    ];
    const { end } = run(hub, copy, publish(hub, tree), { posix: foldingPosix() });
    assert.ok(end.t === 'failed' || !end.verified, 'it was called verified');
  });
}

for (const names of PAIRS) {
  for (const text of ['as before', 'otherwise']) {
    test(`a file that changes nothing but how its name is written (${names.join(' to ')}, ${text}) is not lost under "verified"`, () => {
      const hub: Hub = { chunks: new Map() };
      const copy = join(tempFolder(), 'copy');
      const [before, after] = names;
      const old = [entry('', 'dir'), file(hub, before, 'as before')];
      assert.equal(run(hub, copy, publish(hub, old), { posix: foldingPosix() }).end.t, 'done');
      const pages = publish(hub, [entry('', 'dir'), file(hub, after, text)]);
      for (let round = 0; round < 3; round++) {
        const { end } = run(hub, copy, pages, { posix: foldingPosix() });
        if (end.t === 'failed' || !end.verified) continue;
        const found = readdirSync(copy).map((name) => readFileSync(join(copy, name), 'utf8'));
        assert.deepEqual(found, [text], `round ${round}`);
      }
    });
  }
}

test('a folder and a link whose names are one on the disk lead nothing out of the tree', () => {
  for (const [folder, link] of [
    ['Dir', 'dir'],
    ['dir', 'Dir'],
  ] as const) {
    const hub: Hub = { chunks: new Map() };
    const base = tempFolder();
    const [copy, outside] = [join(base, 'copy'), join(base, 'outside')];
    mkdirSync(outside);
    const tree = [
      entry(folder, 'dir'),
      file(hub, `${folder}/evil`, 'x'),
      entry(link, 'symlink', { target: Buffer.from(outside) }),
    ].toSorted((a, b) => Buffer.compare(a.path, b.path));
    for (let round = 0; round < 2; round++) {
      const pages = publish(hub, [entry('', 'dir'), ...tree]);
      const { end } = run(hub, copy, pages, { posix: foldingPosix() });
      assert.ok(end.t === 'failed' || !end.verified, 'it was called verified');
      assert.deepEqual(readdirSync(outside), []);
    }
    assert.equal(existsSync(join(base, 'evil')), false);
  }
});
