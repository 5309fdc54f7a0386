import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { openSqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import { tempFolder } from '../vault/temp-folder.ts';

test('nobody but the owner of the hub may read or lock the catalog, in a folder that is open to all too', async () => {
  const umask = process.umask(0);
  const directory = tempFolder();
  const catalog = await openSqliteCatalog(join(directory, 'catalog.db'));
  try {
    const names = readdirSync(directory);
    assert.ok(names.includes('catalog.db') && names.includes('catalog.db-wal'), names.join());
    for (const name of names) {
      const { mode } = statSync(join(directory, name));
      assert.equal(mode & 0o077, 0, `${name} ${mode.toString(8)}`);
    }
  } finally {
    catalog.close();
    process.umask(umask);
  }
});
