import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { withTables } from '../../scripts/write-wire-doc.ts';
import { BUNDLE_RECORD_BYTES } from '../../src/model/bundle.ts';
import { MESSAGE_NAMES } from '../../src/wire/messages.ts';
import * as limits from '../../src/wire/wire-limits.ts';

const document = await readFile(new URL('../../docs/spec/wire.md', import.meta.url), 'utf8');

test('wire.md shows the state tables of the code (else run scripts/write-wire-doc.ts)', () => {
  assert.equal(withTables(document), document);
});

test('wire.md describes every message', () => {
  for (const name of MESSAGE_NAMES) assert.match(document, new RegExp(`(c→h|h→c) \`${name}\``));
});

test('wire.md gives the name of the protocol', () => {
  assert.equal(/ALPN `([^`]+)`/.exec(document)?.[1], limits.WIRE_ALPN);
});

test('wire.md gives the limits of the code', () => {
  const { FRAME_PAYLOAD_BYTES, MESSAGE_BYTES, REASON_BYTES, BYTES_BEFORE_LOGIN } = limits;
  for (const limit of [
    FRAME_PAYLOAD_BYTES,
    MESSAGE_BYTES,
    REASON_BYTES,
    BUNDLE_RECORD_BYTES,
    BYTES_BEFORE_LOGIN,
    limits.MAX_WANTED_IDS,
  ]) {
    assert.ok(document.includes(limit.toLocaleString('en-US')), String(limit));
  }
});
