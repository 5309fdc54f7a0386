import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { hex } from '../../src/base/bytes.ts';
import { invitationId } from '../../src/catalog/invitation-id.ts';
import {
  HOUR_MS,
  KEY,
  checkWith,
  idOf,
  invite,
  isCode,
  login,
  snapshotOf,
} from './catalog-cases.ts';
import type { Open } from './catalog-cases.ts';

/** Users, devices and invitations. */
export function catalogPeople(name: string, open: Open): void {
  const check = checkWith(open);

  describe(`people in ${name}`, () => {
    check('an invitation lets one device in, as the user it names', (catalog) => {
      const secret = invite(catalog);
      assert.equal(secret.length, 16);
      assert.equal(catalog.user('ana'), undefined);
      assert.deepEqual(catalog.redeemInvitation(secret, login('d1')), {
        name: 'ana',
        rights: 'member',
        duty: 'add',
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

  describe(`invitations in ${name}`, () => {
    const DAY_MS = 24 * HOUR_MS;

    check('an invitation is listed by an id that is not its secret', (catalog) => {
      const secret = invite(catalog, 'ana', 'admin');
      const id = invitationId(secret);
      assert.match(id, /^[0-9a-f]{32}$/);
      assert.notEqual(id, hex(secret));
      const about = { id, user: 'ana', rights: 'admin', duty: 'add', expiresMs: HOUR_MS };
      assert.deepEqual(catalog.invitations(0), [{ ...about, usedMs: null }]);
      catalog.redeemInvitation(secret, login('d1', 5));
      assert.deepEqual(catalog.invitations(6), [{ ...about, usedMs: 5 }]);
    });

    check('open ones come first, and what ended shows for thirty days', (catalog) => {
      const make = (user: string, expiresMs: number): Uint8Array =>
        catalog.createInvitation({ user, rights: null, nowMs: 0, expiresMs });
      const used = make('used', 40 * DAY_MS);
      make('late', 2 * DAY_MS);
      make('later', 80 * DAY_MS);
      make('soon', 60 * DAY_MS);
      catalog.redeemInvitation(used, login('d1', DAY_MS));
      const listed = (nowMs: number): string[] =>
        catalog.invitations(nowMs).map(({ user }) => user);
      assert.deepEqual(listed(3 * DAY_MS), ['soon', 'later', 'late', 'used']);
      assert.deepEqual(listed(31 * DAY_MS), ['soon', 'later', 'late']);
      assert.deepEqual(listed(32 * DAY_MS), ['soon', 'later']);
      assert.deepEqual(listed(60 * DAY_MS), ['later', 'soon']);
    });

    check('one that was withdrawn lets nobody in, and the others stay', (catalog) => {
      const [one, two] = [invite(catalog), invite(catalog, 'ben')];
      catalog.withdrawInvitation(invitationId(one));
      assert.throws(() => catalog.redeemInvitation(one, login('d1')), isCode('not-allowed'));
      assert.throws(() => catalog.withdrawInvitation(invitationId(one)), isCode('not-found'));
      assert.equal(catalog.redeemInvitation(two, login('d2')).name, 'ben');
    });

    check('one that was used or never was can not be withdrawn', (catalog) => {
      const secret = invite(catalog);
      catalog.redeemInvitation(secret, login('d1'));
      const id = invitationId(secret);
      assert.throws(() => catalog.withdrawInvitation(id), isCode('invitation-used'));
      assert.equal(catalog.userOfDevice('d1')?.name, 'ana');
      for (const odd of ['', '%', id.slice(2), `${id}00`, id.toUpperCase(), '0'.repeat(32)])
        assert.throws(() => catalog.withdrawInvitation(odd), isCode('not-found'));
    });
  });
}
