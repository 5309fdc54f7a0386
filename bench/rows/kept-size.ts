import { readingOf } from '../report/reading.ts';
import { against } from '../report/result.ts';
import type { Result } from '../report/result.ts';

const KEEPERS = ['ours', 'restic', 'borg'] as const;

/** P7, from what P3 has left: all that is kept of the first version and the next. */
export function keptSize({ where, runs }: Result): Result {
  return {
    row: 'P7',
    work: 'kernel, both versions: size kept',
    where,
    runs: [],
    readings: KEEPERS.map((name) =>
      readingOf(runs, name, 'MB', ({ storedBytes }) =>
        storedBytes === undefined ? undefined : storedBytes / 1e6,
      ),
    ),
    verdicts: [against(runs, 'restic', 1, 'storedBytes')],
    notes: [],
  };
}
