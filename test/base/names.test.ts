import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { escapeName, escapeText } from '../../src/base/names.ts';

// eslint-disable-next-line no-control-regex
const DANGEROUS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffd]/u;

/** Undoes the escaping, independently of how it was done. */
function unescape(shown: string): Buffer {
  const short: Record<string, number> = { n: 10, r: 13, t: 9, '\\': 0x5c };
  const parts: Buffer[] = [];
  for (const [part, named, hexDigits] of shown.matchAll(/\\([nrt\\])|\\x([0-9a-f]{2})|[^\\]+/gu)) {
    if (named !== undefined) parts.push(Buffer.from([short[named] ?? 0]));
    else if (hexDigits !== undefined) parts.push(Buffer.from(hexDigits, 'hex'));
    else parts.push(Buffer.from(part));
  }
  return Buffer.concat(parts);
}

test('plain names of any script stay as they are', () => {
  for (const name of [
    'a.txt',
    'Ärger & Söhne',
    '日本語',
    'naïve — “x”',
    '😀',
    ' leading',
    "it's",
  ]) {
    assert.equal(escapeName(name), name);
    assert.equal(escapeName(Buffer.from(name)), name);
  }
});

test('what could move the cursor, hide text or change its direction is shown as bytes', () => {
  assert.equal(escapeName('a\u001b[31mred'), 'a\\x1b[31mred');
  assert.equal(escapeName('two\nlines\ttab\rback'), 'two\\nlines\\ttab\\rback');
  assert.equal(escapeName('\u009b2J'), '\\xc2\\x9b2J');
  assert.equal(escapeName('gpj.\u202eexe'), 'gpj.\\xe2\\x80\\xaeexe');
  assert.equal(escapeName('a\u200bb\u{e0041}'), 'a\\xe2\\x80\\x8bb\\xf3\\xa0\\x81\\x81');
  assert.equal(escapeName('back\\slash'), 'back\\\\slash');
});

test('bytes that are no UTF-8 are shown one by one, the text around them stays', () => {
  assert.equal(escapeName(Buffer.from('caf\xe9', 'latin1')), 'caf\\xe9');
  assert.equal(escapeName(Buffer.from('61c3b1ffe282', 'hex')), 'añ\\xff\\xe2\\x82');
  // An overlong slash, a surrogate, and a point beyond Unicode.
  assert.equal(escapeName(Buffer.from('c0af', 'hex')), '\\xc0\\xaf');
  assert.equal(escapeName(Buffer.from('eda080', 'hex')), '\\xed\\xa0\\x80');
  assert.equal(escapeName(Buffer.from('f4908080', 'hex')), '\\xf4\\x90\\x80\\x80');
  assert.equal(escapeName('lone \ud800'), 'lone \\ud800');
});

test('no bytes at all get anything dangerous through', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      assert.doesNotMatch(escapeName(bytes), DANGEROUS);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test('no text at all gets anything dangerous through', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      assert.doesNotMatch(escapeName(text).replaceAll('\ufffd', ''), DANGEROUS);
    }),
    { seed: 2, numRuns: 2000 },
  );
});

test('different names are shown differently: escaping can be undone', () => {
  const chunk = fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc.string().map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(fc.array(chunk), (chunks) => {
      const name = Buffer.concat(chunks);
      // U+FFFD itself is a valid character and stays.
      assert.deepEqual(unescape(escapeName(name)), name);
    }),
    { seed: 3, numRuns: 2000 },
  );
});

test('a sentence is escaped as a name is, but names in it that are escaped already stay so', () => {
  assert.equal(
    escapeText("The path '\\x1b[31m\\\\' is \u001b]0;new\u0007\u202e."),
    "The path '\\x1b[31m\\\\' is \\x1b]0;new\\x07\\xe2\\x80\\xae.",
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) =>
      assert.doesNotMatch(escapeText(escapeName(text)), DANGEROUS),
    ),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) =>
      assert.equal(escapeText(escapeName(text)), escapeName(text)),
    ),
  );
});
