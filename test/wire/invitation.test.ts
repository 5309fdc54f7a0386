import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { isRbError } from '../../src/base/errors.ts';
import { formatAddress, parseAddress } from '../../src/wire/address.ts';
import { decodeInvitation, encodeInvitation } from '../../src/wire/invitation.ts';
import type { Invitation } from '../../src/wire/invitation.ts';

const isUsage = (error: unknown): boolean => isRbError(error, 'usage');
const sample: Invitation = {
  addresses: ['backup.example.org:7420', '192.168.1.5:9000', '[fe80::1]:7420'],
  fingerprint: Uint8Array.from({ length: 32 }, (_, at) => at),
  name: 'Ana Belén',
  secret: Uint8Array.from({ length: 16 }, (_, at) => 255 - at),
};

test('an invitation survives being written down, also over several lines', () => {
  const code = encodeInvitation(sample);
  assert.match(code, /^rbb1-[\w-]+$/);
  assert.deepEqual(decodeInvitation(code), sample);
  assert.deepEqual(decodeInvitation(`  ${code.slice(0, 40)}\n\t${code.slice(40)}\r\n`), sample);
});

test('one wrong, missing or added letter is noticed', () => {
  const code = encodeInvitation(sample);
  for (let at = 0; at < code.length; at++) {
    const wrong = code[at] === 'A' ? 'B' : 'A';
    for (const typed of [
      code.slice(0, at) + wrong + code.slice(at + 1),
      code.slice(0, at) + code.slice(at + 1),
      `${code.slice(0, at)}${wrong}${code.slice(at)}`,
    ]) {
      assert.throws(() => decodeInvitation(typed), isUsage);
    }
  }
});

test('any other text is refused, whatever it is', () => {
  for (const text of ['', 'rbb1-', 'rbb2-AAAA', 'rbb1-AAAA', 'x'.repeat(100_000)]) {
    assert.throws(() => decodeInvitation(text), isUsage);
  }
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.base64String().map((text) => `rbb1-${text}`),
      ),
      (text) => {
        assert.throws(() => decodeInvitation(text), isUsage);
      },
    ),
    { seed: 6 },
  );
});

test('addresses that are none are not written into an invitation', () => {
  for (const addresses of [[], ['a b:1'], ['host:0'], ['host:70000'], Array(17).fill('a:1')]) {
    assert.throws(() => encodeInvitation({ ...sample, addresses }), isUsage);
  }
});

test('an address is a host, with or without a port', () => {
  assert.deepEqual(parseAddress('hub'), { host: 'hub', port: 7420 });
  assert.deepEqual(parseAddress('10.0.0.1:80'), { host: '10.0.0.1', port: 80 });
  assert.deepEqual(parseAddress('[::1]:80'), { host: '::1', port: 80 });
  assert.deepEqual(parseAddress('[::1]'), { host: '::1', port: 7420 });
  assert.equal(formatAddress({ host: '::1', port: 80 }), '[::1]:80');
  for (const text of ['', ':80', 'a:b', 'a:99999', '::1', 'http://a', 'a/b', '\u001b[31m:1']) {
    assert.throws(() => parseAddress(text), isUsage);
  }
});
