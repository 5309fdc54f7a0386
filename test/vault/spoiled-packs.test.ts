import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import { openDirectoryVault } from '../../src/vault/directory/open-directory-vault.ts';
import type { Place, Vault } from '../../src/vault/vault.ts';
import { FaultyDisk } from './faulty-files.ts';
import { appendAll, firstId, noiseRecord } from './records.ts';
import { tempFolder } from './temp-folder.ts';
import { packsOf, spoil, threePacks } from './three-packs.ts';

async function problemsOf(vault: Vault): Promise<string[]> {
  const problems: string[] = [];
  for await (const { problem } of vault.inspect())
    if (problem !== null) problems.push(problem.message.replace(/^The pack \S+ /, ''));
  return problems;
}

test('a record whose head cannot be read is left out of the list, and the others are in it', async () => {
  const { directory, bytes } = await threePacks();
  spoil(packsOf(directory)[0] as string, 8 + bytes);
  const vault = await openDirectoryVault({ directory });
  let listed = 0;
  for await (const _ of vault.records()) listed++;
  assert.equal(listed, 9);
  await vault.close();
});

test('a disk that fails for another reason than damage ends the listing', async () => {
  const disk = new FaultyDisk();
  const { directory } = await threePacks();
  const vault = await openDirectoryVault({ directory, openFile: disk.openFile });
  disk.readFails = 'EMFILE';
  const list = async (): Promise<void> => {
    for await (const _ of vault.records()) assert.fail('nothing can be read');
  };
  await assert.rejects(list(), (error) => isRbError(error, 'unreadable'));
  disk.readFails = null;
  await vault.close();
});

test('inspecting counts the bytes of all packs as they go by', async () => {
  const { directory, bytes } = await threePacks();
  const vault = await openDirectoryVault({ directory });
  const done: number[] = [];
  for await (const { doneBytes, problem } of vault.inspect()) {
    assert.equal(problem, null);
    done.push(doneBytes);
  }
  assert.deepEqual(
    done,
    Array.from({ length: 10 }, (_, i) => bytes * (i + 1)),
  );
  assert.equal(done.at(-1), vault.stats().storedBytes);
  await vault.close();
});

test('a pack that does not begin as one, or has bytes behind its end, is told once and read all the same', async () => {
  const { directory, records } = await threePacks();
  const [one, two] = packsOf(directory) as [string, string];
  spoil(one, 3);
  writeFileSync(two, Buffer.concat([readFileSync(two), Buffer.alloc(77)]));
  const vault = await openDirectoryVault({ directory });
  const problems = await problemsOf(vault);
  assert.ok(problems.includes('does not begin as one.'), problems.join('\n'));
  assert.ok(problems.some((problem) => problem.startsWith('holds 77 bytes at its end')));
  assert.equal(problems.length, 2);
  assert.ok(vault.stats().records >= 7 && vault.stats().records <= records.length);
  await vault.close();
});

test('bytes between the records of a pack that are none are told with their place', async () => {
  const { directory, bytes } = await threePacks();
  const [pack] = packsOf(directory) as [string];
  spoil(pack, 8 + bytes + 1000);
  rmSync(pack.replace('.pack', '.index'));
  const vault = await openDirectoryVault({ directory });
  assert.equal(vault.stats().records, 9);
  assert.deepEqual(await problemsOf(vault), [
    `holds ${bytes} bytes at ${8 + bytes} that are no record.`,
  ]);
  await vault.close();
});

test('a list of what was forgotten that cannot be read keeps the vault shut, and one that is gone does not', async () => {
  const { directory } = await threePacks();
  const list = join(directory, 'packs', 'forgotten');
  mkdirSync(list);
  await assert.rejects(openDirectoryVault({ directory }), (error) =>
    isRbError(error, 'dir-unwritable'),
  );
  rmSync(list, { recursive: true });
  const vault = await openDirectoryVault({ directory });
  assert.equal(vault.stats().records, 10);
  await vault.close();
});

test('several records of one pack stay forgotten, also if the pack was still being written then', async () => {
  const directory = tempFolder();
  const records = Array.from({ length: 6 }, (_, i) => noiseRecord(i, 2, 2000));
  const packBytes = 8 + 4 * (records[0]?.record.length ?? 0);
  const gone = records.slice(1, 4);
  const first = await openDirectoryVault({ directory, packBytes });
  await appendAll(first, records.slice(0, 4));
  for (const one of gone) await first.forget(first.find(firstId(one)) as Place);
  // The next two records begin another pack, and this one gets its name.
  await appendAll(first, records.slice(4));
  await first.close();
  for (let times = 0; times < 2; times++) {
    const again = await openDirectoryVault({ directory, packBytes });
    for (const one of records) assert.equal(again.has(firstId(one)), !gone.includes(one));
    assert.equal(again.stats().records, 3);
    await again.close();
  }
});
