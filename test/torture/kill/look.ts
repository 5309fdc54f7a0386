/** What the harness looks at without the programs: copies of folders that nobody uses any more. */

import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { hex } from '../../../src/base/bytes.ts';
import { openSqliteCatalog } from '../../../src/catalog/sqlite/sqlite-catalog.ts';
import type { WorkerPool } from '../../../src/chunk/worker-pool.ts';
import { checkVault } from '../../../src/vault/check.ts';
import { openDirectoryVault } from '../../../src/vault/directory/open-directory-vault.ts';
import { describeTree } from '../../e2e/trees.ts';

/**
 * Reads a copy of the whole vault of a hub that is dead: fails unless every byte of it is right and every snapshot that
 * somebody was told of is there.
 * @param copy where the copy may be; removed afterwards
 */
export async function assertVaultWhole(
  hubDir: string,
  copy: string,
  told: Iterable<string>,
  readers: WorkerPool,
): Promise<void> {
  cpSync(hubDir, copy, { recursive: true, preserveTimestamps: true });
  const catalog = await openSqliteCatalog(join(copy, 'catalog.db'));
  try {
    const rows = catalog.snapshots({}, 100_000, null).rows;
    const known = new Set(rows.map(({ id }) => hex(id)));
    const lost = [...told].filter((id) => !known.has(id));
    assert.deepEqual(lost, [], 'snapshots that were told as committed are gone');
    const vault = await openDirectoryVault({ directory: copy });
    try {
      const snapshots = rows.map(({ id }) => id);
      for await (const problem of checkVault({ vault, snapshots, readers }))
        assert.fail(`the vault is damaged: ${JSON.stringify(problem)}`);
    } finally {
      await vault.close();
    }
  } finally {
    catalog.close();
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Fails, naming the first differences, unless a folder is as was described by `describeTree`. */
export function assertTree(actual: string, expected: readonly string[], when: string): void {
  const [left, right] = [new Set(describeTree(actual)), new Set(expected)];
  const surplus = [...left].filter((line) => !right.has(line)).slice(0, 5);
  const missing = [...right].filter((line) => !left.has(line)).slice(0, 5);
  assert.deepEqual({ surplus, missing }, { surplus: [], missing: [] }, when);
}
