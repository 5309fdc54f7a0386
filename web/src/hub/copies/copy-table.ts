/** The matrix of copies, made ready to be looked at. */

import type { CopyMatrix } from '../../../../src/console/api/hub-api.ts';

export type SetLine = CopyMatrix['sets'][number];
export type DestinationLine = CopyMatrix['destinations'][number];
export type Held = CopyMatrix['copies'][number];

export type CopyFilter = { readonly text: string; readonly onlyWarnings: boolean };

export type CopyTable = {
  /** All that fit the filter, warnings first. */
  readonly rows: readonly CopyRow[];
};
export type CopyRow = {
  readonly set: SetLine;
  /** By place of the destination. */
  readonly held: ReadonlyMap<number, Held>;
};

/** Unlike copies that are asked for, what holds none of them is no reason to look first. */
function urgency({ warning }: SetLine): number {
  return warning === null ? 3 : ['none', 'never', 'old', 'too-few'].indexOf(warning) / 2;
}

export function copyTable(matrix: CopyMatrix, filter: CopyFilter): CopyTable {
  const held = matrix.sets.map(() => new Map<number, Held>());
  for (const copy of matrix.copies) held[copy.set]?.set(copy.destination, copy);
  const wanted = filter.text.trim().toLowerCase();
  const rows = matrix.sets
    .map((set, place): CopyRow => ({ set, held: held[place] ?? new Map<number, Held>() }))
    .filter(({ set }) => !filter.onlyWarnings || set.warning !== null)
    .filter(({ set: { key } }) =>
      `${key.set}\n${key.user}@${key.host}`.toLowerCase().includes(wanted),
    )
    .toSorted((one, other) => urgency(one.set) - urgency(other.set));
  return { rows };
}

export type Column = { readonly place: number; readonly destination: DestinationLine };

/** The destinations that matter to these rows: those that hold something of them, and those that are there. */
export function columnsOf(matrix: CopyMatrix, rows: readonly CopyRow[]): Column[] {
  const holders = new Set(rows.flatMap(({ held }) => [...held.keys()]));
  return matrix.destinations
    .map((destination, place): Column => ({ place, destination }))
    .filter(({ place, destination }) => holders.has(place) || destination.connected);
}
