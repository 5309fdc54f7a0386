import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { blake3 } from '../../src/base/hash.ts';
import { SharedArena } from '../../src/base/shared-arena.ts';
import type { SharedLease } from '../../src/base/shared-arena.ts';
import { openBundle } from '../../src/chunk/bundle-jobs.ts';
import { createBundlePool } from '../../src/chunk/bundles.ts';
import { Outbox } from '../../src/client/backup/outbox.ts';
import { bodyOffset } from '../../src/model/bundle.ts';
import type { ScanChunks } from '../../src/scan/protocol.ts';
import type { Stream } from '../../src/transport/transport.ts';
import type { Message } from '../../src/wire/messages.ts';

const pool = createBundlePool(2);
after(() => pool.close());

type Sent = Message | { readonly t: 'bundle'; readonly texts: readonly string[] };

/** What was sent, in order; bundles as the texts of their chunks. */
function fakeStream(sent: Sent[]): Stream {
  return {
    send: (message: Message) => Promise.resolve(void sent.push(message)),
    sendBundle: (record: SharedLease) => {
      const { plain, chunks } = openBundle(record.bytes);
      const texts = Array.from(chunks.offsets, (at, i) =>
        Buffer.from(plain.slice(at, at + (chunks.lengths[i] as number))).toString(),
      );
      record.release();
      return Promise.resolve(void sent.push({ t: 'bundle', texts }));
    },
  } as unknown as Stream;
}

function chunksOf(arena: SharedArena, texts: readonly string[]): ScanChunks {
  const head = bodyOffset(texts.length);
  const room = arena.take(head + texts.join('').length);
  const offsets = new Uint32Array(texts.length);
  let at = head;
  for (const [i, text] of texts.entries()) {
    offsets[i] = at;
    room.bytes.set(Buffer.from(text), at);
    at += text.length;
  }
  const ids = Buffer.concat(texts.map((text) => blake3(Buffer.from(text))));
  const lengths = Uint32Array.from(texts, ({ length }) => length);
  return { t: 'chunks', kind: 'data', room, ids: Uint8Array.from(ids), offsets, lengths };
}

type Scene = { readonly sent: Sent[]; readonly arena: SharedArena; readonly outbox: Outbox };

function scene(dryRun: boolean): Scene {
  const sent: Sent[] = [];
  const fail = (error: unknown): never => assert.fail(String(error));
  const outbox = new Outbox({ stream: fakeStream(sent), pool, dryRun, fail });
  return { sent, arena: new SharedArena(1024 * 1024), outbox };
}

const page = { t: 'page', id: new Uint8Array(32) } as const;

test('of what is offered the wanted chunks are sent, in order, and pages behind them', async () => {
  const { sent, arena, outbox } = scene(false);
  outbox.chunks(chunksOf(arena, ['one', 'two', 'three', 'four']));
  outbox.item(page);
  outbox.chunks(chunksOf(arena, ['five']));
  outbox.chunks(chunksOf(arena, ['six', 'seven']));
  // The answers may come in another order than the offers.
  outbox.want({ t: 'want', seq: 2, bits: Uint8Array.of(0b11) });
  outbox.want({ t: 'want', seq: 1, bits: Uint8Array.of(0) });
  outbox.want({ t: 'want', seq: 0, bits: Uint8Array.of(0b1010) });
  await outbox.drained();
  assert.deepEqual(
    sent.filter(({ t }) => t !== 'offer'),
    [{ t: 'bundle', texts: ['two', 'four'] }, page, { t: 'bundle', texts: ['six', 'seven'] }],
  );
  assert.equal(sent.filter(({ t }) => t === 'offer').length, 3);
  assert.deepEqual([outbox.wantedChunks, outbox.wantedBytes], [4, 15]);
  assert.equal(arena.usedBytes, 0);
});

test('a dry run counts, sends nothing, and gives the memory back', async () => {
  const { sent, arena, outbox } = scene(true);
  outbox.chunks(chunksOf(arena, ['one', 'two']));
  outbox.item(page);
  outbox.want({ t: 'want', seq: 0, bits: Uint8Array.of(0b10) });
  await outbox.drained();
  assert.deepEqual(
    sent.map(({ t }) => t),
    ['offer'],
  );
  assert.deepEqual([outbox.wantedChunks, outbox.wantedBytes], [1, 3]);
  assert.equal(arena.usedBytes, 0);
});

test('an answer to an offer that was not made is refused', () => {
  const { outbox } = scene(false);
  assert.throws(() => outbox.want({ t: 'want', seq: 0, bits: Uint8Array.of(1) }), /not made/);
});
