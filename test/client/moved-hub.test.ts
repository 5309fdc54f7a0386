import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RbError } from '../../src/base/errors.ts';
import type { ErrorCode } from '../../src/base/errors.ts';
import { isHubsOwnAnswer, mayHaveMoved } from '../../src/client/moved-hub.ts';

const LAN = ['192.0.2.7:7420'];

function failure(code: ErrorCode): RbError {
  return new RbError(code, 'It failed.');
}

for (const code of ['connection-lost', 'timeout', 'not-trusted', 'unsupported'] as const) {
  test(`a hub where a login ends with ${code} may have moved, and that is no word of the hub's`, () => {
    assert.equal(mayHaveMoved(failure(code), LAN), true);
    assert.equal(isHubsOwnAnswer(failure(code)), false);
  });
}

for (const code of ['not-allowed', 'busy', 'usage', 'port-taken', 'interrupted'] as const) {
  test(`where a login ends with ${code} nobody is looked for`, () => {
    assert.equal(mayHaveMoved(failure(code), LAN), false);
    assert.equal(isHubsOwnAnswer(failure(code)), true);
  });
}

test('a hub of this machine alone is not looked for on the network', () => {
  const lost = failure('connection-lost');
  for (const address of ['127.0.0.1:1', 'localhost:7420', '[::1]:7420', '[::ffff:127.0.0.1]:1'])
    assert.equal(mayHaveMoved(lost, [address]), false, address);
  assert.equal(mayHaveMoved(lost, ['127.0.0.1:1', ...LAN]), true);
});
