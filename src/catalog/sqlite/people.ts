import { RbError } from '../../base/errors.ts';
import { blake3 } from '../../base/hash.ts';
import { escapeName } from '../../base/names.ts';
import { checkLabel } from '../../model/snapshot.ts';
import type { Device, Duty, Login, People, Rights, User, Visitor } from '../people.ts';
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
  duty: Duty;
  created_ms: number;
  last_seen_ms: number;
};
type InvitationRow = {
  user: string;
  rights: Rights | null;
  duty: Duty;
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
      return device?.paired === 1 ? visitor(database, device) : undefined;
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
    setDuty: (fingerprint, duty) => {
      const sql = 'UPDATE devices SET duty = ? WHERE fingerprint = ?';
      if (database.run(sql, duty, fingerprint) === 0) throw noDevice(fingerprint);
    },
    removeUser: (name) => database.transaction(() => removeUser(database, name)),
    removeDevice: (fingerprint) => {
      if (database.run('DELETE FROM devices WHERE fingerprint = ?', fingerprint) > 0) return;
      throw noDevice(fingerprint);
    },
  };
}

function redeem(database: Database, secret: Uint8Array, login: Login): Visitor {
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
  const sql = `INSERT INTO devices (fingerprint, user, label, paired, duty, created_ms, last_seen_ms) VALUES (?, ?, ?, 1, ?, ?, ?)
    ON CONFLICT (fingerprint) DO UPDATE SET user = excluded.user, label = excluded.label, paired = 1,
      duty = excluded.duty, last_seen_ms = excluded.last_seen_ms`;
  const { user, duty } = invitation;
  database.run(sql, login.fingerprint, user, labelOf(login), duty, login.nowMs, login.nowMs);
  const used = 'UPDATE invitations SET used_ms = ?, used_by = ? WHERE hash = ?';
  database.run(used, login.nowMs, login.fingerprint, hash);
  return { ...(userOf(database, user) as User), duty };
}

function redeemedBefore(database: Database, invitation: InvitationRow, login: Login): Visitor {
  const device = deviceOf(database, login.fingerprint);
  const isSame =
    invitation.used_by === login.fingerprint &&
    device?.paired === 1 &&
    device.user === invitation.user;
  const known = isSame ? visitor(database, device) : undefined;
  if (known !== undefined) return known;
  throw new RbError('invitation-used', 'This invitation was used already; ask for a new one.');
}

function openLogin(database: Database, name: string, login: Login): Visitor {
  checkLabel('user', name);
  ensureUser(database, name, null, login.nowMs);
  const user = userOf(database, name) as User;
  const device = deviceOf(database, login.fingerprint);
  if (device?.paired === 1) {
    if (device.user !== name) return asGuest(user);
    database.run(
      'UPDATE devices SET last_seen_ms = ? WHERE fingerprint = ?',
      login.nowMs,
      login.fingerprint,
    );
    return { ...user, duty: device.duty };
  }
  const sql = `INSERT INTO devices (fingerprint, user, label, paired, created_ms, last_seen_ms) VALUES (?, ?, ?, 0, ?, ?)
    ON CONFLICT (fingerprint) DO UPDATE SET
      user = excluded.user, label = excluded.label, last_seen_ms = excluded.last_seen_ms`;
  database.run(sql, login.fingerprint, name, labelOf(login), login.nowMs, login.nowMs);
  return asGuest(user);
}

/** Whoever gave a name alone. */
function asGuest(user: User): Visitor {
  return { ...user, rights: user.rights === 'admin' ? 'member' : user.rights, duty: 'add' };
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

function visitor(database: Database, { user: name, duty }: DeviceRow): Visitor | undefined {
  const user = userOf(database, name);
  return user === undefined ? undefined : { ...user, duty };
}

function deviceOf(database: Database, fingerprint: string): DeviceRow | undefined {
  return database.get<DeviceRow>('SELECT * FROM devices WHERE fingerprint = ?', fingerprint);
}

function toUser(row: UserRow): User {
  return { name: row.name, rights: row.rights, createdMs: row.created_ms };
}

function toDevice(row: DeviceRow): Device {
  const { fingerprint, user, label, duty } = row;
  const { created_ms: createdMs, last_seen_ms: lastSeenMs } = row;
  return { fingerprint, user, label, paired: row.paired === 1, duty, createdMs, lastSeenMs };
}

/** SQLite ends text at a NUL and has no lone surrogates. */
function labelOf(login: Login): string {
  return login.label
    .toWellFormed()
    .replaceAll('\u0000', '')
    .slice(0, LABEL_CHARACTERS)
    .toWellFormed();
}

function noDevice(fingerprint: string): RbError {
  return new RbError('not-found', `There is no device ${escapeName(fingerprint)}.`);
}

function noUser(name: string): RbError {
  return new RbError('not-found', `There is no user '${escapeName(name)}'.`);
}
