import { medianOf } from '../measure/sample.ts';
import type { Sample } from '../measure/sample.ts';
import { roundUp } from './format.ts';
import { ratioOf } from './result.ts';
import type { Reading, Runs, Unit, Verdict } from './result.ts';

/** One figure of each run of one program or variant. */
export function readingOf<Name extends string>(
  runs: readonly Runs<Name>[],
  name: Name,
  unit: Unit,
  figure: (sample: Sample) => number | undefined,
  what: string = name,
): Reading {
  const samples = runs.find((candidate) => candidate.name === name)?.samples ?? [];
  return { what, unit, values: samples.flatMap((sample) => figure(sample) ?? []) };
}

/** Undefined if there was no run. */
function medianOfReading({ values }: Reading): number | undefined {
  return values.length === 0 ? undefined : medianOf(values);
}

/** A goal for one reading by another. */
export function atMostTimes(goal: string, ours: Reading, other: Reading, most: number): Verdict {
  return { goal, most, ratio: ratioOf(medianOfReading(ours), medianOfReading(other)) };
}

/** A goal for a reading itself. */
export function atMost(reading: Reading, most: number): Verdict {
  return {
    goal: `${reading.what} <= ${most} ${reading.unit}`,
    most,
    ratio: medianOfReading(reading) ?? null,
    unit: reading.unit,
  };
}

/** `two fast ones alone: 12.30 s (12.10-12.90)`. */
export function formatReading(reading: Reading): string {
  const { what, unit, values } = reading;
  const median = medianOfReading(reading);
  if (median === undefined) return `${what}: not measured`;
  const show = (value: number): string => roundUp(value, unit === 's' || value < 10 ? 2 : 1);
  const range =
    values.length === 1 ? '' : ` (${show(Math.min(...values))}-${show(Math.max(...values))})`;
  return `${what}: ${show(median)} ${unit}${range}`;
}
