import { dirname } from 'node:path';

import { syncDirectory } from '../../base/durable-file.ts';
import type { Catalog } from '../catalog.ts';
import { copiesIn } from './copies.ts';
import { Database } from './database.ts';
import { historyIn } from './history.ts';
import { holdingIn } from './held.ts';
import { lackingIn } from './lacking.ts';
import { limitsIn } from './limits.ts';
import { peopleIn } from './people.ts';
import { proofsIn } from './proofs.ts';
import { sizesIn } from './sizes.ts';

/**
 * Opens the catalog in an SQLite file, making it if it is missing (its folder must exist), and brings its schema up
 * to date.
 *
 * @param path by custom `DIR/catalog.db`; SQLite keeps `-wal` and `-shm` beside it
 * @throws RbError `unsupported` for the file of a newer version, `dir-unwritable`, `disk-full`, `damaged-catalog`, `busy`
 */
export async function openSqliteCatalog(path: string): Promise<Catalog> {
  const database = new Database(path);
  try {
    // SQLite syncs what is in its files, but not that a new one has a name.
    await syncDirectory(dirname(path));
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    ...peopleIn(database),
    ...historyIn(database),
    ...holdingIn(database),
    ...copiesIn(database),
    ...proofsIn(database),
    ...sizesIn(database),
    ...limitsIn(database),
    ...lackingIn(database),
    setting: (key) =>
      database.get<{ value: string }>('SELECT value FROM settings WHERE key = ?', key)?.value,
    setSetting: (key, value) => {
      const sql =
        'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value';
      database.run(sql, key, value);
    },
    verify: () => database.verify(),
    close: () => database.close(),
  };
}
