import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { hex } from '../../src/base/bytes.ts';
import { isRbError } from '../../src/base/errors.ts';
import type { ErrorCode } from '../../src/base/errors.ts';
import type { Catalog, Login, SnapshotCursor } from '../../src/catalog/catalog.ts';
import type { SetKey, Snapshot } from '../../src/model/snapshot.ts';

const HOUR_MS = 3_600_000;
const KEY: SetKey = { user: 'ana', host: 'pc', set: 'home' };

function login(fingerprint: string, nowMs: number = 1000): Login {
  return { fingerprint, label: `machine of ${fingerprint}`, nowMs };
}

function idOf(first: number, second: number = 0): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? first : i === 1 ? second : 7));
}

function snapshotOf(key: SetKey, timeMs: number): Snapshot {
  const counts = { files: 3, dirs: 2, bytes: 2 ** 45 + 1, skipped: 1 };
  const about = {
    previous: null,
    sourcePath: Uint8Array.of(0x2f, 0xff),
    recursive: true,
    deleted: false,
  };
  return { key, timeMs, ...about, ...counts, pages: [idOf(9)] };
}

function isCode(code: ErrorCode): (error: unknown) => boolean {
  return (error) => isRbError(error, code);
}

/** What every adapter of the catalog has to do. */
export function catalogConformance(name: string, open: () => Promise<Catalog>): void {
  const check = (title: string, work: (catalog: Catalog) => void): void => {
    void test(title, async () => {
      const catalog = await open();
      try {
        work(catalog);
      } finally {
        catalog.close();
        catalog.close();
      }
    });
  };
  const invite = (
    catalog: Catalog,
    user: string = 'ana',
    rights: 'admin' | 'read-only' | null = null,
  ): Uint8Array => catalog.createInvitation({ user, rights, nowMs: 0, expiresMs: HOUR_MS });

  describe(`people in ${name}`, () => {
    check('an invitation lets one device in, as the user it names', (catalog) => {
      const secret = invite(catalog);
      assert.equal(secret.length, 16);
      assert.equal(catalog.user('ana'), undefined);
      assert.deepEqual(catalog.redeemInvitation(secret, login('d1')), {
        name: 'ana',
        rights: 'member',
        createdMs: 1000,
      });
      assert.equal(catalog.userOfDevice('d1')?.name, 'ana');
      assert.equal(catalog.userOfDevice('d2'), undefined);
      const [device] = catalog.devices('ana');
      assert.equal(device?.label, 'machine of d1');
      assert.equal(device?.paired, true);
    });

    check('an invitation works once, but the same device may repeat it', (catalog) => {
      const secret = invite(catalog);
      catalog.redeemInvitation(secret, login('d1'));
      assert.equal(catalog.redeemInvitation(secret, login('d1')).name, 'ana');
      assert.throws(() => catalog.redeemInvitation(secret, login('d2')), isCode('invitation-used'));
      catalog.removeDevice('d1');
      assert.throws(() => catalog.redeemInvitation(secret, login('d1')), isCode('invitation-used'));
      assert.equal(catalog.userOfDevice('d1'), undefined);
    });

    check('an expired or unknown invitation is refused and leaves no user behind', (catalog) => {
      const secret = invite(catalog);
      assert.throws(
        () => catalog.redeemInvitation(secret, login('d1', HOUR_MS)),
        isCode('invitation-expired'),
      );
      assert.throws(
        () => catalog.redeemInvitation(new Uint8Array(16), login('d1')),
        isCode('not-allowed'),
      );
      assert.deepEqual(catalog.users(), []);
      assert.equal(catalog.redeemInvitation(secret, login('d1', HOUR_MS - 1)).name, 'ana');
    });

    check('an invitation changes the rights of a user only if it says some', (catalog) => {
      catalog.redeemInvitation(invite(catalog, 'ana', 'admin'), login('d1'));
      assert.equal(catalog.redeemInvitation(invite(catalog), login('d2')).rights, 'admin');
      assert.equal(
        catalog.redeemInvitation(invite(catalog, 'ana', 'read-only'), login('d3')).rights,
        'read-only',
      );
      assert.equal(catalog.devices('ana').length, 3);
    });

    check('a device goes over to the user of its latest invitation', (catalog) => {
      catalog.redeemInvitation(invite(catalog, 'ana'), login('d1'));
      catalog.redeemInvitation(invite(catalog, 'ben'), login('d1'));
      assert.equal(catalog.userOfDevice('d1')?.name, 'ben');
      assert.deepEqual(catalog.devices('ana'), []);
    });

    check('names that could not be a folder are refused', (catalog) => {
      for (const user of ['', '..', 'a/b', 'a@b', 'a b', 'a\u0000']) {
        assert.throws(() => invite(catalog, user), isCode('name-refused'));
        assert.throws(() => catalog.openLogin(user, login('d1')), isCode('name-refused'));
      }
      assert.deepEqual(catalog.users(), []);
    });

    check('logging in by name alone makes a member and pairs nothing', (catalog) => {
      assert.equal(catalog.openLogin('ana', login('d1')).rights, 'member');
      assert.equal(catalog.userOfDevice('d1'), undefined);
      assert.equal(catalog.devices('ana')[0]?.paired, false);
      catalog.openLogin('ben', login('d1', 2000));
      assert.equal(catalog.devices()[0]?.user, 'ben');
    });

    check(
      'logging in by name alone never gives the rights of an administrator to a stranger',
      (catalog) => {
        catalog.redeemInvitation(invite(catalog, 'ana', 'admin'), login('d1'));
        catalog.redeemInvitation(invite(catalog, 'ben'), login('d2'));
        assert.equal(catalog.openLogin('ana', login('d9')).rights, 'member');
        assert.equal(catalog.openLogin('ana', login('d2')).rights, 'member');
        assert.equal(catalog.openLogin('ana', login('d1')).rights, 'admin');
        assert.equal(catalog.userOfDevice('d2')?.name, 'ben');
        assert.equal(catalog.user('ana')?.rights, 'admin');
      },
    );

    check('a removed user loses devices and open invitations, but not its snapshots', (catalog) => {
      catalog.redeemInvitation(invite(catalog), login('d1'));
      const left = invite(catalog);
      catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 10));
      catalog.removeUser('ana');
      assert.equal(catalog.userOfDevice('d1'), undefined);
      assert.deepEqual(catalog.devices(), []);
      assert.throws(() => catalog.redeemInvitation(left, login('d1')), isCode('not-allowed'));
      assert.equal(catalog.latestSnapshot(KEY)?.timeMs, 10);
      assert.throws(() => catalog.removeUser('ana'), isCode('not-found'));
      assert.throws(() => catalog.removeDevice('d1'), isCode('not-found'));
    });

    check('rights can be changed, and a device is noted when it is seen', (catalog) => {
      catalog.redeemInvitation(invite(catalog), login('d1'));
      catalog.setRights('ana', 'read-only');
      assert.equal(catalog.userOfDevice('d1')?.rights, 'read-only');
      assert.throws(() => catalog.setRights('nobody', 'admin'), isCode('not-found'));
      catalog.touchDevice('d1', 5000);
      catalog.touchDevice('unknown', 5000);
      assert.equal(catalog.devices('ana')[0]?.lastSeenMs, 5000);
    });
  });

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
      });
      assert.deepEqual(catalog.snapshot(idOf(2)), latest);
      assert.equal(catalog.snapshot(idOf(4)), undefined);
      assert.equal(catalog.latestSnapshot({ ...KEY, set: 'other' }), undefined);
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

    check('a snapshot can be marked as damaged and as whole again', (catalog) => {
      catalog.commitSnapshot(idOf(1), snapshotOf(KEY, 10));
      catalog.markDamaged(idOf(1), true);
      catalog.markDamaged(idOf(2), true);
      assert.equal(catalog.snapshot(idOf(1))?.damaged, true);
      catalog.markDamaged(idOf(1), false);
      assert.equal(catalog.snapshot(idOf(1))?.damaged, false);
    });
  });

  describe(`copies in ${name}`, () => {
    const disk = Uint8Array.from({ length: 16 }, () => 5);
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
      catalog.recordDestination({ id: disk, user: 'ana', name: 'cellar', lastSeenMs: 2 });
      assert.deepEqual(catalog.destinations(), [
        { id: disk, user: 'ana', name: 'cellar', lastSeenMs: 2 },
      ]);
      assert.deepEqual(catalog.destinations('ben'), []);
      const stolen = { id: disk, user: 'ben', name: 'mine', lastSeenMs: 3 };
      assert.throws(() => catalog.recordDestination(stolen), isCode('not-allowed'));
    });

    check('settings hold what was put there last', (catalog) => {
      assert.equal(catalog.setting('name'), undefined);
      catalog.setSetting('name', 'one');
      catalog.setSetting('name', 'two');
      assert.equal(catalog.setting('name'), 'two');
    });
  });
}
