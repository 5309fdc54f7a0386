import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import { openDirectoryVault } from '../../src/vault/directory/open-directory-vault.ts';
import { openForCheck } from '../../src/vault/directory/open-for-check.ts';
import type { Place, Vault } from '../../src/vault/vault.ts';
import { appendAll, firstId, noiseRecord } from './records.ts';
import { tempFolder } from './temp-folder.ts';

const RECORDS = Array.from({ length: 7 }, (_, i) => noiseRecord(i, 2, 1000));
/** Room for two records: three packs are finished, and one is being written. */
const packBytes = 8 + 2 * (RECORDS[0]?.record.length ?? 0);
const silent = (message: string): void => assert.fail(message);

async function served(): Promise<{ directory: string; vault: Vault }> {
  const directory = tempFolder();
  const vault = await openDirectoryVault({ directory, packBytes });
  await appendAll(vault, RECORDS);
  await vault.sync();
  return { directory, vault };
}

test('a vault that nobody serves is checked itself', async () => {
  const { directory, vault } = await served();
  await vault.close();
  const before = readdirSync(directory).toSorted();
  const check = await openForCheck(directory, silent);
  assert.equal(check.isOwn, true);
  await check.vault.forget(check.vault.find(firstId(RECORDS[0] as never)) as Place);
  await check.close();
  assert.deepEqual(readdirSync(directory).toSorted(), before);
  const again = await openDirectoryVault({ directory });
  assert.equal(again.stats().records, 6);
  await again.close();
});

test('while a hub serves it a view is checked: it has every record, and goes away without a trace', async () => {
  const { directory, vault } = await served();
  const forgotten = RECORDS[1] as (typeof RECORDS)[0];
  await vault.forget(vault.find(firstId(forgotten)) as Place);
  const before = readdirSync(directory).toSorted();
  const check = await openForCheck(directory, silent);
  assert.equal(check.isOwn, false);
  assert.deepEqual(check.vault.stats(), vault.stats());
  for (const one of RECORDS) {
    assert.equal(check.vault.has(firstId(one)), one !== forgotten);
    if (one === forgotten) continue;
    const lease = await check.vault.read(check.vault.find(firstId(one)) as Place);
    assert.deepEqual(lease.bytes.slice(), one.record);
    lease.release();
  }
  const more = noiseRecord(50);
  await vault.append(more.record, more.bundle);
  assert.equal(check.vault.has(firstId(more)), false);
  await check.close();
  assert.deepEqual(readdirSync(directory).toSorted(), before);
  assert.equal(vault.stats().records, 7);
  await vault.close();
});

test('what is forgotten in the view stays in the vault', async () => {
  const { directory, vault } = await served();
  const check = await openForCheck(directory, silent);
  for (const one of RECORDS) await check.vault.forget(check.vault.find(firstId(one)) as Place);
  assert.equal(check.vault.stats().records, 0);
  await check.close();
  assert.equal(vault.stats().records, 7);
  await vault.close();
  const again = await openDirectoryVault({ directory });
  assert.equal(again.stats().records, 7);
  await again.close();
});

test('a view needs no file that is no pack', async () => {
  const { directory, vault } = await served();
  const packs = join(directory, 'packs');
  mkdirSync(join(packs, 'other'));
  writeFileSync(join(packs, 'other', 'note'), '');
  writeFileSync(join(packs, 'open-note'), '');
  const check = await openForCheck(directory, silent);
  assert.equal(check.vault.stats().records, 7);
  await check.close();
  await vault.close();
});

test('a directory that cannot be a vault is refused, and nothing is made in it', async () => {
  const directory = tempFolder();
  writeFileSync(join(directory, 'packs'), '');
  await assert.rejects(openForCheck(directory, silent), (error) =>
    isRbError(error, 'dir-unwritable'),
  );
  assert.deepEqual(readdirSync(directory), ['packs']);
});

test('what a check that was killed has left goes away with the next one, and with the next start of the hub', async () => {
  const { directory, vault } = await served();
  const { pid } = spawnSync('true');
  const leave = (owner: number): string => {
    const view = join(directory, `check-${owner}-0123456789abcdef`);
    mkdirSync(join(view, 'packs'), { recursive: true });
    writeFileSync(join(view, 'packs', 'open-0123456789abcdef.pack'), 'what was read of it');
    return view;
  };
  const [left, inUse] = [leave(pid), leave(process.pid)];
  await (await openForCheck(directory, silent)).close();
  assert.deepEqual([existsSync(left), existsSync(inUse)], [false, true]);
  leave(pid);
  await vault.close();
  await (await openDirectoryVault({ directory })).close();
  assert.deepEqual([existsSync(left), existsSync(inUse)], [false, true]);
});
