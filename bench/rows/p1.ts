import { against } from '../report/result.ts';
import { measureFirstBackup } from './first-backup.ts';
import type { Row } from './row.ts';

/** Kernel, first backup. */
export const p1: Row = {
  id: 'P1',
  async *run(bench) {
    yield await measureFirstBackup(bench, 'P1', 'kernel', (runs) => [
      against(runs, 'restic', 0.33),
      against(runs, 'borg', 0.6),
    ]);
  },
};
