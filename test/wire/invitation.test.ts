import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { concatBytes } from '../../src/base/bytes.ts';
import { blake3 } from '../../src/base/hash.ts';
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

test('the bits that base64 leaves free at its end have to be those that were written', () => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  for (const name of ['a', 'ab', 'abc']) {
    const code = encodeInvitation({ ...sample, name });
    for (const last of letters) {
      if (last === code.at(-1)) continue;
      assert.throws(() => decodeInvitation(code.slice(0, -1) + last), isUsage);
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

/** A code of any content, with its right check. */
function codeOf(content: Uint8Array): string {
  const whole = concatBytes([content, blake3(content).subarray(0, 4)]);
  return `rbb1-${Buffer.from(whole).toString('base64url')}`;
}

test('a code whose check is right is refused all the same if its content is not', () => {
  const code = encodeInvitation(sample);
  const content = new Uint8Array(Buffer.from(code.slice(5), 'base64url')).subarray(0, -4);
  assert.deepEqual(decodeInvitation(codeOf(content)), sample);
  const name = 48;
  const count = name + 1 + (content[name] as number);
  const address = count + 1;
  const wrong: Record<string, Uint8Array> = {
    nothing: new Uint8Array(0),
    'cut short': content.subarray(0, -1),
    'a byte more': concatBytes([content, Uint8Array.of(0)]),
    'no name': concatBytes([content.subarray(0, name), Uint8Array.of(0), content.subarray(count)]),
    'a name that is no text': content.with(name + 1, 0xff),
    'no address': concatBytes([content.subarray(0, count), Uint8Array.of(0)]),
    'an address fewer': content.with(count, 2),
    'an address that is none': content.with(address + 1, 0x20),
  };
  for (const [what, bytes] of Object.entries(wrong))
    assert.throws(() => decodeInvitation(codeOf(bytes)), isUsage, what);
  const one = content.subarray(address, address + 1 + (content[address] as number));
  const times = (number: number): Uint8Array =>
    concatBytes([
      content.subarray(0, count),
      Uint8Array.of(number),
      ...Array.from({ length: number }, () => one),
    ]);
  assert.equal(decodeInvitation(codeOf(times(16))).addresses.length, 16);
  assert.throws(() => decodeInvitation(codeOf(times(17))), isUsage);
});

test('a name has room for 255 bytes, and a code is at most 8,192 characters long', () => {
  const name = 'n'.repeat(255);
  assert.equal(decodeInvitation(encodeInvitation({ ...sample, name })).name, name);
  for (const other of ['', `${name}n`])
    assert.throws(() => encodeInvitation({ ...sample, name: other }), isUsage);
  const code = encodeInvitation(sample);
  assert.deepEqual(decodeInvitation(code.padEnd(8192)), sample);
  assert.throws(() => decodeInvitation(code.padEnd(8193)), isUsage);
});

test('a secret or a fingerprint of another length is a fault of ours', () => {
  for (const wrong of [{ secret: new Uint8Array(15) }, { fingerprint: new Uint8Array(33) }]) {
    assert.throws(
      () => encodeInvitation({ ...sample, ...wrong }),
      (error) => isRbError(error, 'internal'),
    );
  }
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
  assert.deepEqual(parseAddress('[fe80::1%eth0.5]:65535'), {
    host: 'fe80::1%eth0.5',
    port: 65_535,
  });
  const addresses = Array<string>(16).fill('a:1');
  assert.deepEqual(
    decodeInvitation(encodeInvitation({ ...sample, addresses })).addresses,
    addresses,
  );
  assert.deepEqual(parseAddress('h'.repeat(255)), { host: 'h'.repeat(255), port: 7420 });
  for (const text of [
    '',
    'h'.repeat(256),
    'a:65536',
    ':80',
    'a:b',
    'a:99999',
    '::1',
    'http://a',
    'a/b',
    '\u001b[31m:1',
  ]) {
    assert.throws(() => parseAddress(text), isUsage);
  }
});
