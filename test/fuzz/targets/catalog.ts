import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { RbError } from '../../../src/base/errors.ts';
import { blake3 } from '../../../src/base/hash.ts';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import { lastCheck } from '../../../src/catalog/last-check.ts';
import { openSqliteCatalog } from '../../../src/catalog/sqlite/sqlite-catalog.ts';
import { chosenListening, lastListening } from '../../../src/console/hub/hub-settings.ts';
import { bytesOf } from '../engine/target.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { emptyFolder } from './store.ts';

let catalogBytes: Promise<Uint8Array> | null = null;

/** A small catalog with something in every table. */
function smallCatalog(): Promise<Uint8Array> {
  catalogBytes ??= (async (): Promise<Uint8Array> => {
    const path = join(emptyFolder(), 'catalog.db');
    const catalog = await openSqliteCatalog(path);
    const key = { user: 'ana', host: 'laptop', set: 'photos' };
    const id = blake3(bytesOf('snapshot'));
    const destination = new Uint8Array(16).fill(3);
    catalog.openLogin('ana', { fingerprint: 'ab'.repeat(32), label: 'Laptop', nowMs: 5 });
    catalog.createInvitation({ user: 'bob', rights: 'member', nowMs: 1, expiresMs: 99 });
    catalog.ensureSet(key, bytesOf('/home/ana'), 2);
    const counts = { files: 1, dirs: 2, bytes: 3, skipped: 0, pages: [id] };
    const kept = { recursive: true, deleted: false, previous: null };
    const sourcePath = bytesOf('/home/ana');
    catalog.commitSnapshot(id, { key, timeMs: 50, sourcePath, ...kept, ...counts });
    catalog.recordDestination({ id: destination, user: 'ana', name: 'attic', lastSeenMs: 7 });
    catalog.recordCopy(destination, id, 60, 3);
    catalog.setSetting('hub-name', 'home');
    catalog.close();
    return new Uint8Array(readFileSync(path));
  })();
  return catalogBytes;
}

/** The input changes the file: positions and what to put there, three bytes, one byte each. */
export const CATALOG_TARGET: FuzzTarget = {
  name: 'catalog-damaged',
  covers: [
    'catalog/sqlite/database.ts',
    'catalog/sqlite/history.ts',
    'catalog/sqlite/people.ts',
    'catalog/sqlite/copies.ts',
    'catalog/sqlite/invitations.ts',
    'catalog/sqlite/sizes.ts',
  ],
  codes: [
    'damaged-catalog',
    'unsupported',
    'not-found',
    'not-allowed',
    'busy',
    'invitation-expired',
  ],
  seeds: () => [Uint8Array.of(0, 0, 18, 2), Uint8Array.of(0, 16, 0, 0, 0, 32, 5, 255)],
  run: async (input) => {
    const bytes = Uint8Array.from(await smallCatalog());
    for (let at = 0; at + 3 < input.length; at += 4) {
      const place = ((input[at] ?? 0) << 16) | ((input[at + 1] ?? 0) << 8) | (input[at + 2] ?? 0);
      bytes[place % bytes.length] = input[at + 3] ?? 0;
    }
    const path = join(emptyFolder(), 'catalog.db');
    // Cut to whole pages and others, now and then.
    writeFileSync(path, input.length % 4 === 3 ? bytes.subarray(0, bytes.length >> 1) : bytes);
    const opened = await openSqliteCatalog(path);
    try {
      useCatalog(opened);
    } finally {
      opened.close();
    }
  },
  mostBytes: 64,
  budget: { allocatedBytes: 16 * 1024 * 1024, ms: 3000 },
  shortRuns: 60,
};

function useCatalog(opened: Catalog): void {
  const key = { user: 'ana', host: 'laptop', set: 'photos' };
  const id = blake3(bytesOf('snapshot'));
  const asked = [
    () => opened.users(),
    () => opened.devices(),
    () => opened.userOfDevice('ab'.repeat(32)),
    () => opened.invitations(6),
    () => opened.sets(),
    () => opened.snapshots({}, 500),
    () => opened.latestSnapshot(key),
    () => opened.snapshot(id),
    () => opened.snapshotTotals(),
    () => opened.findSnapshot('a'),
    () => opened.destinations(),
    () => opened.copies(),
    () => opened.copiesOf(id),
    () => opened.copiesOfSet(key),
    () => lastCheck(opened),
    () => chosenListening(opened),
    () => lastListening(opened),
    () => opened.setSetting('hub-name', 'attic'),
  ];
  for (const ask of asked) {
    try {
      ask();
    } catch (error) {
      if (!(error instanceof RbError) || !CATALOG_TARGET.codes.includes(error.code)) throw error;
    }
  }
}
