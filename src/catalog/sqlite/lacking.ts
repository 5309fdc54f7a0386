import type { SetKey } from '../../model/snapshot.ts';
import type { Lacking, LackingChunk, LackingRow } from '../lacking.ts';
import type { Database } from './database.ts';

type Row = {
  id: Uint8Array;
  kind: LackingChunk['kind'];
  told: number;
  user: string;
  host: string;
  name: string;
};

const OF_SET = '(SELECT number FROM sets WHERE user = ? AND host = ? AND name = ?)';

/** What a vault has lost, in a database. */
export function lackingIn(database: Database): Lacking {
  return {
    noteLacking: (key, chunks, nowMs) =>
      database.transaction(() => {
        for (const chunk of chunks) note(database, key, chunk, nowMs);
      }),
    lackingChunks: () => {
      const sql = `SELECT id, kind, told, user, host, name FROM lacking_chunks
        JOIN sets ON sets.number = set_number
        ORDER BY CASE kind WHEN 'snapshot' THEN 0 WHEN 'page' THEN 1 WHEN 'list' THEN 2 ELSE 3 END, id`;
      return database.all<Row>(sql).map(toLacking);
    },
    lackingCount: () => {
      const sql = 'SELECT count(DISTINCT id) AS count FROM lacking_chunks';
      return database.get<{ count: number }>(sql)?.count ?? 0;
    },
    removeLacking: (ids, key) =>
      database.transaction(() => {
        for (const id of ids) {
          if (key === undefined) database.run('DELETE FROM lacking_chunks WHERE id = ?', id);
          else {
            const sql = `DELETE FROM lacking_chunks WHERE id = ? AND set_number = ${OF_SET}`;
            database.run(sql, id, key.user, key.host, key.set);
          }
        }
      }),
    markLackingTold: () => {
      database.run('UPDATE lacking_chunks SET told = 1 WHERE told = 0');
    },
  };
}

function note(
  database: Database,
  { user, host, set }: SetKey,
  { id, kind }: LackingChunk,
  nowMs: number,
): void {
  const sql = `INSERT OR IGNORE INTO lacking_chunks (id, set_number, kind, found_ms)
    SELECT ?, number, ?, ? FROM sets WHERE user = ? AND host = ? AND name = ?`;
  database.run(sql, id, kind, nowMs, user, host, set);
}

function toLacking({ id, kind, told, user, host, name }: Row): LackingRow {
  return { id, kind, told: told === 1, key: { user, host, set: name } };
}
