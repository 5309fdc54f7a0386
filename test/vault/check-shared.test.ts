import assert from 'node:assert/strict';
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { blake3 } from '../../src/base/hash.ts';
import { createBundlePool } from '../../src/chunk/bundles.ts';
import { ContentBuilder } from '../../src/model/content.ts';
import type { Content } from '../../src/model/entry.ts';
import { openDirectoryVault } from '../../src/vault/directory/open-directory-vault.ts';
import { MemoryVault } from '../../src/vault/memory/memory-vault.ts';
import type { Place, Vault } from '../../src/vault/vault.ts';
import { brief, pageOf, problemsOf, snapshotOf } from './check-tree.ts';
import { FaultyDisk } from './faulty-files.ts';
import { appendAll, firstId, noise, noiseRecord, recordOf } from './records.ts';
import { tempFolder } from './temp-folder.ts';

const readers = createBundlePool(1);
after(async () => await readers.close());

const SMALL = noise(1, 100);
const ofSmall: Content = { depth: 0, refs: [{ id: blake3(SMALL), bytes: 100 }] };

/** A file in a list of its pieces. */
function listed(): { content: Content; lists: Uint8Array[]; pieces: Uint8Array[] } {
  const pieces = Array.from({ length: 200 }, (_, i) => noise(i + 10, 40));
  const lists: Uint8Array[] = [];
  const builder = new ContentBuilder(100 * 1024 * 1024, (_id, bytes) => lists.push(bytes));
  for (const piece of pieces) builder.add(blake3(piece), piece.length);
  const content = builder.finish();
  assert.ok(content.depth > 0);
  return { content, lists, pieces };
}

/** A vault with these pages and chunks, and two snapshots that name all of the pages. */
async function twoSnapshots(
  pages: readonly Uint8Array[],
  data: readonly Uint8Array[],
  lists: readonly Uint8Array[] = [],
): Promise<{ vault: Vault; snapshots: readonly Uint8Array[] }> {
  const vault = new MemoryVault();
  const both = [snapshotOf(pages, 1), snapshotOf(pages, 2)];
  await appendAll(vault, [
    ...data.map((one) => recordOf([one])),
    ...lists.map((one) => recordOf([one], 'list')),
    ...pages.map((one) => recordOf([one], 'page')),
    ...both.map((one) => recordOf([one], 'snapshot')),
  ]);
  return { vault, snapshots: both.map((one) => blake3(one)) };
}

async function lose(vault: Vault, chunk: Uint8Array | undefined): Promise<void> {
  await vault.forget(vault.find(blake3(chunk as Uint8Array)) as Place);
}

async function damage(vault: Vault, chunk: Uint8Array): Promise<void> {
  const { bytes } = await vault.read(vault.find(blake3(chunk)) as Place);
  bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
}

test('what two snapshots share and is lost is told of both, with its path', async () => {
  const page = pageOf({ small: ofSmall });
  const { vault, snapshots } = await twoSnapshots([page], [SMALL]);
  await lose(vault, SMALL);
  const problems = await problemsOf({ vault, snapshots });
  assert.deepEqual(problems.map(brief), [
    ['snapshot', 'missing-chunk', 'small'],
    ['snapshot', 'missing-chunk', 'small'],
  ]);
  assert.deepEqual(
    problems.map((problem) => problem.of === 'snapshot' && problem.snapshot),
    snapshots,
  );
});

test('a page that two snapshots share and is damaged is told of both', async () => {
  const pages = [pageOf({ small: ofSmall }), pageOf({ other: ofSmall })];
  const { vault, snapshots } = await twoSnapshots(pages, [SMALL]);
  await damage(vault, pages[0] as Uint8Array);
  assert.deepEqual((await problemsOf({ vault, snapshots })).map(brief), [
    ['snapshot', 'damaged-chunk'],
    ['snapshot', 'damaged-chunk'],
  ]);
});

test('a list that two files share is told of both if it is damaged, missing or lacks a piece', async () => {
  const { content, lists, pieces } = listed();
  const page = pageOf({ one: content, two: content });
  const list = lists[0] as Uint8Array;
  const ways: readonly [string, (vault: Vault) => Promise<void>][] = [
    ['damaged-chunk', (vault) => damage(vault, list)],
    ['missing-chunk', (vault) => lose(vault, list)],
    ['missing-chunk', (vault) => lose(vault, pieces[3])],
  ];
  for (const [code, spoil] of ways) {
    const { vault, snapshots } = await twoSnapshots([page], pieces, lists);
    await spoil(vault);
    const problems = await problemsOf({ vault, snapshots: snapshots.slice(1) });
    assert.deepEqual(problems.map(brief), [
      ['snapshot', code, 'one'],
      ['snapshot', code, 'two'],
    ]);
  }
});

