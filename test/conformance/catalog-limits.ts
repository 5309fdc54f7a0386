import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { NO_LIMITS } from '../../src/catalog/limits.ts';
import { KEY, checkWith, idOf, invite, isCode, login, snapshotOf } from './catalog-cases.ts';
import type { Open } from './catalog-cases.ts';

/** Duties of devices, limits of users, and taking snapshots out. */
export function catalogLimits(name: string, open: Open): void {
  const check = checkWith(open);

  describe(`duties and limits in ${name}`, () => {
    check('a device has the duty of its invitation, until it is given another', (catalog) => {
      const wish = { user: 'ana', rights: null, nowMs: 0, expiresMs: 10_000 };
      const secret = catalog.createInvitation({ ...wish, duty: 'destination' });
      assert.equal(catalog.invitations(0)[0]?.duty, 'destination');
      assert.equal(catalog.redeemInvitation(secret, login('d1')).duty, 'destination');
      assert.equal(catalog.redeemInvitation(secret, login('d1')).duty, 'destination');
      assert.equal(catalog.userOfDevice('d1')?.duty, 'destination');
      catalog.setDuty('d1', 'all');
      assert.equal(catalog.userOfDevice('d1')?.duty, 'all');
      assert.equal(catalog.devices('ana')[0]?.duty, 'all');
      assert.throws(() => catalog.setDuty('d2', 'all'), isCode('not-found'));
    });

    check('without a word a device may add; a new invitation says anew what it may', (catalog) => {
      catalog.redeemInvitation(invite(catalog), login('d1'));
      assert.equal(catalog.userOfDevice('d1')?.duty, 'add');
      catalog.setDuty('d1', 'all');
      catalog.redeemInvitation(invite(catalog), login('d1'));
      assert.equal(catalog.userOfDevice('d1')?.duty, 'add');
    });

    check('who gave a name alone may add, whatever the device was before', (catalog) => {
      assert.equal(catalog.openLogin('ana', login('d1')).duty, 'add');
      catalog.redeemInvitation(invite(catalog), login('d2'));
      catalog.setDuty('d2', 'all');
      assert.equal(catalog.openLogin('eva', login('d2')).duty, 'add');
      assert.equal(catalog.openLogin('ana', login('d2')).duty, 'all');
    });

    check('limits are those that were set last, for this user alone', (catalog) => {
      assert.deepEqual(catalog.limitsOf('ana'), NO_LIMITS);
      const limits = { storedBytes: 2 ** 45, sets: 3, connections: null, bytesPerSecond: 1000 };
      catalog.setLimits('ana', limits);
      assert.deepEqual(catalog.limitsOf('ana'), limits);
      assert.deepEqual(catalog.limitsOf('eva'), NO_LIMITS);
      catalog.setLimits('ana', NO_LIMITS);
      assert.deepEqual(catalog.limitsOf('ana'), NO_LIMITS);
    });

    check('what a user has stored adds up', (catalog) => {
      assert.equal(catalog.storedBytesOf('ana'), 0);
      catalog.addStoredBytes('ana', 5);
      catalog.addStoredBytes('ana', 2 ** 40);
      catalog.addStoredBytes('eva', 1);
      assert.equal(catalog.storedBytesOf('ana'), 2 ** 40 + 5);
    });
  });

  describe(`taking snapshots out of ${name}`, () => {
    check('one that is not the newest goes, with the copies of it', (catalog) => {
      const destination = new Uint8Array(16).fill(1);
      catalog.recordDestination({ id: destination, user: 'ana', name: 'attic', lastSeenMs: 1 });
      catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 10));
      catalog.recordCopy(destination, idOf(1), 15, 3);
      catalog.commitSnapshot(idOf(2), snapshotOf(KEY, 20));
      catalog.removeSnapshot(idOf(1));
      assert.equal(catalog.snapshot(idOf(1)), undefined);
      assert.deepEqual(catalog.copiesOfSet(KEY), []);
      assert.deepEqual(catalog.latestSnapshot(KEY)?.id, idOf(2));
      assert.equal(catalog.snapshotTotals().snapshots, 1);
      assert.throws(() => catalog.removeSnapshot(idOf(1)), isCode('not-found'));
    });

    check('the newest stays as long as there is one before it', (catalog) => {
      catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 10));
      catalog.commitSnapshot(idOf(2), snapshotOf(KEY, 20));
      assert.throws(() => catalog.removeSnapshot(idOf(2)), isCode('usage'));
      catalog.removeSnapshot(idOf(1));
      catalog.removeSnapshot(idOf(2));
      assert.equal(catalog.latestSnapshot(KEY), undefined);
      assert.equal(catalog.nextTimeMs(KEY, 5), 5);
    });
  });
}
