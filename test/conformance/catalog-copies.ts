import assert from 'node:assert/strict';
import { describe } from 'node:test';

import type { Catalog } from '../../src/catalog/catalog.ts';
import { HOUR_MS, KEY, checkWith, idOf, isCode, snapshotOf } from './catalog-cases.ts';
import type { Open } from './catalog-cases.ts';

/** Destinations, copies, and what the hub notes of itself. */
export function catalogCopies(name: string, open: Open): void {
  const check = checkWith(open);

  describe(`copies in ${name}`, () => {
    const disk = Uint8Array.from({ length: 16 }, () => 5);
    const unsigned = { provenMs: null, signed: false };
    const withSnapshots = (catalog: Catalog): void => {
      catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 10));
      catalog.commitSnapshot(idOf(2), snapshotOf(KEY, 20));
      catalog.recordDestination({ id: disk, user: 'ana', name: 'nas', lastSeenMs: 1 });
    };

    check(
      'a copy shows at its snapshot and its set, the newer in place of the older',
      (catalog) => {
        withSnapshots(catalog);
        catalog.recordCopy(disk, idOf(1), 100, 42);
        assert.deepEqual(catalog.copiesOf(idOf(1)), [
          {
            destination: disk,
            name: 'nas',
            key: KEY,
            snapshot: idOf(1),
            verifiedMs: 100,
            bytes: 42,
            ...unsigned,
          },
        ]);
        catalog.recordCopy(disk, idOf(2), 200, 43);
        catalog.recordCopy(disk, idOf(1), 300, 42);
        assert.deepEqual(catalog.copiesOf(idOf(1)), []);
        assert.equal(catalog.copiesOf(idOf(2))[0]?.verifiedMs, 200);
        assert.equal(catalog.copiesOfSet(KEY).length, 1);
        assert.deepEqual(catalog.copiesOfSet({ ...KEY, host: 'mac' }), []);
      },
    );

    check('all copies are listed with how far each is behind', (catalog) => {
      withSnapshots(catalog);
      const mail = { ...KEY, set: 'mail' };
      catalog.importSnapshot(idOf(3), snapshotOf(mail, 30));
      catalog.importSnapshot(idOf(4), snapshotOf(KEY, 15));
      const cellar = Uint8Array.from({ length: 16 }, () => 6);
      catalog.recordDestination({ id: cellar, user: 'ana', name: 'cellar', lastSeenMs: 1 });
      assert.deepEqual(catalog.copies(), []);
      catalog.recordCopy(disk, idOf(1), 100, 42);
      catalog.recordCopy(disk, idOf(3), 101, 43);
      catalog.recordCopy(cellar, idOf(2), 102, 44);
      const nas = { destination: disk, name: 'nas', ...unsigned };
      assert.deepEqual(catalog.copies(), [
        {
          destination: cellar,
          name: 'cellar',
          key: KEY,
          snapshot: idOf(2),
          verifiedMs: 102,
          bytes: 44,
          ...unsigned,
          timeMs: 20,
          behind: 0,
        },
        { ...nas, key: KEY, snapshot: idOf(1), verifiedMs: 100, bytes: 42, timeMs: 10, behind: 2 },
        { ...nas, key: mail, snapshot: idOf(3), verifiedMs: 101, bytes: 43, timeMs: 30, behind: 0 },
      ]);
    });

    check('copies of unknown snapshots or by unknown destinations are refused', (catalog) => {
      withSnapshots(catalog);
      assert.throws(() => catalog.recordCopy(disk, idOf(3), 1, 1), isCode('not-found'));
      assert.throws(
        () => catalog.recordCopy(new Uint8Array(16), idOf(1), 1, 1),
        isCode('not-found'),
      );
    });

    check('a destination stays with its user and may change its name', (catalog) => {
      withSnapshots(catalog);
      const renamed = { id: disk, user: 'ana', name: 'cellar', lastSeenMs: 2 };
      assert.equal(catalog.recordDestination({ ...renamed, name: 'nas' }), false);
      assert.equal(catalog.recordDestination(renamed), true);
      assert.deepEqual(catalog.destinations(), [
        { id: disk, user: 'ana', name: 'cellar', lastSeenMs: 2 },
      ]);
      assert.deepEqual(catalog.destinations('ben'), []);
      const stolen = { id: disk, user: 'ben', name: 'mine', lastSeenMs: 3 };
      assert.throws(() => catalog.recordDestination(stolen), isCode('not-allowed'));
    });
  });

  describe(`the hub itself in ${name}`, () => {
    check('of one hour the last size of the vault is kept', (catalog) => {
      assert.deepEqual(catalog.vaultSizes(), []);
      catalog.recordVaultSize(2 * HOUR_MS, 10, 20);
      catalog.recordVaultSize(3 * HOUR_MS - 1, 11, 21);
      catalog.recordVaultSize(3 * HOUR_MS, 12, 22);
      assert.deepEqual(catalog.vaultSizes(), [
        { timeMs: 3 * HOUR_MS - 1, storedBytes: 11, plainBytes: 21 },
        { timeMs: 3 * HOUR_MS, storedBytes: 12, plainBytes: 22 },
      ]);
    });

    check('old sizes are thinned out as new ones come', (catalog) => {
      for (let hour = 0; hour < 24 * 20; hour++)
        catalog.recordVaultSize(hour * HOUR_MS, hour, 2 * hour);
      const sizes = catalog.vaultSizes();
      assert.equal(sizes.at(0)?.storedBytes, 23);
      assert.equal(sizes.at(-1)?.plainBytes, 2 * (24 * 20 - 1));
      // Six days, and the hours of a fortnight with both ends.
      assert.equal(sizes.length, 6 + 24 * 14 + 1);
    });

    check('settings hold what was put there last', (catalog) => {
      assert.equal(catalog.setting('name'), undefined);
      catalog.setSetting('name', 'one');
      catalog.setSetting('name', 'two');
      assert.equal(catalog.setting('name'), 'two');
    });
  });
}