test('a list that is right for one file is wrong for another that claims another length of it', async () => {
  const { content, lists, pieces } = listed();
  const refs = content.refs.map((ref, i) => (i === 0 ? { ...ref, bytes: ref.bytes + 1 } : ref));
  const page = pageOf({ right: content, wrong: { depth: content.depth, refs } });
  const { vault, snapshots } = await twoSnapshots([page], pieces, lists);
  const problems = await problemsOf({ vault, snapshots: snapshots.slice(1) });
  assert.deepEqual(
    problems.map((problem) => brief(problem).at(-1)),
    ['wrong'],
  );
});

test('a hole in a file needs no chunk', async () => {
  const refs = [{ id: null, bytes: 1_000_000 }, ...ofSmall.refs];
  const { vault, snapshots } = await twoSnapshots([pageOf({ a: { depth: 0, refs } })], [SMALL]);
  assert.deepEqual(await problemsOf({ vault, snapshots }), []);
});

test('pages and lists that were found whole are not looked at again', async () => {
  const { content, lists, pieces } = listed();
  const { vault, snapshots } = await twoSnapshots([pageOf({ a: content })], pieces, lists);
  let looks = 0;
  const find = vault.find.bind(vault);
  vault.find = (id) => {
    looks++;
    return find(id);
  };
  assert.deepEqual(await problemsOf({ vault, snapshots: snapshots.slice(1) }), []);
  const ofOne = looks;
  looks = 0;
  assert.deepEqual(await problemsOf({ vault, snapshots }), []);
  // Of the second only its own record.
  assert.equal(looks, ofOne + 1);
});

test('a list that two files share is looked at once', async () => {
  const { content, lists, pieces } = listed();
  const page = pageOf({ a: content, b: content });
  const { vault, snapshots } = await twoSnapshots([page], pieces, lists);
  let looks = 0;
  const find = vault.find.bind(vault);
  vault.find = (id) => {
    looks++;
    return find(id);
  };
  assert.deepEqual(await problemsOf({ vault, snapshots: snapshots.slice(1) }), []);
  assert.equal(looks, 2 + lists.length + pieces.length);
});

test('a disk that cannot be read for another reason than damage ends the check and nothing is forgotten', async () => {
  const disk = new FaultyDisk();
  const directory = tempFolder();
  const vault = await openDirectoryVault({ directory, openFile: disk.openFile, cacheBytes: 0 });
  await appendAll(vault, [noiseRecord(1), noiseRecord(2)]);
  const before = vault.stats();
  disk.readFails = 'EMFILE';
  await assert.rejects(problemsOf({ vault, snapshots: [], readers }), { code: 'unreadable' });
  disk.readFails = null;
  assert.deepEqual(vault.stats(), before);
  await vault.close();
});

test('threads that fail end the check, and what they looked at is not taken for damaged', async () => {
  const { vault, snapshots } = await twoSnapshots([pageOf({ small: ofSmall })], [SMALL]);
  const ended = createBundlePool(1);
  await ended.close();
  const before = vault.stats();
  await assert.rejects(problemsOf({ vault, snapshots, readers: ended }), { code: 'interrupted' });
  assert.deepEqual(vault.stats(), before);
});

test('an interrupted check stops at the next record, and at the next page', async () => {
  const pages = Array.from({ length: 30 }, (_, i) => pageOf({ [`f${i}`]: ofSmall }));
  const { vault, snapshots } = await twoSnapshots(pages, [SMALL]);
  const atRecord = new AbortController();
  let progress = 0;
  const onProgress = (): void => {
    if (++progress === 2) atRecord.abort();
  };
  const reading = { vault, snapshots, readers, onProgress, signal: atRecord.signal };
  await assert.rejects(problemsOf(reading), { code: 'interrupted' });
  assert.equal(progress, 2);

  const atPage = new AbortController();
  let looks = 0;
  const find = vault.find.bind(vault);
  vault.find = (id) => {
    if (++looks === 4) atPage.abort();
    return find(id);
  };
  await assert.rejects(problemsOf({ vault, snapshots, signal: atPage.signal }), {
    code: 'interrupted',
  });
  assert.ok(looks <= 6, `${looks} looks`);
});

test('a pack under a wrong name is told once, and none of its records is forgotten for it', async () => {
  const directory = tempFolder();
  const records = Array.from({ length: 4 }, (_, i) => noiseRecord(i));
  const writer = await openDirectoryVault({ directory, packBytes: 3 * 4000 });
  await appendAll(writer, records);
  await writer.close();
  const packs = join(directory, 'packs');
  const name = readdirSync(packs, { recursive: true, encoding: 'utf8' }).find((one) =>
    /^..\/[0-9a-f]{64}\.pack$/.test(one),
  ) as string;
  const other = name.replace(/.\.pack$/, (end) => (end.startsWith('0') ? '1.pack' : '0.pack'));
  renameSync(join(packs, name), join(packs, other));
  rmSync(join(packs, name.replace('.pack', '.index')));
  const vault = await openDirectoryVault({ directory });
  const found = await problemsOf({ vault, snapshots: [], readers });
  assert.deepEqual(found.map(brief), [['record', 'damaged-chunk']]);
  for (const one of records) assert.ok(vault.has(firstId(one)));
  await vault.close();
});
