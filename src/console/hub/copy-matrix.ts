import { hex } from '../../base/bytes.ts';
import type { Destination, HeldCopy, SetRow } from '../../catalog/catalog.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { CopyMatrix } from '../api/hub-api.ts';
import { copyWarning } from './copy-warning.ts';

/** What the matrix is made of. */
export type MatrixSource = {
  readonly sets: readonly SetRow[];
  readonly destinations: readonly Destination[];
  readonly copies: readonly HeldCopy[];
  /** Ids of the destinations that are there now, hexadecimal. */
  readonly connected: ReadonlySet<string>;
};

type Counts = { verified: number; holders: number };

/** Who holds what of every set, as the page shows it. Copies of sets or destinations that aren't listed are left out. */
export function copyMatrix(source: MatrixSource, nowMs: number): CopyMatrix {
  const setPlaces = new Map(source.sets.map(({ key }, place) => [formatSetKey(key), place]));
  const destinationPlaces = new Map(source.destinations.map(({ id }, place) => [hex(id), place]));
  const counts = source.sets.map((): Counts => ({ verified: 0, holders: 0 }));
  const copies: CopyMatrix['copies'] = [];
  for (const held of source.copies) {
    const set = setPlaces.get(formatSetKey(held.key));
    const destination = destinationPlaces.get(hex(held.destination));
    const count = set === undefined ? undefined : counts[set];
    if (set === undefined || count === undefined || destination === undefined) continue;
    count.holders++;
    if (held.behind === 0) count.verified++;
    copies.push(cellOf(held, set, destination));
  }
  return {
    sets: source.sets.map((row, place) => rowOf(row, counts[place] as Counts, nowMs)),
    destinations: source.destinations.map(({ id, name, user, lastSeenMs }) => {
      const idText = hex(id);
      return { id: idText, name, user, connected: source.connected.has(idText), lastSeenMs };
    }),
    copies,
  };
}

/** How many sets have fewer verified copies of their newest snapshot than were asked for. */
export function countLacking(sets: readonly SetRow[], copies: readonly HeldCopy[]): number {
  const verified = new Map<string, number>();
  for (const { key, behind } of copies) {
    if (behind > 0) continue;
    const name = formatSetKey(key);
    verified.set(name, (verified.get(name) ?? 0) + 1);
  }
  return sets.filter(({ key, copiesAsked }) => {
    return (verified.get(formatSetKey(key)) ?? 0) < copiesAsked;
  }).length;
}

function cellOf(held: HeldCopy, set: number, destination: number): CopyMatrix['copies'][number] {
  const { snapshot, timeMs, behind, verifiedMs, provenMs, signed, bytes } = held;
  return {
    set,
    destination,
    snapshot: hex(snapshot),
    snapshotTimeMs: timeMs,
    behind,
    verifiedMs,
    provenMs,
    signed,
    bytes,
  };
}

function rowOf(row: SetRow, counts: Counts, nowMs: number): CopyMatrix['sets'][number] {
  const { key, latest, snapshots, copiesAsked: asked } = row;
  const newest =
    latest === null
      ? null
      : {
          id: hex(latest.id),
          timeMs: latest.timeMs,
          files: latest.files,
          bytes: latest.bytes,
          damaged: latest.damaged,
          held: latest.held !== null,
        };
  const warning = copyWarning({ latestTimeMs: latest?.timeMs ?? null, asked, ...counts }, nowMs);
  return { key, latest: newest, snapshots, asked, verified: counts.verified, warning };
}
