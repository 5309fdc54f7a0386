/** What one timed run of one contender came to. */
export interface Sample {
  /** From the command's start to its end, as its user would see it. */
  readonly seconds: number;
  /** User and system time of the command and all it started; of ours, the origin's alone. */
  readonly cpuSeconds: number;
  /** The same of our other processes: the hub, all destinations together. */
  readonly otherCpuSeconds?: Readonly<Record<string, number>>;
  /** Written to the connection, as the origin's `done` line says, or added to a peer's repository. */
  readonly sentBytes?: number;
  /** Size of everything kept after the run, as apparent file sizes. */
  readonly storedBytes?: number;
  /** To several destinations: from the origin's start to the end of the last of them. */
  readonly copiesSeconds?: number;
  /** Peak resident size of each process, by its part in the run; of several alike, the largest. */
  readonly peakBytes: Readonly<Record<string, number>>;
}

/** Where the figures of a result were taken. */
export type Where = 'tmpfs' | 'disk';

/** Median of some numbers; of an even count, the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) throw new Error('There is no median of nothing.');
  return (lower + upper) / 2;
}

/** Seconds of the others of a run, by name: a share of none is 0. */
export function otherCpu(sample: Sample, process: string): number {
  return sample.otherCpuSeconds?.[process] ?? 0;
}

/** The largest of each key. */
export function largestOf(
  records: readonly Readonly<Record<string, number>>[],
): Record<string, number> {
  const largest: Record<string, number> = {};
  for (const record of records) {
    for (const [key, value] of Object.entries(record)) {
      largest[key] = Math.max(largest[key] ?? 0, value);
    }
  }
  return largest;
}
