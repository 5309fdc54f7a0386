import { against } from '../report/result.ts';
import { measureFirstBackup } from './first-backup.ts';
import type { Row } from './row.ts';

/** Large, first backup. */
export const p4: Row = {
  id: 'P4',
  async *run(bench) {
    yield await measureFirstBackup(bench, 'P4', 'large', (runs) => [
      against(runs, 'restic', 0.4),
      against(runs, 'rsync', 1.5),
    ]);
  },
};
