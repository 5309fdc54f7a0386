import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { RbError } from '../../src/base/errors.ts';
import { blake3 } from '../../src/base/hash.ts';
import { createBundlePool } from '../../src/chunk/bundles.ts';
import { decodeBundle, encodeBundle } from '../../src/model/bundle.ts';
import { ContentBuilder } from '../../src/model/content.ts';
import { checkVault } from '../../src/vault/check.ts';
import type { CheckOptions, CheckProblem } from '../../src/vault/check.ts';
import { MemoryVault } from '../../src/vault/memory/memory-vault.ts';
import type { SharedLease } from '../../src/base/shared-arena.ts';
import type { Place, Vault } from '../../src/vault/vault.ts';
import { brief, pageOf, problemsOf as allProblemsOf, snapshotOf } from './check-tree.ts';
import { FaultyVault } from './faulty-vault.ts';
import { appendAll, noise, recordOf } from './records.ts';
import type { TestRecord } from './records.ts';

const readers = createBundlePool(1);
after(async () => await readers.close());

type Tree = {
  readonly vault: Vault;
  readonly id: Uint8Array;
  readonly ids: Record<'small' | 'large' | 'page', Uint8Array>;
};

const SOME = treeRecords(300);

async function tree({ records, id, ids } = SOME): Promise<Tree> {
  const vault = new MemoryVault();
  await appendAll(vault, records);
  return { vault, id, ids };
}

/** A snapshot with one small file and one whose references stand in lists; of 1,500 pieces in lists of lists. */
function treeRecords(
  pieceCount: number,
): Omit<Tree, 'vault'> & { readonly records: readonly TestRecord[] } {
  const small = noise(1, 100);
  const pieces = Array.from({ length: pieceCount }, (_, i) => noise(i + 10, 40));
  const lists: Uint8Array[] = [];
  const builder = new ContentBuilder(100 * 1024 * 1024, (_id, bytes) => lists.push(bytes));
  for (const piece of pieces) builder.add(blake3(piece), piece.length);
  const page = pageOf({
    large: builder.finish(),
    small: { depth: 0, refs: [{ id: blake3(small), bytes: small.length }] },
  });
  const snapshot = snapshotOf([page]);
  const records = [
    recordOf([small]),
    ...pieces.map((piece) => recordOf([piece])),
    recordOf(lists, 'list'),
    recordOf([page], 'page'),
    recordOf([snapshot], 'snapshot'),
  ];
  const ids = {
    small: blake3(small),
    large: blake3(pieces[123] as Uint8Array),
    page: blake3(page),
  };
  return { records, id: blake3(snapshot), ids };
}

async function problemsOf(
  { vault, id }: Pick<Tree, 'vault' | 'id'>,
  more: Partial<CheckOptions> = {},
): Promise<CheckProblem[]> {
  return await allProblemsOf({ vault, snapshots: [id], ...more });
}

function flipLastByte({ bytes: record }: SharedLease): void {
  record[record.length - 1] = (record.at(-1) as number) ^ 1;
}

test('a whole vault has no problems, and progress reaches the end', async () => {
  const subject = await tree();
  let last = { readBytes: 0, snapshots: 0 };
  const onProgress: CheckOptions['onProgress'] = (progress) => {
    last = progress;
  };
  assert.deepEqual(await problemsOf(subject, { readers, onProgress }), []);
  assert.deepEqual(last, { readBytes: subject.vault.stats().storedBytes, snapshots: 1 });
});

for (const which of ['small', 'large'] as const) {
  test(`a missing chunk of a ${which} file is told with the file's path`, async () => {
    const subject = await tree(treeRecords(1500));
    await subject.vault.forget(subject.vault.find(subject.ids[which]) as Place);
    const problems = await problemsOf(subject);
    assert.deepEqual(problems.map(brief), [['snapshot', 'missing-chunk', which]]);
    assert.deepEqual(problems[0]?.of === 'snapshot' && problems[0].snapshot, subject.id);
  });
}

test('a missing page and a missing snapshot record are told', async () => {
  const subject = await tree();
  await subject.vault.forget(subject.vault.find(subject.ids.page) as Place);
  const [page] = await problemsOf(subject);
  const [record] = await problemsOf({ ...subject, id: new Uint8Array(32) });
  const whys = [page, record].map((problem) => problem?.of === 'snapshot' && problem.why);
  assert.deepEqual(whys, ['a page of its tree: it is missing', 'its record: it is missing']);
});

test('a damaged record is told, with the file that needs it, and forgotten when all was told', async () => {
  const { vault, id, ids } = await tree();
  flipLastByte(await vault.read(vault.find(ids.small) as Place));
  const problems: CheckProblem[] = [];
  for await (const problem of checkVault({ vault, snapshots: [id], readers })) {
    assert.equal(vault.has(ids.small), true);
    problems.push(problem);
  }
  assert.deepEqual(problems.map(brief), [
    ['record', 'damaged-chunk'],
    ['snapshot', 'damaged-chunk', 'small'],
  ]);
  assert.equal(vault.has(ids.small), false);
});

test('a damaged page is found, and forgotten, without reading the data', async () => {
  const subject = await tree();
  const { vault, ids } = subject;
  flipLastByte(await vault.read(vault.find(ids.page) as Place));
  assert.deepEqual((await problemsOf(subject)).map(brief), [['snapshot', 'damaged-chunk']]);
  assert.equal(vault.has(ids.page), false);
});

test('a chunk whose bytes do not have its id is found when the data is read', async () => {
  const subject = await tree();
  const { vault, ids } = subject;
  await vault.forget(vault.find(ids.small) as Place);
  const table = [{ id: ids.small, bytes: 100 }];
  const record = encodeBundle('data', 'stored', table, noise(2, 100));
  await vault.append(record, decodeBundle(record));
  assert.deepEqual(await problemsOf(subject), []);
  assert.deepEqual((await problemsOf(subject, { readers })).map(brief), [
    ['record', 'damaged-chunk'],
    ['snapshot', 'damaged-chunk', 'small'],
  ]);
});

test('a reading that fails for a reason other than damage ends the check and forgets nothing', async () => {
  const subject = await tree();
  const vault = new FaultyVault(subject.vault);
  const { chunks } = vault.stats();
  vault.failAfter('read', 1, new RbError('unreadable', 'Too many open files.', { retry: true }));
  await assert.rejects(problemsOf({ ...subject, vault }), { code: 'unreadable' });
  assert.equal(vault.stats().chunks, chunks);
});

test('an interrupted check says so and forgets nothing', async () => {
  const subject = await tree();
  const { vault, ids } = subject;
  flipLastByte(await vault.read(vault.find(ids.small) as Place));
  const stop = new AbortController();
  const onProgress: CheckOptions['onProgress'] = ({ snapshots }) => {
    if (snapshots === 0) stop.abort();
  };
  for (const more of [{ signal: AbortSignal.abort() }, { signal: stop.signal, onProgress }])
    await assert.rejects(problemsOf(subject, { readers, ...more }), { code: 'interrupted' });
  assert.equal(vault.has(ids.small), true);
});
