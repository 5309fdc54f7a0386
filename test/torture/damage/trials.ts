/** One trial after the other, of all kinds and damages or of some. */

import { randomFrom } from '../../rebuild/random-tree.ts';
import { expectedOf } from './expected.ts';
import { HUB_KINDS } from './hub-kinds.ts';
import { DAMAGES } from './inflict.ts';
import type { Damage } from './inflict.ts';
import { LOCAL_KINDS } from './local-kinds.ts';
import type { Outcome } from './outcome.ts';
import type { Theatre } from './theatre.ts';

export type Cell = { readonly kind: string; readonly how: Damage };

export const CELLS: readonly Cell[] = [...HUB_KINDS, ...LOCAL_KINDS].flatMap(({ name }) =>
  DAMAGES.map((how) => ({ kind: name, how })),
);

export type Trial = Cell & {
  readonly seed: number;
  /** Null if there was nothing to damage so. */
  readonly outcome: Outcome | null;
  /** What must not have been; null if all was as it has to be. */
  readonly fault: string | null;
};

/** Makes one trial; the same one for the same cell and seed. */
export async function tryCell(theatre: Theatre, { kind, how }: Cell, seed: number): Promise<Trial> {
  const place = CELLS.findIndex((cell) => cell.kind === kind && cell.how === how);
  const random = randomFrom(seed * CELLS.length + place);
  const hubKind = HUB_KINDS.find(({ name }) => name === kind);
  const localKind = LOCAL_KINDS.find(({ name }) => name === kind);
  const trial = { kind, how, seed };
  try {
    const outcome =
      hubKind !== undefined
        ? await theatre.hub(hubKind, how, random)
        : localKind !== undefined
          ? await theatre.local(localKind, how, random)
          : null;
    if (outcome === null || expectedOf(kind, how).includes(outcome))
      return { ...trial, outcome, fault: null };
    const fault = `it was ${outcome}, not ${expectedOf(kind, how).join(' or ')}`;
    return { ...trial, outcome, fault };
  } catch (error) {
    const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ...trial, outcome: null, fault };
  }
}

/** The table of what came of everything: counts of outcomes in each cell. */
export function tableOf(trials: readonly Trial[]): string {
  const kinds = [...new Set(trials.map(({ kind }) => kind))];
  const rows = kinds.map((kind) => [kind, ...DAMAGES.map((how) => cellOf(trials, kind, how))]);
  const all = [['', ...DAMAGES], ...rows];
  const widths = all[0]?.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((text, i) => text.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cellOf(trials: readonly Trial[], kind: string, how: Damage): string {
  const counts = new Map<string, number>();
  for (const trial of trials) {
    if (trial.kind !== kind || trial.how !== how) continue;
    const word = trial.fault === null ? (trial.outcome ?? '-') : 'FAULT';
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  if (counts.size === 1 && counts.has('-')) return '-';
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}
