import type { Copy } from '../catalog.ts';

export type CopyRow = {
  destination: Uint8Array;
  destination_name: string;
  user: string;
  host: string;
  set_name: string;
  snapshot: Uint8Array;
  verified_ms: number;
  bytes: number;
  proven_ms: number;
  signed: number;
};

export const COPY_COLUMNS = `copies.destination, destinations.name AS destination_name, sets.user, sets.host,
  sets.name AS set_name, snapshots.id AS snapshot, copies.verified_ms, copies.bytes, copies.proven_ms,
  copies.signature IS NOT NULL AS signed`;

export const FROM_COPIES = `FROM copies
  JOIN destinations ON destinations.id = copies.destination
  JOIN sets ON sets.number = copies.set_number
  JOIN snapshots ON snapshots.number = copies.snapshot_number`;

export function toCopy(row: CopyRow): Copy {
  const { destination, snapshot, bytes, destination_name: name, verified_ms: verifiedMs } = row;
  return {
    destination,
    name,
    key: { user: row.user, host: row.host, set: row.set_name },
    snapshot,
    verifiedMs,
    bytes,
    ...evidenceOf(row),
  };
}

/** What speaks for a copy. A proof of what was there before says nothing of it. */
export function evidenceOf({
  verified_ms: verifiedMs,
  proven_ms: provenMs,
  signed,
}: Pick<CopyRow, 'verified_ms' | 'proven_ms' | 'signed'>): Pick<Copy, 'provenMs' | 'signed'> {
  return { provenMs: provenMs >= verifiedMs ? provenMs : null, signed: signed === 1 };
}
