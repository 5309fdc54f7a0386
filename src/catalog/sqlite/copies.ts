import { RbError } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';
import type { SignedReceipt } from '../../model/receipt.ts';
import type { Copies, Destination } from '../catalog.ts';
import { allCopies } from './all-copies.ts';
import { COPY_COLUMNS, FROM_COPIES, toCopy } from './copy-rows.ts';
import type { CopyRow } from './copy-rows.ts';
import type { Database } from './database.ts';

type DestinationRow = { id: Uint8Array; user: string; name: string; last_seen_ms: number };
const SELECT = `SELECT ${COPY_COLUMNS} ${FROM_COPIES}`;

/** Destinations and their copies in a database. */
export function copiesIn(database: Database): Copies {
  return {
    recordDestination: (destination) =>
      database.transaction(() => recordDestination(database, destination)),
    destinations: (user) => {
      const where = user === undefined ? '' : 'WHERE user = ?';
      const sql = `SELECT * FROM destinations ${where} ORDER BY name, id`;
      return database
        .all<DestinationRow>(sql, ...(user === undefined ? [] : [user]))
        .map(toDestination);
    },
    recordCopy: (destination, snapshot, verifiedMs, bytes, receipt) =>
      database.transaction(() =>
        recordCopy(database, destination, snapshot, verifiedMs, bytes, receipt),
      ),
    copiesOf: (snapshot) =>
      database
        .all<CopyRow>(`${SELECT} WHERE snapshots.id = ? ORDER BY destinations.name`, snapshot)
        .map(toCopy),
    copiesOfSet: (key) => {
      const sql = `${SELECT} WHERE sets.user = ? AND sets.host = ? AND sets.name = ? ORDER BY destinations.name`;
      return database.all<CopyRow>(sql, key.user, key.host, key.set).map(toCopy);
    },
    copies: () => allCopies(database),
  };
}

function recordDestination(database: Database, destination: Destination): boolean {
  const { id, user, name, lastSeenMs } = destination;
  const known = database.get<DestinationRow>('SELECT * FROM destinations WHERE id = ?', id);
  if (known !== undefined && known.user !== user) {
    const message = `This folder is a destination of '${escapeName(known.user)}'; choose another folder.`;
    throw new RbError('not-allowed', message);
  }
  const sql = `INSERT INTO destinations (id, user, name, last_seen_ms) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, last_seen_ms = excluded.last_seen_ms`;
  database.run(sql, id, user, name, lastSeenMs);
  return known?.name !== name;
}

function recordCopy(
  database: Database,
  destination: Uint8Array,
  snapshot: Uint8Array,
  verifiedMs: number,
  bytes: number,
  receipt: SignedReceipt | undefined,
): void {
  const of = database.get<{ number: number; set_number: number; time_ms: number }>(
    'SELECT number, set_number, time_ms FROM snapshots WHERE id = ?',
    snapshot,
  );
  const known = database.get('SELECT 1 FROM destinations WHERE id = ?', destination);
  if (of === undefined || known === undefined) {
    throw new RbError(
      'not-found',
      'A copy was acknowledged of a snapshot, or by a destination, that the hub does not know.',
    );
  }
  const held = database.get<{ time_ms: number }>(
    `SELECT time_ms FROM copies JOIN snapshots ON snapshots.number = snapshot_number
      WHERE copies.destination = ? AND copies.set_number = ?`,
    destination,
    of.set_number,
  );
  database.run(
    'DELETE FROM failed_proofs WHERE destination = ? AND set_number = ?',
    destination,
    of.set_number,
  );
  if (held !== undefined && held.time_ms > of.time_ms) return;
  // When it was last proven stays: the disk is the same, and its turn comes no sooner for a newer snapshot.
  const sql = `INSERT INTO copies (destination, set_number, snapshot_number, verified_ms, bytes, signature, certificate)
      VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (destination, set_number) DO UPDATE SET
      snapshot_number = excluded.snapshot_number, verified_ms = excluded.verified_ms, bytes = excluded.bytes,
      signature = excluded.signature, certificate = excluded.certificate`;
  const { signature = null, certificate = null } = receipt ?? {};
  database.run(
    sql,
    destination,
    of.set_number,
    of.number,
    verifiedMs,
    bytes,
    signature,
    certificate,
  );
}

function toDestination(row: DestinationRow): Destination {
  return { id: row.id, user: row.user, name: row.name, lastSeenMs: row.last_seen_ms };
}
