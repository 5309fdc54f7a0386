import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';

import { WantWindow, WINDOW_BYTES, WINDOW_CHUNKS } from '../../src/hub/runs/want-window.ts';
import { MAX_IDS } from '../../src/wire/wire-limits.ts';

/** An offer of chunks that nobody has. */
function offerOf(count: number, bytes: number): Parameters<WantWindow['compare']>[0] {
  const ids = new Uint8Array(randomBytes(32 * count));
  const lengths = Array.from({ length: count }, () => bytes);
  return { t: 'offer', seq: 0, kind: 'data', ids, lengths };
}

/** How many chunks of that length a hub wants of an origin that sends none of them. */
function mostWanted(bytes: number, perOffer: number): number {
  const window = new WantWindow(() => false);
  for (let chunks = 0; ; chunks += perOffer) {
    const wants = window.compare(offerOf(perOffer, bytes));
    if (!window.fits(wants)) return chunks;
    assert.ok(chunks < 10 * WINDOW_CHUNKS, 'there is no end to it');
    window.open(wants);
  }
}

test('what an origin makes the hub wait for is bounded, in bytes and, for the smallest chunks, in number', () => {
  assert.equal(mostWanted(1, MAX_IDS), WINDOW_CHUNKS);
  assert.equal(mostWanted(1024 * 1024, 8) * 1024 * 1024, WINDOW_BYTES);
});
