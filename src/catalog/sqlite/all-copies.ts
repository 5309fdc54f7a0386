import type { SetKey } from '../../model/snapshot.ts';
import type { HeldCopy } from '../catalog.ts';
import { evidenceOf } from './copy-rows.ts';
import type { Database } from './database.ts';

type SetRow = { number: number; user: string; host: string; name: string };
type DestinationRow = { id: Uint8Array; name: string };
type HeldRow = { number: number; id: Uint8Array; time_ms: number; behind: number };
type CopyRow = {
  set_number: number;
  place: number;
  snapshot_number: number;
  verified_ms: number;
  bytes: number;
  proven_ms: number;
  signed: number;
};

const SETS = 'SELECT number, user, host, name FROM sets ORDER BY user, host, name';
const DESTINATIONS = 'SELECT id, name FROM destinations ORDER BY name, id';
/** Counted once for each snapshot that somebody holds, by the indexes snapshots_of_set and snapshots_held. */
const HELD = `SELECT number, id, time_ms,
    (SELECT count(*) FROM snapshots AS newer WHERE newer.set_number = held.set_number
      AND (newer.time_ms, newer.number) > (held.time_ms, held.number))
    - (SELECT count(*) FROM snapshots AS newer WHERE newer.held = 1 AND newer.set_number = held.set_number
      AND (newer.time_ms, newer.number) > (held.time_ms, held.number)) AS behind
  FROM snapshots AS held WHERE number IN (SELECT snapshot_number FROM copies)`;
/** A destination by its place in that list. */
const COPIES = `WITH places AS MATERIALIZED
    (SELECT id, row_number() OVER (ORDER BY name, id) - 1 AS place FROM destinations)
  SELECT set_number, place, snapshot_number, verified_ms, bytes, proven_ms, signature IS NOT NULL AS signed
    FROM copies JOIN places ON places.id = copies.destination
  ORDER BY set_number, place`;

/**
 * What every destination holds of every set. With 1,000 sets at 30 destinations these are 30,000 rows: so each carries
 * numbers alone, and names, keys and ids are read once and shared.
 */
export function allCopies(database: Database): HeldCopy[] {
  return database.reading(() => {
    const destinations = database.all<DestinationRow>(DESTINATIONS);
    const held = new Map(database.all<HeldRow>(HELD).map((row) => [row.number, row]));
    const ofSet = Map.groupBy(database.all<CopyRow>(COPIES), (row) => row.set_number);
    return database.all<SetRow>(SETS).flatMap(({ number, user, host, name }) => {
      const key: SetKey = { user, host, set: name };
      return (ofSet.get(number) ?? []).map((row) => {
        const destination = destinations[row.place] as DestinationRow;
        return toHeldCopy(row, key, destination, held.get(row.snapshot_number) as HeldRow);
      });
    });
  });
}

function toHeldCopy(
  row: CopyRow,
  key: SetKey,
  { id: destination, name }: DestinationRow,
  { id: snapshot, time_ms: timeMs, behind }: HeldRow,
): HeldCopy {
  const { verified_ms: verifiedMs, bytes } = row;
  const evidence = evidenceOf(row);
  return { destination, name, key, snapshot, verifiedMs, bytes, ...evidence, timeMs, behind };
}
