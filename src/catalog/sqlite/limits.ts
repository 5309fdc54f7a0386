import { NO_LIMITS } from '../limits.ts';
import type { Limits, UserLimits } from '../limits.ts';
import type { Database } from './database.ts';

type Row = {
  stored_bytes: number | null;
  sets: number | null;
  connections: number | null;
  bytes_per_second: number | null;
};

/** Limits of users in a database. */
export function limitsIn(database: Database): Limits {
  return {
    limitsOf: (user) => {
      const row = database.get<Row>('SELECT * FROM user_limits WHERE user = ?', user);
      return row === undefined ? NO_LIMITS : toLimits(row);
    },
    setLimits: (user, { storedBytes, sets, connections, bytesPerSecond }) => {
      const sql = `INSERT OR REPLACE INTO user_limits (user, stored_bytes, sets, connections, bytes_per_second)
        VALUES (?, ?, ?, ?, ?)`;
      database.run(sql, user, storedBytes, sets, connections, bytesPerSecond);
    },
    storedBytesOf: (user) => {
      const sql = 'SELECT stored_bytes FROM user_usage WHERE user = ?';
      return database.get<{ stored_bytes: number }>(sql, user)?.stored_bytes ?? 0;
    },
    addStoredBytes: (user, bytes) => {
      const sql = `INSERT INTO user_usage (user, stored_bytes) VALUES (?, ?)
        ON CONFLICT (user) DO UPDATE SET stored_bytes = stored_bytes + excluded.stored_bytes`;
      database.run(sql, user, bytes);
    },
  };
}

function toLimits(row: Row): UserLimits {
  const { stored_bytes: storedBytes, sets, connections, bytes_per_second: bytesPerSecond } = row;
  return { storedBytes, sets, connections, bytesPerSecond };
}
