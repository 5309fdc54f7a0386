import { randomBytes } from 'node:crypto';

import { fromHex, hex } from '../../base/bytes.ts';
import { RbError } from '../../base/errors.ts';
import { blake3 } from '../../base/hash.ts';
import { checkLabel } from '../../model/snapshot.ts';
import type { Duty, Invitation, NewInvitation, People, Rights } from '../people.ts';
import { INVITATION_ID_BYTES } from '../invitation-id.ts';
import type { Database } from './database.ts';

const SECRET_BYTES = 16;
const HASH_BYTES = 32;
const DAY_MS = 24 * 3600 * 1000;
/** How long those show that are of no use any more. */
const SHOWN_MS = 30 * DAY_MS;
/** How long it can be said of one that it has expired. */
const KEPT_MS = 90 * DAY_MS;

type Row = {
  hash: Uint8Array;
  user: string;
  rights: Rights | null;
  duty: Duty;
  expires_ms: number;
  used_ms: number | null;
};

/** Making, listing and withdrawing them; what redeems them is in people.ts. */
export function invitationsIn(
  database: Database,
): Pick<People, 'createInvitation' | 'invitations' | 'withdrawInvitation'> {
  return {
    createInvitation: (invitation) => create(database, invitation),
    invitations: (nowMs) => list(database, nowMs),
    withdrawInvitation: (id) => database.transaction(() => withdraw(database, id)),
  };
}

function create(database: Database, invitation: NewInvitation): Uint8Array {
  checkLabel('user', invitation.user);
  const secret = new Uint8Array(randomBytes(SECRET_BYTES));
  const { user, rights, duty = 'add', nowMs, expiresMs } = invitation;
  database.transaction(() => {
    // What has expired long ago is of no use even for saying so.
    database.run('DELETE FROM invitations WHERE expires_ms < ?', nowMs - KEPT_MS);
    const sql =
      'INSERT INTO invitations (hash, user, rights, duty, expires_ms) VALUES (?, ?, ?, ?, ?)';
    database.run(sql, blake3(secret), user, rights, duty, expiresMs);
  });
  return secret;
}

function list(database: Database, nowMs: number): Invitation[] {
  const sql = `SELECT hash, user, rights, duty, expires_ms, used_ms FROM invitations
    WHERE coalesce(used_ms, expires_ms) > ? ORDER BY hash`;
  const rows = database.all<Row>(sql, nowMs - SHOWN_MS);
  const isOpen = (row: Row): boolean => row.used_ms === null && row.expires_ms > nowMs;
  const endedMs = (row: Row): number => row.used_ms ?? row.expires_ms;
  const open = rows.filter(isOpen).toSorted((a, b) => a.expires_ms - b.expires_ms);
  const ended = rows.filter((row) => !isOpen(row)).toSorted((a, b) => endedMs(b) - endedMs(a));
  return [...open, ...ended].map(toInvitation);
}

function withdraw(database: Database, id: string): void {
  const row = find(database, id);
  if (row === undefined) {
    const message = 'There is no such invitation any more; look at the list again.';
    throw new RbError('not-found', message);
  }
  if (row.used_ms !== null) {
    const message =
      'This invitation was used already; remove the device that came in by it instead.';
    throw new RbError('invitation-used', message);
  }
  database.run('DELETE FROM invitations WHERE hash = ?', row.hash);
}

function find(database: Database, id: string): Row | undefined {
  if (!/^[0-9a-f]{32}$/.test(id)) return undefined;
  const from = new Uint8Array(HASH_BYTES);
  const to = new Uint8Array(HASH_BYTES).fill(0xff);
  for (const end of [from, to]) end.set(fromHex(id));
  return database.get<Row>('SELECT * FROM invitations WHERE hash BETWEEN ? AND ?', from, to);
}

function toInvitation(row: Row): Invitation {
  const { user, rights, duty, expires_ms: expiresMs, used_ms: usedMs } = row;
  const id = hex(row.hash.subarray(0, INVITATION_ID_BYTES));
  return { id, user, rights, duty, expiresMs, usedMs };
}
