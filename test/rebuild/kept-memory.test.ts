import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { leaseCopy } from '../../src/base/shared-arena.ts';
import { blake3 } from '../../src/base/hash.ts';
import { EMPTY_CONTENT, NO_BYTES } from '../../src/model/entry.ts';
import type { Entry } from '../../src/model/entry.ts';
import { PageBuilder } from '../../src/model/page.ts';
import { Intake } from '../../src/rebuild/intake.ts';
import { Journal } from '../../src/rebuild/journal.ts';
import { PageShelf } from '../../src/rebuild/page-shelf.ts';
import { Wants } from '../../src/rebuild/wants.ts';

const PAGES = 400;
const FILES_PER_PAGE = 250;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function entry(path: string, kind: 'dir' | 'file'): Entry {
  return {
    path: Buffer.from(path),
    kind,
    mode: 0o644,
    owner: { uid: 0, gid: 0, user: '', group: '' },
    mtimeSec: 1,
    mtimeNsec: 0,
    size: 0,
    content: EMPTY_CONTENT,
    target: NO_BYTES,
    linkGroup: 0,
    xattrs: [],
  };
}

function pageOf(number: number): Uint8Array {
  const folder = `folder-${String(number).padStart(4, '0')}`;
  const builder = new PageBuilder();
  if (number === 0) builder.add(entry('', 'dir'));
  for (let at = 0; at < FILES_PER_PAGE; at++)
    builder.add(entry(`${folder}-${String(at).padStart(3, '0')}-${'x'.repeat(180)}`, 'file'));
  return builder.take();
}

/** What array buffers hold when all garbage is gone. */
function heldBytes(): number {
  collect();
  collect();
  return process.memoryUsage().arrayBuffers;
}

test('of the pages that were written down a run keeps hardly any in memory', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rbbackup-kept-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const journal = Journal.open(folder, null, () => undefined, false);
  const shelf = new PageShelf(null);
  const wants = new Wants(16 * 1024 * 1024, () => undefined);
  const intake = new Intake(shelf, wants, journal);
  const before = heldBytes();
  let bytes = 0;
  for (let number = 0; number < PAGES; number++) {
    const page = pageOf(number);
    const id = blake3(page);
    bytes += page.length;
    intake.item({ k: 'page', id });
    intake.fetchAhead();
    const table = { ids: id, offsets: Uint32Array.of(0), lengths: Uint32Array.of(page.length) };
    wants.arrived(leaseCopy(page).range, table);
    assert.ok(intake.take() !== null);
  }
  const held = heldBytes() - before;
  assert.ok(held < bytes / 4, `${held} bytes are held of ${bytes}`);
  // They can all be had again.
  assert.equal(shelf.entries(1).length, FILES_PER_PAGE);
  journal.close();
});
