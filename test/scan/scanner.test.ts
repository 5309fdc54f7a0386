import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import type { ScanEvent } from '../../src/scan/protocol.ts';
import { startScan } from '../../src/scan/scanner.ts';
import { Collector } from './collector.ts';
import { diskTree, plain } from './disk-tree.ts';
import { Place } from './scan-fixture.ts';

test('a scan in its thread gives the same events, the last being done', async (t) => {
  const place = new Place(t);
  for (let i = 0; i < 500; i++) place.write(`d/${i}`, `${i}`);
  place.write('large', randomBytes(3_000_000));
  const seen = new Collector(new Map(), false);
  const kinds: string[] = [];
  const scan = startScan(place.request({}), (event) => {
    kinds.push(event.t);
    seen.emit(event);
    if (event.t === 'chunks' && event.pooled) scan.giveBack(event.arena);
  });
  const totals = await scan.done;
  assert.deepEqual(plain(seen.tree()), plain(diskTree(place.root)));
  assert.deepEqual([totals.files, totals.dirs], [501, 2]);
  assert.equal(kinds.at(-1), 'done');
});

test('no more arenas are out than allowed, and the scan goes on when they come back', async (t) => {
  const place = new Place(t);
  const large = randomBytes(40_000_000);
  place.write('large', large);
  const out: ArrayBuffer[] = [];
  let most = 0;
  let bytes = 0;
  const isFull = Promise.withResolvers<void>();
  let isHeldBack = true;
  const scan = startScan(
    { ...place.request({}), arenas: 2, expected: { files: 1, bytes: 1 } },
    (event: ScanEvent) => {
      if (event.t !== 'chunks' || !event.pooled) return;
      if (event.kind === 'data') for (const length of event.lengths) bytes += length;
      out.push(event.arena);
      most = Math.max(most, out.length);
      if (out.length === 2) isFull.resolve();
      if (!isHeldBack) for (const arena of out.splice(0)) scan.giveBack(arena);
    },
  );
  await isFull.promise;
  isHeldBack = false;
  for (const arena of out.splice(0)) scan.giveBack(arena);
  await scan.done;
  assert.equal(most, 2);
  assert.equal(bytes, large.length);
});

test('a stop ends a scan that waits for an arena', async (t) => {
  const place = new Place(t);
  place.write('large', randomBytes(30_000_000));
  let arenas = 0;
  const last: ScanEvent[] = [];
  const scan = startScan({ ...place.request({}), arenas: 2 }, (event) => {
    last[0] = event;
    if (event.t === 'chunks' && ++arenas === 2) scan.stop();
  });
  await assert.rejects(scan.done, (error) => isRbError(error, 'interrupted'));
  assert.equal(last[0]?.t, 'failed');
  scan.stop();
});

test('the estimate of a first scan comes from counting, that of a later one from what is expected', async (t) => {
  const place = new Place(t);
  place.write('f', 'content');
  for (const expected of [{ files: 7, bytes: 77 }, undefined]) {
    const totals: ScanEvent[] = [];
    const request = { ...place.request({}), ...(expected === undefined ? {} : { expected }) };
    const scan = startScan(request, (event) => {
      if (event.t === 'total') totals.push(event);
      if (event.t === 'chunks') scan.giveBack(event.arena);
    });
    await scan.done;
    assert.deepEqual(totals.at(-1), { t: 'total', files: 1, bytes: 7, final: true });
    if (expected !== undefined)
      assert.deepEqual(totals[0], { t: 'total', ...expected, final: false });
  }
});

test('a scan that cannot begin fails with the reason', async (t) => {
  const place = new Place(t);
  const request = place.request({ root: place.path('missing') });
  await assert.rejects(startScan(request, () => undefined).done, (error) =>
    isRbError(error, 'not-found'),
  );
});
