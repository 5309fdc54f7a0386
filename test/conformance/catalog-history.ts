import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { hex } from '../../src/base/bytes.ts';
import type { Catalog, SnapshotCursor } from '../../src/catalog/catalog.ts';
import { KEY, checkWith, idOf, isCode, snapshotOf } from './catalog-cases.ts';
import type { Open } from './catalog-cases.ts';

/** Sets and snapshots. */
export function catalogHistory(name: string, open: Open): void {
  const check = checkWith(open);

  describe(`snapshots in ${name}`, () => {
    check('the newest committed snapshot is the latest of its set alone', (catalog) => {
      catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 10));
      catalog.commitSnapshot(idOf(2), snapshotOf(KEY, 20));
      catalog.commitSnapshot(idOf(3), snapshotOf({ ...KEY, host: 'mac' }, 30));
      const latest = catalog.latestSnapshot(KEY);
      assert.deepEqual(latest, {
        id: idOf(2),
        key: KEY,
        timeMs: 20,
        files: 3,
        dirs: 2,
        bytes: 2 ** 45 + 1,
        skipped: 1,
        sourcePath: Uint8Array.of(0x2f, 0xff),
        damaged: false,
        held: null,
      });
      assert.deepEqual(catalog.snapshot(idOf(2)), latest);
      assert.equal(catalog.snapshot(idOf(4)), undefined);
      assert.equal(catalog.latestSnapshot({ ...KEY, set: 'other' }), undefined);
    });

    check('there are sets of others once there is one, snapshots or not', (catalog) => {
      assert.equal(catalog.hasSetsOfOthers(KEY.user), false);
      catalog.ensureSet(KEY, Uint8Array.of(0x2f));
      assert.equal(catalog.hasSetsOfOthers(KEY.user), false);
      for (const user of ['', 'Zoe', 'zoe'])
        assert.equal(catalog.hasSetsOfOthers(user), true, `for '${user}'`);
      catalog.ensureSet({ ...KEY, user: 'zoe' }, Uint8Array.of(0x2f));
      assert.equal(catalog.hasSetsOfOthers(KEY.user), true);
    });

    check('committing again does nothing; an older stamp than the latest is refused', (catalog) => {
      catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 10));
      catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 10));
      assert.throws(() => catalog.commitSnapshot(idOf(2), snapshotOf(KEY, 10)), isCode('busy'));
      assert.equal(catalog.snapshots({}, 10).rows.length, 1);
    });

    check('a stamp is later than the latest, even when the clock went back', (catalog) => {
      assert.equal(catalog.nextTimeMs(KEY, 500), 500);
      catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 1000));
      assert.equal(catalog.nextTimeMs(KEY, 500), 1001);
      assert.equal(catalog.nextTimeMs(KEY, 2000), 2000);
    });

    check('snapshots found in the vault are taken in, in any order', (catalog) => {
      assert.equal(catalog.importSnapshot(idOf(2), snapshotOf(KEY, 20)), true);
      assert.equal(catalog.importSnapshot(idOf(1), snapshotOf(KEY, 10)), true);
      assert.equal(catalog.importSnapshot(idOf(1), snapshotOf(KEY, 10)), false);
      assert.deepEqual(catalog.latestSnapshot(KEY)?.id, idOf(2));
    });

    check(
      'snapshots come newest first, page by page, each once, though stamps are equal',
      (catalog) => {
        for (let i = 0; i < 25; i++) {
          catalog.importSnapshot(
            idOf(i),
            snapshotOf({ ...KEY, host: `h${i}` }, 100 + Math.floor(i / 10)),
          );
        }
        const seen: string[] = [];
        const times: number[] = [];
        let cursor: SnapshotCursor | null = null;
        do {
          const { rows, next } = catalog.snapshots({ user: 'ana' }, 7, cursor);
          seen.push(...rows.map(({ id }) => hex(id)));
          times.push(...rows.map(({ timeMs }) => timeMs));
          cursor = next;
        } while (cursor !== null);
        assert.equal(new Set(seen).size, 25);
        assert.equal(seen.length, 25);
        assert.deepEqual(
          times,
          times.toSorted((a, b) => b - a),
        );
      },
    );

    check('snapshots are filtered by each part of their set and by time', (catalog) => {
      catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 10));
      catalog.commitSnapshot(idOf(2), snapshotOf({ ...KEY, user: 'ben' }, 20));
      catalog.commitSnapshot(idOf(3), snapshotOf({ ...KEY, host: 'mac' }, 30));
      catalog.commitSnapshot(idOf(4), snapshotOf({ ...KEY, set: 'mail' }, 40));
      const first = (filter: Parameters<Catalog['snapshots']>[0]): number[] =>
        catalog.snapshots(filter, 10).rows.map(({ id }) => id[0] as number);
      assert.deepEqual(first({}), [4, 3, 2, 1]);
      assert.deepEqual(first({ user: 'ben' }), [2]);
      assert.deepEqual(first({ host: 'mac' }), [3]);
      assert.deepEqual(first({ user: 'ana', set: 'home' }), [3, 1]);
      assert.deepEqual(first({ beforeMs: 30 }), [2, 1]);
    });

    check('a snapshot is found by a unique beginning of its id', (catalog) => {
      catalog.commitSnapshot(idOf(0xab, 0x10), snapshotOf(KEY, 10));
      catalog.commitSnapshot(idOf(0xab, 0x1f), snapshotOf({ ...KEY, user: 'ben' }, 20));
      assert.equal(catalog.findSnapshot('AB10').timeMs, 10);
      assert.equal(catalog.findSnapshot('ab1f').timeMs, 20);
      assert.equal(catalog.findSnapshot(hex(idOf(0xab, 0x1f))).timeMs, 20);
      assert.throws(() => catalog.findSnapshot('ab1'), isCode('ambiguous'));
      assert.equal(catalog.findSnapshot('ab1', 'ben').timeMs, 20);
      assert.throws(() => catalog.findSnapshot('ab10', 'ben'), isCode('not-found'));
      for (const odd of ['', 'zz', '%', `${hex(idOf(1))}0`]) {
        assert.throws(() => catalog.findSnapshot(odd), isCode('not-found'));
      }
    });

    check('sets show with their newest snapshot, and before they have one', (catalog) => {
      catalog.ensureSet(KEY, Uint8Array.of(0x2f));
      catalog.ensureSet(KEY, Uint8Array.of(0x2f));
      catalog.commitSnapshot(idOf(1), snapshotOf({ ...KEY, set: 'mail' }, 10));
      catalog.commitSnapshot(idOf(2), snapshotOf({ ...KEY, set: 'mail' }, 20));
      catalog.ensureSet({ ...KEY, user: 'ben' }, Uint8Array.of(0x2f));
      const sets = catalog.sets('ana').map(({ key, latest }) => [key.set, latest?.timeMs ?? null]);
      assert.deepEqual(sets, [
        ['home', null],
        ['mail', 20],
      ]);
      assert.equal(catalog.sets().length, 3);
    });

    check(
      'a set shows how many snapshots it has, and how many copies its last run asked for',
      (catalog) => {
        const path = Uint8Array.of(0x2f);
        const seen = (): unknown[] =>
          catalog.sets().map(({ snapshots, copiesAsked }) => [snapshots, copiesAsked]);
        assert.equal(catalog.ensureSet(KEY, path, 2), true);
        assert.equal(catalog.ensureSet(KEY, path, 2), false);
        assert.deepEqual(seen(), [[0, 2]]);
        assert.equal(catalog.ensureSet(KEY, path, 3), true);
        assert.equal(catalog.ensureSet(KEY, path), false);
        catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 10));
        catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 10));
        catalog.importSnapshot(idOf(2), snapshotOf(KEY, 5));
        catalog.importSnapshot(idOf(2), snapshotOf(KEY, 5));
        catalog.commitSnapshot(idOf(3), snapshotOf({ ...KEY, set: 'mail' }, 10));
        assert.deepEqual(seen(), [
          [2, 3],
          [1, 0],
        ]);
      },
    );

    check('the totals are those of all snapshots', (catalog) => {
      assert.deepEqual(catalog.snapshotTotals(), { snapshots: 0, bytes: 0 });
      catalog.ensureSet({ ...KEY, set: 'empty' }, Uint8Array.of(0x2f));
      catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 10));
      catalog.commitSnapshot(idOf(2), snapshotOf(KEY, 20));
      catalog.commitSnapshot(idOf(3), snapshotOf({ ...KEY, user: 'ben' }, 20));
      assert.deepEqual(catalog.snapshotTotals(), { snapshots: 3, bytes: 3 * (2 ** 45 + 1) });
    });

    check('totals beyond what a number holds exactly fail nothing', (catalog) => {
      const huge = { ...snapshotOf(KEY, 10), bytes: Number.MAX_SAFE_INTEGER };
      for (let i = 0; i < 1100; i++)
        catalog.importSnapshot(idOf(i & 0xff, i >> 8), { ...huge, timeMs: i });
      const { snapshots, bytes } = catalog.snapshotTotals();
      assert.equal(snapshots, 1100);
      assert.ok(bytes > 2 ** 63 && Number.isFinite(bytes));
    });

    check('a snapshot can be marked as damaged and as whole again', (catalog) => {
      catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 10));
      catalog.markDamaged(idOf(1), true);
      catalog.markDamaged(idOf(2), true);
      assert.equal(catalog.snapshot(idOf(1))?.damaged, true);
      catalog.markDamaged(idOf(1), false);
      assert.equal(catalog.snapshot(idOf(1))?.damaged, false);
    });
  });
}
