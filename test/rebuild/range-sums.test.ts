import assert from 'node:assert/strict';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';

import { blake3 } from '../../src/base/hash.ts';
import { rangeSums } from '../../src/rebuild/range-sums.ts';
import type { FileRange } from '../../src/rebuild/range-sums.ts';
import { run } from './fake-hub.ts';
import { scan } from './source-tree.ts';
import type { Hub } from './source-tree.ts';

const NONCE = Uint8Array.from({ length: 16 }, (_, i) => i);
const LONG = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) & 255));

let base = '';
let copy = '';
let snapshot: Uint8Array = new Uint8Array(0);

/** A destination that holds a tree of some files. */
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'range-sums-'));
  const origin = join(base, 'origin');
  copy = join(base, 'copy');
  mkdirSync(join(origin, 'sub/deep'), { recursive: true });
  writeFileSync(join(origin, 'long'), LONG);
  writeFileSync(join(origin, 'sub/deep/file'), 'in the deep');
  writeFileSync(join(origin, 'sub/empty'), '');
  symlinkSync('long', join(origin, 'link'));
  const sparse = openSync(join(origin, 'sparse'), 'w');
  truncateSync(join(origin, 'sparse'), 100_000);
  closeSync(sparse);
  const hub: Hub = { chunks: new Map() };
  const scanned = scan(hub, origin);
  const { end } = run(hub, copy, scanned);
  assert.ok(end?.t === 'done' && end.verified);
  snapshot = scanned.snapshot;
  writeFileSync(join(base, 'secret'), 'a file that is not in the tree');
  writeFileSync(join(copy, 'own'), 'a file of the owner');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function range(path: string, offset: number, bytes: number): FileRange {
  return { path: Buffer.from(path), offset, bytes };
}

async function sums(
  ranges: readonly FileRange[],
  of: Uint8Array = snapshot,
  isOver: () => boolean = () => false,
): Promise<(Uint8Array | null)[] | null> {
  const where = { root: Buffer.from(copy), stateDir: `${copy}.state` };
  return await rangeSums({ ...where, snapshot: of, nonce: NONCE, ranges }, isOver);
}

function sumOf(bytes: Uint8Array): Uint8Array {
  return blake3(Buffer.concat([NONCE, bytes]));
}

test('pieces come to the sum of the nonce and what is on the disk, in the order that was asked', async () => {
  const answer = await sums([
    range('sub/empty', 0, 0),
    range('long', 0, 300_000),
    range('sub/deep/file', 3, 3),
    range('long', 299_999, 1),
    range('sparse', 10, 5),
  ]);
  assert.deepEqual(answer, [
    sumOf(new Uint8Array(0)),
    sumOf(LONG),
    sumOf(Buffer.from('the')),
    sumOf(LONG.subarray(299_999)),
    sumOf(new Uint8Array(5)),
  ]);
});

test('nothing is told of files that are not in the tree, and nothing beyond the end of one', async () => {
  const answer = await sums([
    range('../secret', 0, 5),
    range('own', 0, 5),
    range(join(base, 'secret'), 0, 5),
    range('sub/../long', 0, 5),
    range('./long', 0, 5),
    range('long/', 0, 5),
    range('', 0, 0),
    range('sub', 0, 0),
    range('link', 0, 4),
    range('long', 300_000, 1),
    range('long', 1, 300_000),
    range('long', Number.MAX_SAFE_INTEGER, 1),
    range('no such file', 0, 1),
  ]);
  assert.deepEqual(
    answer,
    Array.from({ length: 13 }, () => null),
  );
});

test('what was changed, cut, grown, removed or is of another kind now is not right any more', async () => {
  const [path, text] = [join(copy, 'sub/deep/file'), 'in the deep'];
  const ask = async (): Promise<Uint8Array | null | undefined> =>
    (await sums([range('sub/deep/file', 0, text.length)]))?.[0];
  const right = sumOf(Buffer.from(text));
  assert.deepEqual(await ask(), right);
  writeFileSync(path, 'in the deeq');
  assert.notDeepEqual(await ask(), right);
  for (const [what, change] of [
    ['cut', () => writeFileSync(path, 'in the')],
    ['grown', () => writeFileSync(path, 'in the deep sea')],
    ['gone', () => rmSync(path)],
    ['a folder', () => mkdirSync(path)],
  ] as const) {
    change();
    assert.equal(await ask(), null, what);
  }
});

test('a link in the place of a file or of a folder is not followed out of the tree', async () => {
  const outside = join(base, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'file'), 'in the deep');
  rmSync(join(copy, 'long'));
  writeFileSync(join(base, 'as-long'), LONG);
  symlinkSync(join(base, 'as-long'), join(copy, 'long'));
  renameSync(join(copy, 'sub/deep'), join(base, 'moved'));
  symlinkSync(outside, join(copy, 'sub/deep'));
  const answer = await sums([range('long', 0, 10), range('sub/deep/file', 0, 11)]);
  assert.deepEqual(answer, [null, null]);
});

test('of a folder that is gone all is wrong; of another snapshot, or too late, nothing is said', async () => {
  assert.equal(await sums([range('long', 0, 1)], new Uint8Array(32)), null);
  let looks = 0;
  assert.equal(await sums([range('long', 0, 1)], snapshot, () => ++looks > 1), null);
  renameSync(copy, `${copy}-away`);
  assert.deepEqual(await sums([range('long', 0, 1), range('sub/empty', 0, 0)]), [null, null]);
  const state = readFileSync(`${copy}.state/state`);
  state[state.length - 40] = (state.at(-40) as number) ^ 1;
  writeFileSync(`${copy}.state/state`, state);
  await assert.rejects(sums([range('sub/empty', 0, 0)]), { code: 'damaged-state' });
});
