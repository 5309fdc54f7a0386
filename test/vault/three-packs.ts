import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { openDirectoryVault } from '../../src/vault/directory/open-directory-vault.ts';
import type { Place, Vault } from '../../src/vault/vault.ts';
import { appendAll, firstId, noiseRecord } from './records.ts';
import type { TestRecord } from './records.ts';
import { tempFolder } from './temp-folder.ts';

export function packsOf(directory: string): string[] {
  return readdirSync(join(directory, 'packs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /^..\/[0-9a-f]{64}\.pack$/.test(name))
    .map((name) => join(directory, 'packs', name));
}

export async function readBack(vault: Vault, one: TestRecord): Promise<void> {
  const lease = await vault.read(vault.find(firstId(one)) as Place);
  assert.deepEqual(lease.bytes.slice(), one.record);
  lease.release();
}

/** Three closed packs of three records each, all of one length. */
export async function threePacks(): Promise<{
  directory: string;
  records: TestRecord[];
  bytes: number;
}> {
  const directory = tempFolder();
  const records = Array.from({ length: 10 }, (_, i) => noiseRecord(i, 2, 2000));
  const bytes = records[0]?.record.length ?? 0;
  const vault = await openDirectoryVault({ directory, packBytes: 8 + 3 * bytes });
  await appendAll(vault, records);
  await vault.close();
  assert.equal(packsOf(directory).length, 3);
  return { directory, records, bytes };
}

export function spoil(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] as number) ^ 0x10;
  writeFileSync(path, bytes);
}
