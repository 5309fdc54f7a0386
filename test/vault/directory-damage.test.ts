import assert from 'node:assert/strict';
import {
  appendFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import { openDirectoryVault } from '../../src/vault/directory/open-directory-vault.ts';
import type { Place } from '../../src/vault/vault.ts';
import { appendAll, firstId, noiseRecord } from './records.ts';
import { tempFolder } from './temp-folder.ts';

function filesBelow(directory: string, ending: string): string[] {
  return readdirSync(join(directory, 'packs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(directory, 'packs', name));
}

function flipByte(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] as number) ^ 0x10;
  writeFileSync(path, bytes);
}

const TEN = Array.from({ length: 10 }, (_, i) => noiseRecord(i, 2, 2000));
const RECORD_BYTES = TEN[0]?.record.length ?? 0;

/** A vault that was closed with ten records in it. */
async function tenRecords(packBytes?: number): Promise<string> {
  const directory = tempFolder();
  const vault = await openDirectoryVault({
    directory,
    ...(packBytes === undefined ? {} : { packBytes }),
  });
  await appendAll(vault, TEN);
  await vault.close();
  return directory;
}

test('a torn end of the pack that was being written is cut off at every length, and told', async () => {
  const directory = await tenRecords();
  const [path] = filesBelow(directory, '.pack');
  assert.ok(path !== undefined);
  const whole = readFileSync(path);
  const nineEnd = whole.length - RECORD_BYTES;
  for (const cut of [1, 47, 48, 100, RECORD_BYTES - 1]) {
    writeFileSync(path, whole.subarray(0, nineEnd + cut));
    const told: string[] = [];
    const vault = await openDirectoryVault({
      directory,
      onProblem: (message) => told.push(message),
    });
    assert.equal(vault.stats().records, 9);
    assert.equal(told.length, 1);
    await vault.close();
    assert.equal(statSync(path).size, nineEnd);
  }
});

test('garbage behind the last record is cut off, and what is appended then is found again', async () => {
  const directory = await tenRecords();
  const [path] = filesBelow(directory, '.pack');
  assert.ok(path !== undefined);
  appendFileSync(path, Buffer.alloc(5000, 7));
  const more = noiseRecord(99);
  const vault = await openDirectoryVault({ directory });
  await vault.append(more.record, more.bundle);
  await vault.close();
  const again = await openDirectoryVault({ directory });
  assert.deepEqual(
    (await again.read(again.find(firstId(more)) as Place)).bytes.slice(),
    more.record,
  );
  assert.equal(again.stats().records, 11);
  await again.close();
});

test('a damaged record in the middle of an open pack is left out and the others are kept', async () => {
  const directory = await tenRecords();
  const [path] = filesBelow(directory, '.pack');
  flipByte(path as string, 8 + 3 * RECORD_BYTES + 500);
  const vault = await openDirectoryVault({ directory });
  assert.equal(vault.stats().records, 9);
  assert.equal(vault.has(firstId(TEN[3] as (typeof TEN)[0])), false);
  assert.equal(vault.has(firstId(TEN[9] as (typeof TEN)[0])), true);
  await vault.close();
});

test('an open pack with nothing in it disappears', async () => {
  const directory = await tenRecords();
  const [path] = filesBelow(directory, '.pack');
  truncateSync(path as string, 5);
  const vault = await openDirectoryVault({ directory });
  assert.equal(vault.stats().records, 0);
  await vault.close();
  assert.deepEqual(filesBelow(directory, '.pack'), []);
});

test('closed packs without an index are read, and have one again', async () => {
  const directory = await tenRecords(3 * RECORD_BYTES + 8);
  const indexes = filesBelow(directory, '.index');
  assert.equal(indexes.length, 3);
  const before = indexes.map((path) => readFileSync(path));
  rmSync(indexes[0] as string);
  flipByte(indexes[1] as string, 60);
  truncateSync(indexes[2] as string, 100);
  const vault = await openDirectoryVault({ directory });
  for (const one of TEN)
    assert.deepEqual(
      (await vault.read(vault.find(firstId(one)) as Place)).bytes.slice(),
      one.record,
    );
  await vault.close();
  assert.deepEqual(
    indexes.map((path) => readFileSync(path)),
    before,
  );
});

test('the index of another pack is not believed', async () => {
  const directory = await tenRecords(3 * RECORD_BYTES + 8);
  const [one, two] = filesBelow(directory, '.index');
  writeFileSync(one as string, readFileSync(two as string));
  const vault = await openDirectoryVault({ directory });
  for (const each of TEN)
    assert.deepEqual(
      (await vault.read(vault.find(firstId(each)) as Place)).bytes.slice(),
      each.record,
    );
  await vault.close();
});

test('a damaged record of a closed pack fails its read, is forgotten, and the next copy is good', async () => {
  const directory = await tenRecords(20 * RECORD_BYTES);
  const first = await openDirectoryVault({ directory, packBytes: 10 * RECORD_BYTES });
  await appendAll(first, [noiseRecord(50, 2, 2000)]);
  await first.close();
  const pack = filesBelow(directory, '.pack').find((path) => !path.includes('open-')) as string;
  flipByte(pack, 8 + 4 * RECORD_BYTES + 1000);
  const damaged = TEN[4] as (typeof TEN)[0];

  const vault = await openDirectoryVault({ directory });
  const place = vault.find(firstId(damaged)) as Place;
  await assert.rejects(vault.read(place), (error) => isRbError(error, 'damaged-chunk'));
  const problems: string[] = [];
  for await (const { problem, where } of vault.inspect())
    if (problem !== null) problems.push(where);
  assert.deepEqual(problems, [`${pack} at ${8 + 4 * RECORD_BYTES}`]);
  await vault.forget(place);
  await vault.append(damaged.record, damaged.bundle);
  await vault.close();

  const again = await openDirectoryVault({ directory });
  assert.deepEqual(
    (await again.read(again.find(firstId(damaged)) as Place)).bytes.slice(),
    damaged.record,
  );
  for await (const { problem } of again.inspect()) assert.equal(problem, null);
  await again.close();
});

test('a damaged record of the pack that was being written is told until it is forgotten', async () => {
  const directory = await tenRecords();
  const [pack] = filesBelow(directory, '.pack');
  flipByte(pack as string, 8 + 4 * RECORD_BYTES + 1000);
  const damaged = TEN[4] as (typeof TEN)[0];
  const vault = await openDirectoryVault({ directory });
  assert(!vault.has(firstId(damaged)));
  for (let times = 0; times < 2; times++) {
    let problems = 0;
    for await (const { problem, place } of vault.inspect()) {
      if (problem === null) continue;
      problems++;
      if (times === 1) await vault.forget(place as Place);
    }
    assert.equal(problems, 1);
  }
  assert.equal(vault.stats().records, 9);
  await vault.append(damaged.record, damaged.bundle);
  await vault.close();

  const again = await openDirectoryVault({ directory });
  assert.deepEqual(
    (await again.read(again.find(firstId(damaged)) as Place)).bytes.slice(),
    damaged.record,
  );
  for await (const { problem } of again.inspect()) assert.equal(problem, null);
  await again.close();
});

test('a closed pack whose end is gone is told, and its other records are found', async () => {
  const directory = await tenRecords(5 * RECORD_BYTES + 8);
  const pack = filesBelow(directory, '.pack').find((path) => !path.includes('open-')) as string;
  truncateSync(pack, 8 + 2 * RECORD_BYTES + 10);
  const told: string[] = [];
  const vault = await openDirectoryVault({ directory, onProblem: (message) => told.push(message) });
  assert.equal(told.length, 1);
  assert.equal(vault.stats().records, 7);
  const problems: (string | undefined)[] = [];
  for await (const { problem } of vault.inspect())
    if (problem !== null) problems.push(problem.message);
  assert.equal(problems.length, 1);
  await vault.close();
});

test('a pack under a wrong name is found by inspecting', async () => {
  const directory = await tenRecords(5 * RECORD_BYTES + 8);
  const pack = filesBelow(directory, '.pack').find((path) => !path.includes('open-')) as string;
  const bytes = readFileSync(pack);
  const swapped = Buffer.concat([
    bytes.subarray(0, 8),
    bytes.subarray(8 + RECORD_BYTES, 8 + 2 * RECORD_BYTES),
    bytes.subarray(8, 8 + RECORD_BYTES),
    bytes.subarray(8 + 2 * RECORD_BYTES),
  ]);
  writeFileSync(pack, swapped);
  rmSync(pack.replace('.pack', '.index'));
  const vault = await openDirectoryVault({ directory });
  const problems: string[] = [];
  for await (const { problem } of vault.inspect())
    if (problem !== null) problems.push(problem.message);
  assert.match(problems.join(), /name/);
  assert.equal(vault.stats().records, 10);
  await vault.close();
});

test('a pack that vanished while the vault is open is missing, not damaged', async () => {
  const directory = await tenRecords(5 * RECORD_BYTES + 8);
  const vault = await openDirectoryVault({ directory });
  const pack = filesBelow(directory, '.pack').find((path) => !path.includes('open-')) as string;
  rmSync(pack);
  const results = await Promise.allSettled(
    TEN.map((one) => vault.read(vault.find(firstId(one)) as Place)),
  );
  const codes = results.filter(({ status }) => status === 'rejected');
  assert.equal(codes.length, 5);
  for (const result of codes)
    assert.ok(result.status === 'rejected' && isRbError(result.reason, 'missing-chunk'));
  await vault.close();
});
