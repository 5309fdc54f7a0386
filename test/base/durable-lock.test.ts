import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { lockFile } from '../../src/base/durable-lock.ts';
import { RbError, isRbError } from '../../src/base/errors.ts';
import { tempFolder } from '../vault/temp-folder.ts';

const busy = (): RbError => new RbError('busy', 'Somebody else has it.');

test('a lock is held until it is given back', () => {
  const path = join(tempFolder(), 'lock.db');
  const lock = lockFile(path, busy);
  assert.throws(
    () => lockFile(path, busy),
    (error) => isRbError(error, 'busy'),
  );
  lock.release();
  lock.release();
  lockFile(path, busy).release();
});

test('rubbish in the file of a lock is no reason not to get it, nor to get it twice', () => {
  const path = join(tempFolder(), 'lock.db');
  for (const rubbish of ['x', 'rubbish'.repeat(1000), 'SQLite format 3\0'.padEnd(5000, '\u0007')]) {
    writeFileSync(path, rubbish, 'latin1');
    const lock = lockFile(path, busy);
    assert.throws(
      () => lockFile(path, busy),
      (error) => isRbError(error, 'busy'),
    );
    lock.release();
  }
});
