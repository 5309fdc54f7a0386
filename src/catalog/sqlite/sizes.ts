import { HOUR_MS, surplus } from '../vault-sizes.ts';
import type { Sizes } from '../vault-sizes.ts';
import type { Database } from './database.ts';

type Row = { time_ms: number; stored_bytes: number; plain_bytes: number };

/** The sizes of the vault in a database. */
export function sizesIn(database: Database): Sizes {
  return {
    recordVaultSize: (nowMs, storedBytes, plainBytes) =>
      database.transaction(() => record(database, nowMs, storedBytes, plainBytes)),
    vaultSizes: () =>
      database
        .all<Row>('SELECT time_ms, stored_bytes, plain_bytes FROM vault_sizes ORDER BY hour')
        .map((row) => ({
          timeMs: row.time_ms,
          storedBytes: row.stored_bytes,
          plainBytes: row.plain_bytes,
        })),
  };
}

function record(database: Database, nowMs: number, storedBytes: number, plainBytes: number): void {
  const hour = Math.floor(nowMs / HOUR_MS);
  const isNewHour = database.get('SELECT 1 FROM vault_sizes WHERE hour = ?', hour) === undefined;
  const sql = `INSERT INTO vault_sizes (hour, time_ms, stored_bytes, plain_bytes) VALUES (?, ?, ?, ?)
    ON CONFLICT (hour) DO UPDATE SET
      time_ms = excluded.time_ms, stored_bytes = excluded.stored_bytes, plain_bytes = excluded.plain_bytes`;
  database.run(sql, hour, nowMs, storedBytes, plainBytes);
  if (!isNewHour) return;
  const times = database
    .all<{ time_ms: number }>('SELECT time_ms FROM vault_sizes ORDER BY hour')
    .map((row) => row.time_ms);
  for (const timeMs of surplus(times, nowMs))
    database.run('DELETE FROM vault_sizes WHERE hour = ?', Math.floor(timeMs / HOUR_MS));
}
