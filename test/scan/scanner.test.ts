import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import type { ScanEvent } from '../../src/scan/protocol.ts';
import { startScan } from '../../src/scan/scanner.ts';
import type { SharedLease } from '../../src/base/shared-arena.ts';
import { Collector } from './collector.ts';
import { diskTree, plain } from './disk-tree.ts';
import { Place } from './scan-fixture.ts';

const MEMORY_BYTES = 10 * 1024 * 1024;

test('a scan in its thread gives the same events, the last being done', async (t) => {
  const place = new Place(t);
  for (let i = 0; i < 500; i++) place.write(`d/${i}`, `${i}`);
  place.write('large', randomBytes(3_000_000));
  const seen = new Collector(new Map(), false);
  const kinds: string[] = [];
  const scan = startScan(place.request({}), (event) => {
    kinds.push(event.t);
    seen.emit(event);
  });
  const totals = await scan.done;
  assert.deepEqual(plain(seen.tree()), plain(diskTree(place.root)));
  assert.deepEqual([totals.files, totals.dirs], [501, 2]);
  assert.equal(kinds.at(-1), 'done');
});

test('no more memory is out than there is, and the scan goes on when some comes back', async (t) => {
  const place = new Place(t);
  const large = randomBytes(40_000_000);
  place.write('large', large);
  const out: SharedLease[] = [];
  let most = 0;
  let bytes = 0;
  let isHeldBack = true;
  const isFull = Promise.withResolvers<void>();
  const scan = startScan(
    { ...place.request({}), memoryBytes: MEMORY_BYTES, expected: { files: 1, bytes: 1 } },
    (event: ScanEvent) => {
      if (event.t !== 'chunks') return;
      if (event.kind === 'data') for (const length of event.lengths) bytes += length;
      out.push(event.room);
      let held = 0;
      for (const room of out) held += room.bytes.length;
      most = Math.max(most, held);
      // A room of the longest chunk may not fit any more.
      if (held > MEMORY_BYTES - 5_000_000) isFull.resolve();
      if (!isHeldBack) for (const room of out.splice(0)) room.release();
    },
  );
  await isFull.promise;
  isHeldBack = false;
  for (const room of out.splice(0)) room.release();
  await scan.done;
  assert.ok(most <= MEMORY_BYTES);
  assert.equal(bytes, large.length);
});

test('memory that comes back in part is used again', async (t) => {
  const place = new Place(t);
  place.write('a', randomBytes(8_000_000));
  for (let i = 100; i < 250; i++) place.write(`b${i}`, randomBytes(100_000));
  const kept: { readonly from: number; readonly to: number; readonly bytes: Uint8Array }[] = [];
  let reused = 0;
  // Each chunk has a room of its own; the scan has to wait before it comes to its end.
  const request = { ...place.request({}), memoryBytes: 16 * 1024 * 1024, bundleBytes: 1 };
  const scan = startScan(request, (event) => {
    if (event.t !== 'chunks') return;
    const { memory, at, length } = event.room.range;
    if (event.kind !== 'data' || length < 200_000) {
      if (kept.some(({ from, to }) => at > from && at < to)) reused++;
      event.room.bytes.fill(0);
      event.room.release();
    } else {
      const { bytes } = event.room.narrow({ memory, at, length: 1000 });
      bytes.fill(kept.length + 1);
      kept.push({ from: at, to: at + length, bytes });
    }
  });
  await scan.done;
  assert.ok(reused > 0);
  // What was kept was nobody else's.
  for (const [i, { bytes }] of kept.entries()) assert.ok(bytes.every((byte) => byte === i + 1));
});

test('a stop ends a scan that waits for memory', async (t) => {
  const place = new Place(t);
  place.write('large', randomBytes(30_000_000));
  const last: ScanEvent[] = [];
  const scan = startScan({ ...place.request({}), memoryBytes: MEMORY_BYTES }, (event) => {
    last[0] = event;
    if (event.t === 'chunks') scan.stop();
  });
  await assert.rejects(scan.done, (error) => isRbError(error, 'interrupted'));
  assert.equal(last[0]?.t, 'failed');
  scan.stop();
});

test('the estimate of a first scan comes from counting', async (t) => {
  const place = new Place(t);
  place.write('d/f', 'content');
  place.write('large', randomBytes(30_000_000));
  const counted = Promise.withResolvers<ScanEvent>();
  const scan = startScan(
    { ...place.request({}), memoryBytes: MEMORY_BYTES, countAfterMs: 0 },
    (event) => {
      // No room is given back: the scan itself waits.
      if (event.t === 'total') counted.resolve(event);
    },
  );
  assert.deepEqual(await counted.promise, {
    t: 'total',
    files: 2,
    bytes: 30_000_007,
    final: false,
  });
  scan.stop();
  await assert.rejects(scan.done);
});

test('the estimate of a later scan comes from what is expected', async (t) => {
  const place = new Place(t);
  place.write('f', 'content');
  const totals: ScanEvent[] = [];
  const expected = { files: 7, bytes: 77 };
  const scan = startScan({ ...place.request({}), expected, countAfterMs: 0 }, (event) => {
    if (event.t === 'total') totals.push(event);
    if (event.t === 'chunks') event.room.release();
  });
  await scan.done;
  assert.deepEqual(totals, [
    { t: 'total', ...expected, final: false },
    { t: 'total', files: 1, bytes: 7, final: true },
  ]);
});

test('a scan that cannot begin fails with the reason', async (t) => {
  const place = new Place(t);
  const request = place.request({ root: place.path('missing') });
  await assert.rejects(startScan(request, () => undefined).done, (error) =>
    isRbError(error, 'not-found'),
  );
});
