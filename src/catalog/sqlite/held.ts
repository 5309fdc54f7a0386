import { RbError } from '../../base/errors.ts';
import type { SnapshotRow } from '../catalog.ts';
import type { Holding } from '../held.ts';
import type { Database } from './database.ts';
import { NEWEST_FIRST, SELECT, toSnapshot } from './history.ts';
import type { Row } from './history.ts';

/** Snapshots that are held back, in a database. */
export function holdingIn(database: Database): Holding {
  return {
    latestReleased: ({ user, host, set }) => {
      const sql = `${SELECT} WHERE sets.user = ? AND sets.host = ? AND sets.name = ? AND snapshots.held = 0
        ${NEWEST_FIRST} LIMIT 1`;
      return toSnapshot(database.get<Row>(sql, user, host, set));
    },
    release: (id) => {
      const isThere = database.get('SELECT 1 FROM snapshots WHERE id = ?', id) !== undefined;
      if (!isThere) throw new RbError('not-found', 'There is no such snapshot.');
      return database.run('UPDATE snapshots SET held = 0 WHERE id = ? AND held = 1', id) > 0;
    },
    heldSnapshots: () =>
      database
        .all<Row>(`${SELECT} WHERE snapshots.held = 1 ${NEWEST_FIRST}`)
        .map((row) => toSnapshot(row) as SnapshotRow),
    countedFiles: (id) => {
      const sql = 'SELECT counted_files FROM snapshots WHERE id = ?';
      return database.get<{ counted_files: number | null }>(sql, id)?.counted_files ?? null;
    },
  };
}
