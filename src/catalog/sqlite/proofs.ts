import type { SetKey } from '../../model/snapshot.ts';
import type { Proofs, ReceiptRow } from '../proofs.ts';
import { COPY_COLUMNS, FROM_COPIES, toCopy } from './copy-rows.ts';
import type { CopyRow } from './copy-rows.ts';
import type { Database } from './database.ts';

type SignedRow = CopyRow & { signature: Uint8Array | null; certificate: Uint8Array | null };

const SELECT_SIGNED = `SELECT ${COPY_COLUMNS}, copies.signature, copies.certificate ${FROM_COPIES}
  WHERE copies.signature IS NOT NULL OR copies.certificate IS NOT NULL`;

/** Proofs of copies in a database. */
export function proofsIn(database: Database): Proofs {
  return {
    copiesToProve: (destination, sinceMs, nowMs, limit) => {
      const sql = `SELECT ${COPY_COLUMNS} ${FROM_COPIES}
        WHERE copies.destination = ? AND (copies.proven_ms <= ? OR copies.proven_ms > ?)
        ORDER BY copies.proven_ms, copies.set_number LIMIT ?`;
      return database
        .all<CopyRow>(sql, destination, sinceMs, nowMs, limit)
        .map((row) => ({ ...toCopy(row), lastProvenMs: row.proven_ms }));
    },
    recordProof: (destination, snapshot, provenMs) => {
      const sql = `UPDATE copies SET proven_ms = ? WHERE destination = ?
        AND snapshot_number = (SELECT number FROM snapshots WHERE id = ?)`;
      database.run(sql, provenMs, destination, snapshot);
    },
    dropCopy: (destination, snapshot, failedMs) =>
      database.transaction(() => dropCopy(database, destination, snapshot, failedMs)),
    isDoubted: (destination, key) => isDoubted(database, destination, key),
    receipts: () => database.all<SignedRow>(SELECT_SIGNED).map(toReceipt),
  };
}

function dropCopy(
  database: Database,
  destination: Uint8Array,
  snapshot: Uint8Array,
  failedMs: number,
): boolean {
  const copy = database.get<{ set_number: number }>(
    `SELECT copies.set_number FROM copies JOIN snapshots ON snapshots.number = copies.snapshot_number
      WHERE copies.destination = ? AND snapshots.id = ?`,
    destination,
    snapshot,
  );
  if (copy === undefined) return false;
  database.run(
    'DELETE FROM copies WHERE destination = ? AND set_number = ?',
    destination,
    copy.set_number,
  );
  database.run(
    'INSERT OR REPLACE INTO failed_proofs (destination, set_number, failed_ms) VALUES (?, ?, ?)',
    destination,
    copy.set_number,
    failedMs,
  );
  return true;
}

function isDoubted(database: Database, destination: Uint8Array, key: SetKey): boolean {
  const sql = `SELECT 1 FROM failed_proofs WHERE destination = ? AND set_number =
    (SELECT number FROM sets WHERE user = ? AND host = ? AND name = ?)`;
  return database.get(sql, destination, key.user, key.host, key.set) !== undefined;
}

function toReceipt(row: SignedRow): ReceiptRow {
  const { destination, name, key, snapshot, bytes } = toCopy(row);
  const none = new Uint8Array(0);
  const receipt = { signature: row.signature ?? none, certificate: row.certificate ?? none };
  return { destination, name, key, snapshot, bytes, receipt };
}
