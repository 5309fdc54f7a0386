import { RbError } from '../../base/errors.ts';
import { blake3 } from '../../base/hash.ts';
import { escapeName } from '../../base/names.ts';
import { checkLabel } from '../../model/snapshot.ts';
import type { Device, Login, People, Rights, User } from '../catalog.ts';
import type { Database } from './database.ts';
import { invitationsIn } from './invitations.ts';

/** Longest label of a device that is kept. */
const LABEL_CHARACTERS = 200;

type UserRow = { name: string; rights: Rights; created_ms: number };
type DeviceRow = {
  fingerprint: string;
  user: string;
  label: string;
  paired: number;
  created_ms: number;
  last_seen_ms: number;
};
type InvitationRow = {
  user: string;
  rights: Rights | null;
  expires_ms: number;
  used_ms: number | null;
  used_by: string | null;
};

/** Users, devices and invitations in a database. */
export function peopleIn(database: Database): People {
  return {
    ...invitationsIn(database),
    redeemInvitation: (secret, login) =>
      database.transaction(() => redeem(database, secret, login)),
    userOfDevice: (fingerprint) => {
      const device = deviceOf(database, fingerprint);
      return device?.paired === 1 ? userOf(database, device.user) : undefined;
    },
    openLogin: (user, login) => database.transaction(() => openLogin(database, user, login)),
    touchDevice: (fingerprint, nowMs) => {
      database.run('UPDATE devices SET last_seen_ms = ? WHERE fingerprint = ?', nowMs, fingerprint);
    },
    user: (name) => userOf(database, name),
    users: () => database.all<UserRow>('SELECT * FROM users ORDER BY name').map(toUser),
    devices: (user) => {
      const where = user === undefined ? '' : 'WHERE user = ?';
      const sql = `SELECT * FROM devices ${where} ORDER BY user, label, fingerprint`;
      return database.all<DeviceRow>(sql, ...(user === undefined ? [] : [user])).map(toDevice);
    },
    setRights: (user, rights) => {
      if (database.run('UPDATE users SET rights = ? WHERE name = ?', rights, user) === 0)
        throw noUser(user);
    },
    removeUser: (name) => database.transaction(() => removeUser(database, name)),
    removeDevice: (fingerprint) => {
      if (database.run('DELETE FROM devices WHERE fingerprint = ?', fingerprint) > 0) return;
      throw new RbError('not-found', `There is no device ${escapeName(fingerprint)}.`);
    },
  };
}

function redeem(database: Database, secret: Uint8Array, login: Login): User {
  // Searched by its hash: the time that takes tells nothing about the secret.
  const hash = blake3(secret);
  const invitation = database.get<InvitationRow>('SELECT * FROM invitations WHERE hash = ?', hash);
  if (invitation === undefined) {
    throw new RbError(
      'not-allowed',
      'The hub knows no such invitation; ask its administrator for a new one.',
    );
  }
  if (invitation.used_ms !== null) return redeemedBefore(database, invitation, login);
  if (login.nowMs >= invitation.expires_ms) {
    throw new RbError('invitation-expired', 'This invitation has expired; ask for a new one.');
  }
  ensureUser(database, invitation.user, invitation.rights, login.nowMs);
  const sql = `INSERT INTO devices (fingerprint, user, label, paired, created_ms, last_seen_ms) VALUES (?, ?, ?, 1, ?, ?)
    ON CONFLICT (fingerprint) DO UPDATE SET
      user = excluded.user, label = excluded.label, paired = 1, last_seen_ms = excluded.last_seen_ms`;
  database.run(sql, login.fingerprint, invitation.user, labelOf(login), login.nowMs, login.nowMs);
  const used = 'UPDATE invitations SET used_ms = ?, used_by = ? WHERE hash = ?';
  database.run(used, login.nowMs, login.fingerprint, hash);
  return userOf(database, invitation.user) as User;
}

function redeemedBefore(database: Database, invitation: InvitationRow, login: Login): User {
  const device = deviceOf(database, login.fingerprint);
  const isSame =
    invitation.used_by === login.fingerprint &&
    device?.paired === 1 &&
    device.user === invitation.user;
  const user = isSame ? userOf(database, invitation.user) : undefined;
  if (user !== undefined) return user;
  throw new RbError('invitation-used', 'This invitation was used already; ask for a new one.');
}

function openLogin(database: Database, name: string, login: Login): User {
  checkLabel('user', name);
  ensureUser(database, name, null, login.nowMs);
  const user = userOf(database, name) as User;
  const device = deviceOf(database, login.fingerprint);
  if (device?.paired === 1) {
    if (device.user !== name) return asMember(user);
    database.run(
      'UPDATE devices SET last_seen_ms = ? WHERE fingerprint = ?',
      login.nowMs,
      login.fingerprint,
    );
    return user;
  }
  const sql = `INSERT INTO devices (fingerprint, user, label, paired, created_ms, last_seen_ms) VALUES (?, ?, ?, 0, ?, ?)
    ON CONFLICT (fingerprint) DO UPDATE SET
      user = excluded.user, label = excluded.label, last_seen_ms = excluded.last_seen_ms`;
  database.run(sql, login.fingerprint, name, labelOf(login), login.nowMs, login.nowMs);
  return asMember(user);
}

function asMember(user: User): User {
  return user.rights === 'admin' ? { ...user, rights: 'member' } : user;
}

function ensureUser(database: Database, name: string, rights: Rights | null, nowMs: number): void {
  const insert =
    'INSERT INTO users (name, rights, created_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
  database.run(insert, name, rights ?? 'member', nowMs);
  if (rights !== null) database.run('UPDATE users SET rights = ? WHERE name = ?', rights, name);
}

function removeUser(database: Database, name: string): void {
  database.run('DELETE FROM invitations WHERE user = ? AND used_ms IS NULL', name);
  // Devices go with it: their reference cascades.
  if (database.run('DELETE FROM users WHERE name = ?', name) === 0) throw noUser(name);
}

function userOf(database: Database, name: string): User | undefined {
  const row = database.get<UserRow>('SELECT * FROM users WHERE name = ?', name);
  return row === undefined ? undefined : toUser(row);
}

function deviceOf(database: Database, fingerprint: string): DeviceRow | undefined {
  return database.get<DeviceRow>('SELECT * FROM devices WHERE fingerprint = ?', fingerprint);
}

function toUser(row: UserRow): User {
  return { name: row.name, rights: row.rights, createdMs: row.created_ms };
}

function toDevice(row: DeviceRow): Device {
  const { fingerprint, user, label } = row;
  const { created_ms: createdMs, last_seen_ms: lastSeenMs } = row;
  return { fingerprint, user, label, paired: row.paired === 1, createdMs, lastSeenMs };
}

/** SQLite ends text at a NUL and has no lone surrogates. */
function labelOf(login: Login): string {
  return login.label
    .toWellFormed()
    .replaceAll('\u0000', '')
    .slice(0, LABEL_CHARACTERS)
    .toWellFormed();
}

function noUser(name: string): RbError {
  return new RbError('not-found', `There is no user '${escapeName(name)}'.`);
}
