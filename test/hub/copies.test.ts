import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Copies } from '../../src/hub/copies.ts';
import { decodeMessage, encodeMessage } from '../../src/wire/codec.ts';
import { MAX_COPIES } from '../../src/wire/wire-limits.ts';

function holder(number: number): { destination: Uint8Array; name: string } {
  const destination = new Uint8Array(16);
  new DataView(destination.buffer).setUint32(0, number);
  return { destination, name: 'n'.repeat(255) };
}

const PLACE = { fileBytes: 0, fileTotal: 0, bytes: 1, total: 2, files: 0, filesTotal: 0 };

test('however long the names of files and the messages are, the origin hears of every copy', () => {
  const copies = new Copies();
  const file = new Uint8Array(32_768).fill(0x61);
  for (let number = 0; number < MAX_COPIES; number++) {
    copies.at(holder(number), { t: 'at', phase: 'receiving', file, ...PLACE }, false);
    if (number % 3 === 0) copies.failed(holder(number), '\u4e00'.repeat(1000));
  }
  copies.verified(holder(7), 5);
  const message = decodeMessage(encodeMessage({ t: 'copies', copies: copies.list() }));
  assert.ok(message.t === 'copies');
  assert.equal(message.copies.length, MAX_COPIES);
  assert.equal(message.copies.filter(({ state }) => state === 'verified').length, 1);
  assert.deepEqual(message.copies[0]?.message, '\u4e00'.repeat(1000));
});
