import assert from 'node:assert/strict';
import { describe } from 'node:test';

import type { Catalog } from '../../src/catalog/catalog.ts';
import { KEY, checkWith, idOf, snapshotOf } from './catalog-cases.ts';
import type { Open } from './catalog-cases.ts';

/** Receipts, and what became of copies that were to be proven. */
export function catalogProofs(name: string, open: Open): void {
  const check = checkWith(open);
  const [disk, nas] = [5, 6].map((byte) => new Uint8Array(16).fill(byte)) as [
    Uint8Array,
    Uint8Array,
  ];
  const mail = { ...KEY, set: 'mail' };
  const receipt = { signature: Uint8Array.of(1, 2), certificate: Uint8Array.of(3) };
  const withCopies = (catalog: Catalog): void => {
    catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 10));
    catalog.commitSnapshot(idOf(2), snapshotOf(KEY, 20));
    catalog.commitSnapshot(idOf(3), snapshotOf(mail, 30));
    catalog.recordDestination({ id: disk, user: 'ana', name: 'disk', lastSeenMs: 1 });
    catalog.recordDestination({ id: nas, user: 'ana', name: 'nas', lastSeenMs: 1 });
    catalog.recordCopy(disk, idOf(1), 100, 42, receipt);
    catalog.recordCopy(disk, idOf(3), 100, 43);
  };

  describe(`proofs in ${name}`, () => {
    check('a receipt is kept with its copy, and goes with it', (catalog) => {
      withCopies(catalog);
      const row = { destination: disk, name: 'disk', key: KEY, snapshot: idOf(1), bytes: 42 };
      assert.deepEqual(catalog.receipts(), [{ ...row, receipt }]);
      assert.deepEqual(
        catalog.copies().map(({ signed }) => signed),
        [true, false],
      );
      catalog.recordCopy(disk, idOf(2), 200, 42);
      assert.deepEqual(catalog.receipts(), []);
      assert.equal(catalog.copiesOf(idOf(2))[0]?.signed, false);
    });

    check('the copy that was not proven for the longest time comes first', (catalog) => {
      withCopies(catalog);
      catalog.recordCopy(nas, idOf(3), 100, 43);
      catalog.recordProof(disk, idOf(1), 500);
      const setsToProve = (sinceMs: number): string[] =>
        catalog.copiesToProve(disk, sinceMs, 1000, 10).map(({ key }) => key.set);
      assert.deepEqual(setsToProve(500), ['mail', KEY.set]);
      assert.deepEqual(setsToProve(499), ['mail']);
      assert.equal(catalog.copiesToProve(disk, 500, 1000, 1).length, 1);
      assert.deepEqual(catalog.copiesToProve(new Uint8Array(16), 500, 1000, 10), []);
      // The clock was wrong then, or is now.
      assert.equal(catalog.copiesToProve(disk, 400, 450, 10).length, 2);
    });

    check('a proof speaks for what was verified before it, and for nothing newer', (catalog) => {
      withCopies(catalog);
      catalog.recordProof(disk, idOf(1), 500);
      catalog.recordProof(disk, idOf(2), 600);
      assert.equal(catalog.copiesOf(idOf(1))[0]?.provenMs, 500);
      catalog.recordCopy(disk, idOf(2), 700, 42);
      assert.equal(catalog.copiesOf(idOf(2))[0]?.provenMs, null);
      // Its turn comes no sooner for that.
      assert.deepEqual(
        catalog.copiesToProve(disk, 499, 1000, 10).map(({ key }) => key.set),
        ['mail'],
      );
    });

    check('a copy that failed is none, and is doubted until it is acknowledged anew', (catalog) => {
      withCopies(catalog);
      assert.equal(catalog.isDoubted(disk, KEY), false);
      assert.equal(catalog.dropCopy(disk, idOf(2), 300), false);
      assert.equal(catalog.isDoubted(disk, KEY), false);
      assert.equal(catalog.dropCopy(disk, idOf(1), 300), true);
      assert.equal(catalog.dropCopy(disk, idOf(1), 300), false);
      assert.deepEqual(catalog.copiesOf(idOf(1)), []);
      assert.deepEqual(
        [catalog.isDoubted(disk, KEY), catalog.isDoubted(disk, mail), catalog.isDoubted(nas, KEY)],
        [true, false, false],
      );
      catalog.recordCopy(disk, idOf(1), 400, 42, receipt);
      assert.equal(catalog.isDoubted(disk, KEY), false);
      assert.equal(catalog.copiesOf(idOf(1))[0]?.provenMs, null);
    });
  });
}
