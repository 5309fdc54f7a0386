import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RbError } from '../../src/base/errors.ts';
import { blake3 } from '../../src/base/hash.ts';
import { ContentBuilder } from '../../src/model/content.ts';
import type { Content, Entry } from '../../src/model/entry.ts';
import { EMPTY_CONTENT, NO_BYTES, NO_XATTRS } from '../../src/model/entry.ts';
import { PageBuilder } from '../../src/model/page.ts';
import { encodeSnapshot } from '../../src/model/snapshot.ts';
import { checkVault } from '../../src/vault/check.ts';
import type { CheckProblem } from '../../src/vault/check.ts';
import { MemoryVault } from '../../src/vault/memory/memory-vault.ts';
import type { Place, Vault } from '../../src/vault/vault.ts';
import { FaultyVault } from './faulty-vault.ts';
import { appendAll, noise, recordOf, unpackStored } from './records.ts';

const KEY = { user: 'ana', host: 'pc', set: 'home' };
const OWNER = { uid: 0, gid: 0, user: '', group: '' };

function entry(path: string, kind: Entry['kind'], content: Content = EMPTY_CONTENT): Entry {
  const size = content.refs.reduce((sum, ref) => sum + ref.bytes, 0);
  const base = { kind, mode: 0o644, owner: OWNER, mtimeSec: 1, mtimeNsec: 0, size, content };
  return { path: Buffer.from(path), ...base, target: NO_BYTES, linkGroup: 0, xattrs: NO_XATTRS };
}

type Tree = {
  readonly vault: Vault;
  readonly id: Uint8Array;
  readonly ids: Record<'small' | 'large' | 'page', Uint8Array>;
};

/** A snapshot with one small file and one whose references stand in lists. */
async function tree(): Promise<Tree> {
  const vault = new MemoryVault();
  const small = noise(1, 100);
  const pieces = Array.from({ length: 3000 }, (_, i) => noise(i + 10, 40));
  const lists: Uint8Array[] = [];
  const builder = new ContentBuilder(100 * 1024 * 1024, (_id, bytes) => lists.push(bytes));
  for (const piece of pieces) builder.add(blake3(piece), piece.length);
  const pages = new PageBuilder();
  pages.add(entry('', 'dir'));
  pages.add(entry('large', 'file', builder.finish()));
  pages.add(
    entry('small', 'file', { depth: 0, refs: [{ id: blake3(small), bytes: small.length }] }),
  );
  const page = pages.take();
  const counts = { files: 2, dirs: 1, bytes: 120_100, skipped: 0 };
  const about = {
    key: KEY,
    timeMs: 5,
    previous: null,
    sourcePath: NO_BYTES,
    recursive: true,
    deleted: true,
  };
  const snapshot = encodeSnapshot({ ...about, ...counts, pages: [blake3(page)] });
  const records = [
    recordOf([small]),
    ...pieces.map((piece) => recordOf([piece])),
    recordOf(lists, 'list'),
    recordOf([page], 'page'),
    recordOf([snapshot], 'snapshot'),
  ];
  await appendAll(vault, records);
  const ids = {
    small: blake3(small),
    large: blake3(pieces[1234] as Uint8Array),
    page: blake3(page),
  };
  return { vault, id: blake3(snapshot), ids };
}

async function problemsOf({ vault, id }: Tree, readData: boolean = false): Promise<CheckProblem[]> {
  const snapshots = [{ id, key: KEY }];
  return checkVault({ vault, snapshots, readData, unpack: unpackStored });
}

test('a whole vault has no problems, and progress reaches the end', async () => {
  const { vault, id } = await tree();
  let last = { phase: '', doneBytes: 0, totalBytes: -1, snapshots: 0 };
  const problems = await checkVault({
    vault,
    snapshots: [{ id, key: KEY }],
    readData: true,
    unpack: unpackStored,
    onProgress: (progress) => {
      last = progress;
    },
  });
  assert.deepEqual(problems, []);
  assert.equal(last.phase, 'snapshots');
  assert.equal(last.doneBytes, last.totalBytes);
  assert.equal(last.snapshots, 1);
});

for (const [which, path] of [
  ['small', 'small'],
  ['large', 'large'],
] as const) {
  test(`a missing chunk of a ${which} file is told with the file's path`, async () => {
    const subject = await tree();
    await subject.vault.forget(subject.vault.find(subject.ids[which]) as Place);
    const problems = await problemsOf(subject);
    assert.equal(problems.length, 1);
    assert.equal(problems[0]?.code, 'missing-chunk');
    assert.deepEqual(problems[0]?.snapshot, subject.id);
    assert.equal(Buffer.from(problems[0]?.path ?? []).toString(), path);
  });
}

test('a missing page and a missing snapshot record are told', async () => {
  const subject = await tree();
  await subject.vault.forget(subject.vault.find(subject.ids.page) as Place);
  assert.equal((await problemsOf(subject))[0]?.code, 'missing-chunk');
  const [problem] = await problemsOf({ ...subject, id: new Uint8Array(32) });
  assert.match(problem?.message ?? '', /record of the snapshot ana@pc:home/);
});

test('a damaged record is told, forgotten, and the file that needs it too', async () => {
  const subject = await tree();
  const place = subject.vault.find(subject.ids.small) as Place;
  const record = await subject.vault.read(place);
  record[record.length - 1] = (record.at(-1) as number) ^ 1;
  const problems = await problemsOf(subject);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['damaged-chunk', 'missing-chunk'],
  );
  assert.equal(subject.vault.has(subject.ids.small), false);
});

test('a chunk whose bytes do not have its id is found when the data is read', async () => {
  const subject = await tree();
  const { small } = subject.ids;
  const wrong = await subject.vault.read(subject.vault.find(small) as Place);
  const unpack: typeof unpackStored = async (record) => {
    if (record === wrong) throw new RbError('damaged-chunk', 'A wrong id.');
    return unpackStored(record);
  };
  const options = { vault: subject.vault, snapshots: [{ id: subject.id, key: KEY }], unpack };
  assert.deepEqual(await checkVault({ ...options, readData: false }), []);
  assert.equal((await checkVault({ ...options, readData: true })).length, 2);
});

test('a reading that fails for a reason other than damage ends the check and forgets nothing', async () => {
  const subject = await tree();
  const vault = new FaultyVault(subject.vault);
  const { chunks } = vault.stats();
  vault.failAfter('read', 1, new RbError('unreadable', 'Too many open files.', { retry: true }));
  await assert.rejects(problemsOf({ ...subject, vault }), { code: 'unreadable' });
  assert.equal(vault.stats().chunks, chunks);
});

test('an interrupted check says so', async () => {
  const { vault, id } = await tree();
  const options = { vault, snapshots: [{ id, key: KEY }], readData: false, unpack: unpackStored };
  await assert.rejects(checkVault({ ...options, signal: AbortSignal.abort() }), {
    code: 'interrupted',
  });
});
