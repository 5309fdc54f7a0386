import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { openDirectoryVault } from '../../src/vault/directory/open-directory-vault.ts';
import { openForCheck } from '../../src/vault/directory/open-for-check.ts';
import type { Place } from '../../src/vault/vault.ts';
import { appendAll, firstId, noiseRecord } from './records.ts';
import { tempFolder } from './temp-folder.ts';

const RECORDS = Array.from({ length: 5 }, (_, i) => noiseRecord(i, 2, 1000));
const packBytes = 8 + 2 * (RECORDS[0]?.record.length ?? 0);

/** Folders and files below a folder that others than their owner may do anything with. */
function openToOthers(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => (statSync(join(folder, name)).mode & 0o077) !== 0,
  );
}

test('nobody but the owner of the hub may look at anything that the vault keeps, or at the view of a check', async () => {
  const umask = process.umask(0);
  try {
    const directory = tempFolder();
    const vault = await openDirectoryVault({ directory, packBytes });
    await appendAll(vault, RECORDS);
    await vault.sync();
    await vault.forget(vault.find(firstId(RECORDS[0] as (typeof RECORDS)[0])) as Place);
    const check = await openForCheck(directory, () => undefined);
    const names = readdirSync(join(directory, 'packs'), { recursive: true, encoding: 'utf8' });
    assert.ok(names.includes('forgotten') && names.some((name) => name.endsWith('.index')));
    const views = readdirSync(directory).filter((name) => name.startsWith('check-'));
    assert.equal(views.length, 1);
    assert.deepEqual(openToOthers(join(directory, 'packs')), []);
    assert.deepEqual(
      openToOthers(directory).filter((name) => name.startsWith('check-')),
      [],
    );
    await check.close();
    await vault.close();
    const [index] = names.filter((name) => name.endsWith('.index'));
    const before = readFileSync(join(directory, 'packs', index as string));
    rmSync(join(directory, 'packs', index as string));
    const again = await openDirectoryVault({ directory });
    await again.close();
    assert.deepEqual(readFileSync(join(directory, 'packs', index as string)), before);
    assert.deepEqual(openToOthers(join(directory, 'packs')), []);
  } finally {
    process.umask(umask);
  }
});
