import type { ContenderName } from '../contender.ts';
import { medianOf } from '../measure/sample.ts';
import type { Sample, Where } from '../measure/sample.ts';

/** A goal, and what came of it. */
export interface Verdict {
  /** `<= 0.33 restic`. */
  readonly goal: string;
  readonly most: number;
  /** Null: it could not be measured, which is no success. */
  readonly ratio: number | null;
  /** Where the goal is an amount and no ratio: of what. */
  readonly unit?: Unit;
}

export type Unit = 's' | 'ms' | 'MB' | '% of a core' | '× bare TCP' | '× their bits by the rate';

/** A figure that isn't a run of a program beside others, told in words. */
export interface Reading {
  /** `two fast ones alone`. */
  readonly what: string;
  readonly unit: Unit;
  /** One of each run. */
  readonly values: readonly number[];
}

/** What one contender came to: its runs, or why there are none. */
export interface Runs<Name extends string = ContenderName> {
  readonly name: Name;
  readonly samples: readonly Sample[];
  readonly failure?: string;
}

/** One line of the table, as it is kept. */
export interface Result {
  /** `P1`. */
  readonly row: string;
  /** `kernel, first backup`. */
  readonly work: string;
  /** Where it was really measured, which may be on disk for want of memory. */
  readonly where: Where;
  readonly runs: readonly Runs[];
  readonly verdicts: readonly Verdict[];
  /** Given: the row has no place in the table of times. */
  readonly readings?: readonly Reading[];
  /** Sentences that belong to the figures. */
  readonly notes: readonly string[];
}

/** A figure of a sample that medians are taken of. */
export type Figure = 'seconds' | 'cpuSeconds' | 'sentBytes' | 'storedBytes';

/** The median of one contender's figure; undefined if it has none. */
export function medianFigure(
  runs: readonly Runs[],
  name: ContenderName,
  figure: Figure,
): number | undefined {
  const samples = runs.find((candidate) => candidate.name === name)?.samples ?? [];
  const values = samples.flatMap((sample) => sample[figure] ?? []);
  return values.length === 0 ? undefined : medianOf(values);
}

/** Our median against a peer's. */
export function against(
  runs: readonly Runs[],
  peer: ContenderName,
  most: number,
  figure: Figure = 'seconds',
): Verdict {
  const what = figure === 'seconds' ? '' : ` (${FIGURE_NAMES[figure]})`;
  return {
    goal: `<= ${most.toFixed(2)} ${peer}${what}`,
    most,
    ratio: ratioOf(medianFigure(runs, 'ours', figure), medianFigure(runs, peer, figure)),
  };
}

/** Null if either is missing. */
export function ratioOf(ours: number | undefined, other: number | undefined): number | null {
  return ours === undefined || other === undefined || other === 0 ? null : ours / other;
}

const FIGURE_NAMES: Readonly<Record<Exclude<Figure, 'seconds'>, string>> = {
  cpuSeconds: 'CPU',
  sentBytes: 'bytes sent against bytes added',
  storedBytes: 'bytes kept',
};
