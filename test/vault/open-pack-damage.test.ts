import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { encodeBundle } from '../../src/model/bundle.ts';
import { openDirectoryVault } from '../../src/vault/directory/open-directory-vault.ts';
import type { Place, Vault } from '../../src/vault/vault.ts';
import { appendAll, firstId, noiseRecord } from './records.ts';
import { tempFolder } from './temp-folder.ts';

const TEN = Array.from({ length: 10 }, (_, i) => noiseRecord(i, 2, 2000));
const RECORD_BYTES = TEN[0]?.record.length ?? 0;
const HEAD_BYTES = 8;

function openPackOf(directory: string, ending = '.pack'): string {
  const names = readdirSync(join(directory, 'packs'));
  return join(directory, 'packs', String(names.find((name) => name.endsWith(ending))));
}

async function tenRecords(): Promise<string> {
  const directory = tempFolder();
  const vault = await openDirectoryVault({ directory });
  await appendAll(vault, TEN);
  await vault.close();
  return directory;
}

function overwrite(path: string, at: number, bytes: Uint8Array): void {
  const all = readFileSync(path);
  all.set(bytes, at);
  writeFileSync(path, all);
}

async function told(directory: string): Promise<{ vault: Vault; messages: string[] }> {
  const messages: string[] = [];
  const onProblem = (message: string): void => void messages.push(message);
  return { vault: await openDirectoryVault({ directory, onProblem }), messages };
}

async function assertHas(vault: Vault, but: readonly number[]): Promise<void> {
  for (const [i, one] of TEN.entries()) {
    assert.equal(vault.has(firstId(one)), !but.includes(i), `record ${i}`);
    if (but.includes(i)) continue;
    const lease = await vault.read(vault.find(firstId(one)) as Place);
    assert.deepEqual(lease.bytes.slice(), one.record);
    lease.release();
  }
}

test('a record whose head is gone costs itself alone, in the pack that is being written too', async () => {
  for (const bytes of [1, 16, 48, RECORD_BYTES]) {
    const directory = await tenRecords();
    const at = HEAD_BYTES + 3 * RECORD_BYTES;
    overwrite(openPackOf(directory), at, new Uint8Array(bytes));
    const { vault, messages } = await told(directory);
    await assertHas(vault, [3]);
    assert.equal(messages.length, 1);
    assert.match(String(messages[0]), new RegExp(`^${RECORD_BYTES} bytes at ${at} of .* damaged`));
    await vault.append(TEN[3]?.record as Uint8Array, noiseRecord(3, 2, 2000).bundle);
    await vault.close();
    const again = await told(directory);
    await assertHas(again.vault, []);
    await again.vault.close();
  }
});

test('two damaged heads behind each other cost two records', async () => {
  const directory = await tenRecords();
  const pack = openPackOf(directory);
  for (const i of [0, 4, 5]) overwrite(pack, HEAD_BYTES + i * RECORD_BYTES, new Uint8Array(60));
  const { vault } = await told(directory);
  await assertHas(vault, [0, 4, 5]);
  await vault.close();
});

test('the first bytes of the pack that is being written are mended', async () => {
  const directory = await tenRecords();
  const pack = openPackOf(directory);
  const whole = readFileSync(pack);
  overwrite(pack, 0, new Uint8Array(HEAD_BYTES));
  const { vault, messages } = await told(directory);
  await assertHas(vault, []);
  assert.equal(messages.length, 1);
  await vault.close();
  assert.deepEqual(readFileSync(pack), whole);
});

test('without the list of records a damaged head ends the pack, as nothing is searched for', async () => {
  const directory = await tenRecords();
  overwrite(openPackOf(directory), HEAD_BYTES + 6 * RECORD_BYTES, new Uint8Array(16));
  rmSync(openPackOf(directory, '.offsets'));
  const { vault } = await told(directory);
  await assertHas(vault, [6, 7, 8, 9]);
  await vault.close();
});

test('a list that points into a body, at what looks like a record, is not believed for that', async () => {
  const inner = noiseRecord(77, 1, 300).record;
  const plain = Buffer.concat([Buffer.alloc(500, 1), inner, Buffer.alloc(500, 2)]);
  const outer = encodeBundle(
    'data',
    'stored',
    [{ id: new Uint8Array(32), bytes: plain.length }],
    plain,
  );
  const directory = await tenRecords();
  const pack = openPackOf(directory);
  const { length } = readFileSync(pack);
  writeFileSync(pack, Buffer.concat([readFileSync(pack), outer]));
  const { vault } = await told(directory);
  assert.equal(vault.stats().records, 11);
  assert.equal(vault.has(firstId(noiseRecord(77, 1, 300))), false);
  await vault.close();
  // Its head is damaged then, and the list of what was written holds nothing inside it.
  overwrite(pack, length, new Uint8Array(4));
  const after = await told(directory);
  assert.equal(after.vault.has(firstId(noiseRecord(77, 1, 300))), false);
  await after.vault.close();
});

test('a pack of which nothing can be read any more is kept aside if records are known to have been in it', async () => {
  const directory = await tenRecords();
  const pack = openPackOf(directory);
  writeFileSync(pack, new Uint8Array(readFileSync(pack).length));
  const { vault, messages } = await told(directory);
  assert.equal(vault.stats().records, 0);
  assert.match(String(messages[0]), /kept as .*\.damaged/);
  assert(existsSync(`${pack}.damaged`));
  await vault.close();
});

test('the list of records goes with the pack that it is of', async () => {
  const directory = tempFolder();
  const vault = await openDirectoryVault({ directory, packBytes: 3 * RECORD_BYTES + HEAD_BYTES });
  await appendAll(vault, TEN);
  await vault.close();
  const names = readdirSync(join(directory, 'packs')).filter((name) => name.startsWith('open-'));
  assert.equal(names.length, 2);
  rmSync(openPackOf(directory));
  const again = await openDirectoryVault({ directory });
  await again.close();
  assert.deepEqual(
    readdirSync(join(directory, 'packs')).filter((name) => name.startsWith('open-')),
    [],
  );
});

test('what is wrong with a closed pack as a whole is told until it is left aside, and not again', async () => {
  const directory = tempFolder();
  const first = await openDirectoryVault({ directory, packBytes: 5 * RECORD_BYTES + HEAD_BYTES });
  await appendAll(first, TEN);
  await first.close();
  const closed = readdirSync(join(directory, 'packs'), { recursive: true, encoding: 'utf8' });
  const pack = join(
    directory,
    'packs',
    String(closed.find((name) => /[0-9a-f]{64}\.pack$/.test(name))),
  );
  const bytes = readFileSync(pack);
  // Its first bytes, a record, and what is behind the last one.
  writeFileSync(
    pack,
    Buffer.concat([
      Buffer.alloc(HEAD_BYTES),
      bytes.subarray(HEAD_BYTES + RECORD_BYTES),
      Buffer.alloc(9),
    ]),
  );
  for (const expected of [2, 0]) {
    const vault = await openDirectoryVault({ directory });
    let problems = 0;
    for await (const { problem, place } of vault.inspect()) {
      if (problem === null) continue;
      problems++;
      assert(place !== null);
      await vault.forget(place);
    }
    assert.equal(problems, expected);
    await vault.close();
  }
});
