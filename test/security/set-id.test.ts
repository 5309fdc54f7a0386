import assert from 'node:assert/strict';
import { mkdirSync, openSync, closeSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { EMPTY_CONTENT, NO_BYTES } from '../../src/model/entry.ts';
import type { Entry, EntryKind, Xattr } from '../../src/model/entry.ts';
import { loadPosix } from '../../src/posix/open.ts';
import { run } from '../rebuild/fake-hub.ts';
import { publish, put } from '../rebuild/source-tree.ts';
import type { Hub } from '../rebuild/source-tree.ts';
import { tempFolder } from '../vault/temp-folder.ts';

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
const NAME = Buffer.from('security.capability');
/** VFS_CAP_REVISION_2 with CAP_SETUID permitted and effective (capability.h). */
const MAY_BECOME_ANYBODY = Buffer.from('0100000280000000000000000000000000000000', 'hex');

function entry(path: string, kind: EntryKind, more: Partial<Entry>): Entry {
  return {
    path: Buffer.from(path),
    kind,
    mode: 0o755,
    owner: { uid: 0, gid: 0, user: 'root', group: 'root' },
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

function capabilitiesOf(path: string): readonly Xattr[] {
  const posix = loadPosix();
  const fd = openSync(path, 'r');
  try {
    return posix.xattrs(fd).filter(({ name }) => NAME.equals(name));
  } finally {
    closeSync(fd);
  }
}

test(
  'what an origin sends gives nobody rights at a destination, unless that asks for it',
  { skip: !isRoot },
  () => {
    const hub: Hub = { chunks: new Map() };
    const id = put(hub, Buffer.from('a program'));
    const content = { depth: 0, refs: [{ id, bytes: 9 }] };
    const xattrs = [{ name: NAME, value: MAY_BECOME_ANYBODY }];
    const program = entry('program', 'file', { content, size: 9, xattrs, mode: 0o6755 });
    const pages = publish(hub, [entry('', 'dir', {}), program]);
    const base = tempFolder();
    for (const keepSetId of [false, true]) {
      const copy = join(base, `copy-${keepSetId}`);
      mkdirSync(copy);
      const { end } = run(hub, copy, pages, { keepSetId });
      assert.ok(end.t === 'done' && end.verified);
      const path = join(copy, 'program');
      assert.equal(statSync(path).mode & 0o7777, keepSetId ? 0o6755 : 0o755);
      assert.equal(capabilitiesOf(path).length, keepSetId ? 1 : 0);
    }
  },
);
