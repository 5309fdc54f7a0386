import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RbError } from '../../src/base/errors.ts';
import { asDiskFault, reasonOf } from '../../src/base/system-reason.ts';

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: read`), { code });
}

test('what the system says is told in words, with its code; what it does not say, in its own', () => {
  assert.equal(reasonOf(systemError('EIO')), 'the disk reports an error (EIO)');
  assert.equal(reasonOf(systemError('EXDEV')), 'EXDEV');
  assert.equal(reasonOf(new Error('as it is')), 'as it is');
});

test('an error of the disk is no fault of the program; everything else stays what it is', () => {
  const failed = asDiskFault(systemError('EMFILE'));
  assert.equal(failed.code, 'dir-unwritable');
  assert.equal(failed.retry, true);
  assert.match(failed.message, /too many files are open/);
  assert.equal(asDiskFault(systemError('ENOSPC')).code, 'disk-full');
  assert.equal(asDiskFault(new Error('x')).code, 'internal');
  const known = new RbError('protocol', 'x');
  assert.equal(asDiskFault(known), known);
});
