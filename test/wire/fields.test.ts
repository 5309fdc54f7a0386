import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as v from 'valibot';

import { LIMITS } from '../../src/model/limits.ts';
import * as fields from '../../src/wire/fields.ts';
import type { Field } from '../../src/wire/fields.ts';
import { MAX_IDS } from '../../src/wire/wire-limits.ts';

const bytes = (length: number): Uint8Array => new Uint8Array(length);
const many = (length: number, one: unknown): unknown[] => Array.from({ length }, () => one);

/** What each kind of field takes at its bounds, and what beyond them it refuses. */
const BOUNDS: Readonly<
  Record<string, { field: Field<unknown>; takes: unknown[]; refuses: unknown[] }>
> = {
  'bytes of a length': {
    field: fields.bytesOf(3),
    takes: [bytes(3)],
    refuses: [bytes(2), bytes(4), 'abc', [1, 2, 3], null],
  },
  'bytes up to a length': {
    field: fields.bytesUpTo(3),
    takes: [bytes(0), bytes(3)],
    refuses: [bytes(4), '', [], null],
  },
  'text up to a length': {
    field: fields.textUpTo(4),
    takes: ['', 'abcd', 'éé'],
    refuses: ['abcde', 'ééa', '\ud83d', 4, null, bytes(1)],
  },
  'a label': {
    field: fields.label,
    takes: ['a', 'a'.repeat(255), `${'é'.repeat(127)}a`],
    refuses: ['', 'a'.repeat(256), 'é'.repeat(128), '\udc00', 1],
  },
  'ids one behind the other': {
    field: fields.ids,
    takes: [bytes(LIMITS.idBytes), bytes(MAX_IDS * LIMITS.idBytes)],
    refuses: [bytes(0), bytes(LIMITS.idBytes + 1), bytes((MAX_IDS + 1) * LIMITS.idBytes), ''],
  },
  'a path': {
    field: fields.pathBytes,
    takes: [bytes(0), bytes(LIMITS.pathBytes)],
    refuses: [bytes(LIMITS.pathBytes + 1)],
  },
  'a count': {
    field: fields.count,
    takes: [0, 1, Number.MAX_SAFE_INTEGER],
    refuses: [-1, 0.5, Number.MAX_SAFE_INTEGER + 1, Infinity, Number.NaN, '1', null],
  },
  'a count up to a number': {
    field: fields.countUpTo(9),
    takes: [0, 9],
    refuses: [-1, 10, 8.5, '9', null],
  },
  'lengths of chunks': {
    field: fields.chunkLengths,
    takes: [[1], [LIMITS.chunkBytes], many(MAX_IDS, 1)],
    refuses: [
      [],
      [0],
      [1, 0],
      [1.5],
      [-1],
      ['1'],
      [LIMITS.chunkBytes + 1],
      [1, LIMITS.chunkBytes + 1],
      many(MAX_IDS + 1, 1),
      'ab',
      { length: 1 },
    ],
  },
  'a code': {
    field: fields.errorCode,
    takes: ['disk-full', 'x'.repeat(64)],
    refuses: ['x'.repeat(65), 7],
  },
  'a list': {
    field: fields.listUpTo(2, fields.count),
    takes: [[], [1, 2]],
    refuses: [[1, 2, 3], [-1], { length: 0 }],
  },
  'one of some words': {
    field: fields.oneOf('data', 'list'),
    takes: ['data', 'list'],
    refuses: ['page', '', null],
  },
};

for (const [what, { field, takes, refuses }] of Object.entries(BOUNDS)) {
  test(`${what}: what is within its bounds is taken, and one more is refused`, () => {
    for (const [at, one] of takes.entries()) assert.ok(v.is(field, one), `takes, ${at}`);
    for (const [at, one] of refuses.entries()) assert.ok(!v.is(field, one), `refuses, ${at}`);
  });
}

test('words for people are escaped, and cut between two characters where that made them too long', () => {
  const shown = (text: string): string => v.parse(fields.text, text);
  assert.equal(shown('a\u001b[31m\u0007é'), 'a\\x1b[31m\\x07é');
  assert.equal(shown('a'.repeat(4096)), 'a'.repeat(4096));
  assert.equal(v.is(fields.text, 'a'.repeat(4097)), false);
  // Escaped it has 4,097 bytes, and the last euro sign three of them.
  assert.equal(shown(`\u0001a${'€'.repeat(1364)}`), `\\x01a${'€'.repeat(1363)}`);
  assert.equal(shown('\u0001'.repeat(4096)), '\\x01'.repeat(1024));
});
