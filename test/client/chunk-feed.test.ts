import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import { blake3 } from '../../src/base/hash.ts';
import { leaseCopy, SharedArena, viewOf } from '../../src/base/shared-arena.ts';
import type { SharedRange } from '../../src/base/shared-arena.ts';
import type { ChunkTable } from '../../src/chunk/bundle-jobs.ts';
import { createBundlePool } from '../../src/chunk/bundles.ts';
import { compress } from '../../src/chunk/compress.ts';
import { ChunkFeed } from '../../src/client/chunk-feed.ts';
import { encodeBundle } from '../../src/model/bundle.ts';
import type { RebuildHandle } from '../../src/rebuild/rebuilder.ts';
import type { Stream } from '../../src/transport/transport.ts';

const MIB = 1024 * 1024;
const pool = createBundlePool(1);
after(() => pool.close());

type Lent = { readonly plain: SharedRange; readonly table: ChunkTable; readonly taken: () => void };

/** A feed whose rebuild keeps what it is lent until the test says that it is taken. */
function scene(): {
  feed: ChunkFeed;
  arena: SharedArena;
  /** Resolves with what is handed over next. */
  lent: () => Promise<Lent>;
  failed: Promise<unknown>;
} {
  const arena = new SharedArena(64 * MIB);
  const here: Lent[] = [];
  const waiting: ((lent: Lent) => void)[] = [];
  const failed = Promise.withResolvers<unknown>();
  const rebuild = {
    chunks: (plain: SharedRange, table: ChunkTable, taken: () => void) => {
      const lent = { plain, table, taken };
      const next = waiting.shift();
      if (next === undefined) here.push(lent);
      else next(lent);
    },
  } as unknown as RebuildHandle;
  const stream = { send: () => Promise.resolve() } as unknown as Stream;
  const feed = new ChunkFeed(stream, rebuild, { pool, arena, fail: failed.resolve });
  feed.want('data', new Uint8Array(32 * 8));
  const lent = async (): Promise<Lent> =>
    here.shift() ?? (await new Promise((resolve) => waiting.push(resolve)));
  return { feed, arena, lent, failed: failed.promise };
}

function recordOf(codec: 'stored' | 'zstd', pieces: readonly Uint8Array[]): Uint8Array {
  const chunks = pieces.map((piece) => ({ id: blake3(piece), bytes: piece.length }));
  const plain = Buffer.concat(pieces);
  const body = codec === 'zstd' ? (compress(plain) as Uint8Array) : plain;
  return encodeBundle('data', codec, chunks, body);
}

const pieces = [Buffer.alloc(5000, 'a'), Buffer.alloc(300, 'b')];

for (const codec of ['stored', 'zstd'] as const) {
  test(`a ${codec} bundle is handed over checked, and all its memory is free once it was taken`, async () => {
    const { feed, arena, lent } = scene();
    const record = recordOf(codec, pieces);
    await feed.bundle(leaseCopy(record, arena));
    const { plain, table, taken } = await lent();
    assert.ok(Buffer.concat(pieces).equals(viewOf(plain)));
    assert.deepEqual([...table.lengths], [5000, 300]);
    // The compressed one isn't needed any more, the other still lies in its record.
    assert.equal(arena.usedBytes, 8192);
    taken();
    assert.equal(arena.usedBytes, 0);
    assert.equal(feed.receivedBytes, record.length);
  });

  test(`a damaged ${codec} bundle ends the transfer and holds no memory`, async () => {
    const { feed, arena, failed } = scene();
    const record = recordOf(codec, pieces);
    record[record.length - 5] = (record[record.length - 5] as number) ^ 1;
    await feed.bundle(leaseCopy(record, arena));
    assert.ok(isRbError(await failed, 'damaged-chunk'));
    assert.equal(arena.usedBytes, 0);
  });
}

test('a bundle that nobody can have asked for is refused, and its memory is free', async () => {
  const { feed, arena, lent } = scene();
  const record = recordOf('stored', pieces);
  for (let i = 0; i < 8; i++) {
    await feed.bundle(leaseCopy(record, arena));
    (await lent()).taken();
  }
  await assert.rejects(feed.bundle(leaseCopy(record, arena)), { code: 'protocol' });
  assert.equal(arena.usedBytes, 0);
});

test('no more bundles are taken than fit in hand until some were written', async () => {
  const { feed, arena, lent } = scene();
  const record = recordOf('zstd', [Buffer.alloc(4 * MIB, 1), Buffer.alloc(4 * MIB, 2)]);
  for (let i = 0; i < 4; i++) await feed.bundle(leaseCopy(record, arena));
  let isTaken = false;
  const fifth = feed.bundle(leaseCopy(record, arena)).then(() => (isTaken = true));
  const all = [await lent(), await lent(), await lent(), await lent(), await lent()];
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isTaken, false);
  all.pop()?.taken();
  await fifth;
  for (const { taken } of all) taken();
  assert.equal(arena.usedBytes, 0);
});
