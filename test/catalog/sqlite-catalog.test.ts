import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { isRbError } from '../../src/base/errors.ts';
import { MIGRATIONS } from '../../src/catalog/sqlite/schema.ts';
import { openSqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import { catalogConformance } from '../conformance/catalog.ts';
import { tempFolder } from '../vault/temp-folder.ts';

const run = promisify(execFile);

catalogConformance('SQLite', () => openSqliteCatalog(join(tempFolder(), 'catalog.db')));

/** Runs a module's text in a process of its own, with `catalog` open, and returns what it prints. */
async function inSecondProcess(folder: string, body: string): Promise<string> {
  const module = new URL('../../src/catalog/sqlite/sqlite-catalog.ts', import.meta.url).href;
  const script = join(folder, `second-${body.length}.ts`);
  writeFileSync(
    script,
    `const { openSqliteCatalog } = await import(${JSON.stringify(module)});
    const catalog = await openSqliteCatalog(process.argv[2]);
    ${body}
    catalog.close();`,
  );
  return (await run(process.execPath, [script, join(folder, 'catalog.db')])).stdout.trim();
}

test('what one process writes another sees at once, while both have it open', async () => {
  const folder = tempFolder();
  const catalog = await openSqliteCatalog(join(folder, 'catalog.db'));
  const printed = await inSecondProcess(
    folder,
    `const secret = catalog.createInvitation({ user: 'ana', rights: 'admin', nowMs: 0, expiresMs: 1000 });
    console.log(Buffer.from(secret).toString('hex'));`,
  );
  const secret = Uint8Array.from(Buffer.from(printed, 'hex'));
  const login = { fingerprint: 'd1', label: 'pc', nowMs: 1 };
  assert.equal(catalog.redeemInvitation(secret, login).rights, 'admin');
  assert.equal(
    await inSecondProcess(folder, `console.log(catalog.userOfDevice('d1').name);`),
    'ana',
  );
  catalog.close();
});

test('processes that write at the same time lose nothing, even when they make the file together', async () => {
  const folder = tempFolder();
  const write = (who: string): Promise<string> =>
    inSecondProcess(
      folder,
      `for (let i = 0; i < 100; i++) catalog.setSetting('${who}' + i, String(i));
      console.log('done${who}');`,
    );
  await Promise.all([write('a'), write('bb'), write('ccc')]);
  const catalog = await openSqliteCatalog(join(folder, 'catalog.db'));
  for (const who of ['a', 'bb', 'ccc']) {
    for (let i = 0; i < 100; i++) assert.equal(catalog.setting(`${who}${i}`), String(i));
  }
  catalog.close();
});

test('the file never holds the secret of an invitation', async () => {
  const folder = tempFolder();
  const path = join(folder, 'catalog.db');
  const catalog = await openSqliteCatalog(path);
  const secret = catalog.createInvitation({ user: 'ana', rights: null, nowMs: 0, expiresMs: 1000 });
  const files = Buffer.concat([readFileSync(path), readFileSync(`${path}-wal`)]);
  assert.equal(files.includes('ana'), true);
  assert.equal(files.includes(Buffer.from(secret)), false);
  catalog.close();
});

test('what was committed is there after the process was killed', async () => {
  const folder = tempFolder();
  const body = `catalog.setSetting('kept', 'yes'); process.kill(process.pid, 'SIGKILL');`;
  await assert.rejects(inSecondProcess(folder, body));
  const catalog = await openSqliteCatalog(join(folder, 'catalog.db'));
  assert.equal(catalog.setting('kept'), 'yes');
  catalog.close();
});

test('a file of a newer version, one that is no database, and a folder that is missing are refused', async () => {
  const path = join(tempFolder(), 'catalog.db');
  (await openSqliteCatalog(path)).close();
  const database = new DatabaseSync(path);
  database.exec('PRAGMA user_version = 999');
  database.close();
  await assert.rejects(openSqliteCatalog(path), (error) => isRbError(error, 'unsupported'));
  writeFileSync(
    path,
    'this is no database, and long enough for its head to be read as one'.repeat(20),
  );
  await assert.rejects(openSqliteCatalog(path), (error) => isRbError(error, 'damaged-catalog'));
  const nowhere = join(tempFolder(), 'missing', 'catalog.db');
  await assert.rejects(openSqliteCatalog(nowhere), (error) => isRbError(error, 'dir-unwritable'));
});

test('a catalog of the first version is brought up to date with its sums', async () => {
  const path = join(tempFolder(), 'catalog.db');
  const database = new DatabaseSync(path);
  database.exec(MIGRATIONS[0] as string);
  database.exec(`PRAGMA user_version = 1;
    INSERT INTO sets (number, user, host, name, source_path) VALUES (1, 'ana', 'pc', 'home', x'2f'),
      (2, 'ana', 'pc', 'mail', x'2f');
    INSERT INTO snapshots (id, set_number, time_ms, files, dirs, bytes, skipped, source_path) VALUES
      (randomblob(32), 1, 10, 1, 1, 100, 0, x'2f'), (randomblob(32), 1, 20, 1, 1, 11, 0, x'2f');`);
  database.close();
  const catalog = await openSqliteCatalog(path);
  const sets = catalog.sets().map(({ snapshots, copiesAsked }) => [snapshots, copiesAsked]);
  assert.deepEqual(sets, [
    [2, 0],
    [0, 0],
  ]);
  assert.deepEqual(catalog.snapshotTotals(), { snapshots: 2, bytes: 111 });
  catalog.recordVaultSize(1, 2, 3);
  catalog.close();
  const again = await openSqliteCatalog(path);
  assert.equal(again.snapshotTotals().snapshots, 2);
  assert.equal(again.vaultSizes().length, 1);
  again.close();
});

test('the sums go down when a snapshot goes', async () => {
  const path = join(tempFolder(), 'catalog.db');
  const catalog = await openSqliteCatalog(path);
  const database = new DatabaseSync(path);
  database.exec(`INSERT INTO sets (number, user, host, name, source_path) VALUES (1, 'ana', 'pc', 'home', x'2f');
    INSERT INTO snapshots (id, set_number, time_ms, files, dirs, bytes, skipped, source_path) VALUES
      (randomblob(32), 1, 10, 1, 1, 100, 0, x'2f'), (randomblob(32), 1, 20, 1, 1, 11, 0, x'2f');
    DELETE FROM snapshots WHERE time_ms = 10;`);
  database.close();
  assert.deepEqual(catalog.snapshotTotals(), { snapshots: 1, bytes: 11 });
  catalog.close();
});
