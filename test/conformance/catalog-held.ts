import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { KEY, checkWith, idOf, isCode, snapshotOf } from './catalog-cases.ts';
import type { Open } from './catalog-cases.ts';

/** Snapshots that are held back. */
export function catalogHeld(name: string, open: Open): void {
  const check = checkWith(open);
  const held = { changed: 300, deleted: 40, of: 400 };
  const heldIds = (rows: readonly { readonly id: Uint8Array }[]): Uint8Array[] =>
    rows.map(({ id }) => id);

  describe(`snapshots held back in ${name}`, () => {
    check('one that is held back is the newest, but not the newest released', (catalog) => {
      assert.equal(catalog.latestReleased(KEY), undefined);
      catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 10), { files: 400, held: null });
      catalog.commitSnapshot(idOf(2), snapshotOf(KEY, 20), { files: 360, held });
      assert.deepEqual(catalog.latestSnapshot(KEY)?.id, idOf(2));
      assert.deepEqual(catalog.latestReleased(KEY)?.id, idOf(1));
      assert.deepEqual(catalog.snapshot(idOf(2))?.held, held);
      assert.equal(catalog.snapshot(idOf(1))?.held, null);
      assert.deepEqual(heldIds(catalog.heldSnapshots()), [idOf(2)]);
      assert.deepEqual([catalog.countedFiles(idOf(1)), catalog.countedFiles(idOf(2))], [400, 360]);
    });

    check('released it is like any other; releasing again does nothing', (catalog) => {
      catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 10));
      catalog.commitSnapshot(idOf(2), snapshotOf(KEY, 20), { files: null, held });
      assert.equal(catalog.release(idOf(2)), true);
      assert.equal(catalog.release(idOf(2)), false);
      assert.equal(catalog.release(idOf(1)), false);
      assert.throws(() => catalog.release(idOf(3)), isCode('not-found'));
      assert.deepEqual(catalog.latestReleased(KEY)?.id, idOf(2));
      assert.deepEqual([catalog.snapshot(idOf(2))?.held, catalog.heldSnapshots()], [null, []]);
    });

    check('a copy is behind by released snapshots alone', (catalog) => {
      const disk = Uint8Array.from({ length: 16 }, () => 5);
      catalog.recordDestination({ id: disk, user: 'ana', name: 'nas', lastSeenMs: 1 });
      catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 10));
      catalog.recordCopy(disk, idOf(1), 100, 42);
      catalog.commitSnapshot(idOf(2), snapshotOf(KEY, 20), { files: 1, held });
      assert.equal(catalog.copies()[0]?.behind, 0);
      catalog.commitSnapshot(idOf(3), snapshotOf(KEY, 30));
      assert.equal(catalog.copies()[0]?.behind, 1);
      catalog.release(idOf(2));
      assert.equal(catalog.copies()[0]?.behind, 2);
    });

    check(
      'what destinations follow stays while there is any other, and what is held goes',
      (catalog) => {
        catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 10));
        catalog.commitSnapshot(idOf(2), snapshotOf(KEY, 20), { files: 1, held });
        assert.throws(() => catalog.removeSnapshot(idOf(1)), isCode('usage'));
        catalog.removeSnapshot(idOf(2));
        assert.deepEqual(catalog.heldSnapshots(), []);
        catalog.removeSnapshot(idOf(1));
        assert.equal(catalog.countedFiles(idOf(1)), null);
      },
    );
  });
}
