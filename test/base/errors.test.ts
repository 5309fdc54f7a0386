import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { errorsDocument } from '../../scripts/errors-doc.ts';
import { ERROR_CODES, RbError, isErrorCode, isRbError, toRbError } from '../../src/base/errors.ts';
import { EXIT_STATUS, exitStatusOf } from '../../src/base/exit-status.ts';

test('docs/spec/errors.md is what the list of codes makes it (if not: npm run docs:errors)', () => {
  const path = new URL('../../docs/spec/errors.md', import.meta.url);
  assert.equal(readFileSync(path, 'utf8'), errorsDocument());
});

test('every code is kebab-case and explained by one whole sentence', () => {
  for (const [code, sentence] of Object.entries(ERROR_CODES)) {
    assert.match(code, /^[a-z]+(-[a-z]+)*$/);
    assert.match(sentence, /^[A-Z][^|\n]*\.$/, code);
  }
});

test('codes end with the exit status that the command line promises', () => {
  assert.equal(exitStatusOf('usage'), 2);
  assert.equal(exitStatusOf('changed-while-read'), 3);
  assert.equal(exitStatusOf('too-few-copies'), 4);
  for (const code of ['not-allowed', 'not-trusted', 'invitation-expired', 'invitation-used']) {
    assert.equal(exitStatusOf(code), 5, code);
  }
  assert.equal(exitStatusOf('interrupted'), 130);
  for (const code of ['disk-full', 'internal', 'no-such-code', 'toString', '__proto__']) {
    assert.equal(exitStatusOf(code), EXIT_STATUS.failed, code);
  }
});

test('every exit status but 0 and 1 belongs to some code', () => {
  const reached = new Set(Object.keys(ERROR_CODES).map((code) => exitStatusOf(code)));
  for (const status of [2, 3, 4, 5, 130] as const) assert.ok(reached.has(status), String(status));
});

test('an error carries its code, cause, context and whether to try again', () => {
  const cause = new Error('below');
  const error = new RbError('busy', 'Wait.', { cause, context: { set: 'a' }, retry: true });
  assert.equal(error.code, 'busy');
  assert.equal(error.cause, cause);
  assert.deepEqual(error.context, { set: 'a' });
  assert.equal(error.retry, true);
  assert.equal(new RbError('busy', 'Wait.').retry, false);
  assert.ok(!('cause' in new RbError('busy', 'Wait.')));
  assert.ok(isRbError(error, 'busy') && !isRbError(error, 'usage') && !isRbError(cause));
});

test('a full disk is told from every other fault of the system', () => {
  const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
  const other = Object.assign(new Error('read'), { code: 'EIO' });
  assert.equal(toRbError(full, 'unreadable').code, 'disk-full');
  assert.equal(toRbError(other, 'unreadable').code, 'unreadable');
  // Node's words for a quota that is used up.
  const overQuota = Object.assign(new Error('x'), { code: 'Unknown system error -122' });
  assert.equal(toRbError(overQuota, 'unreadable').code, 'disk-full');
  assert.equal(toRbError('a string').code, 'internal');
  const same = new RbError('busy', 'Wait.');
  assert.equal(toRbError(same, 'protocol'), same);
});

test('only listed codes are known, whatever an object inherits', () => {
  assert.ok(isErrorCode('busy'));
  for (const code of ['constructor', '', 'BUSY', 7, null]) assert.ok(!isErrorCode(code));
});
