import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hubsOf } from '../../src/client/nearby.ts';
import type { HeardService } from '../../src/client/nearby.ts';
import { isBeyondLoopback } from '../../src/hub/announce.ts';
import { isWorthReading } from '../../src/transport/mdns-socket.ts';
import { nearbyLabel } from '../../src/wire/nearby.ts';

const FINGERPRINT = 'ab'.repeat(32);

function heard(changes: Partial<HeardService>): HeardService {
  return {
    name: 'attic (abababab)',
    port: 7420,
    txt: { name: 'attic', fingerprint: FINGERPRINT, open: '1', version: 'rbbackup 0.1.0' },
    addresses: ['192.0.2.7'],
    referer: { address: '192.0.2.7' },
    ...changes,
  };
}

test('a hub is what its announcement says', () => {
  const hub = { name: 'attic', address: '192.0.2.7', port: 7420, fingerprint: FINGERPRINT };
  assert.deepEqual(hubsOf([heard({})]), [{ ...hub, open: true }]);
});

for (const [what, changes] of [
  ['without a port', { port: undefined }],
  ['with port 0', { port: 0 }],
  ['with a port beyond 65535', { port: 70_000 }],
  ['with a port that is text', { port: '7420' }],
  [
    'with nothing but addresses of nowhere',
    { addresses: ['127.0.0.1', '::1'], referer: undefined },
  ],
  ['with no address', { addresses: ['example.org', 7, '300.1.1.1'], referer: { address: '' } }],
] as const) {
  test(`an announcement ${what} is no hub`, () => {
    assert.deepEqual(hubsOf([heard(changes)]), []);
  });
}

for (const [what, txt, name] of [
  ['that is a word', { name: 'cellar' }, 'cellar'],
  ['with control characters', { name: 'a\u001b[2J' }, 'attic (abababab)'],
  ['that turns the direction of text', { name: 'a\u202eb' }, 'attic (abababab)'],
  ['that is too long', { name: 'x'.repeat(101) }, 'attic (abababab)'],
  ['that is no text', { name: 7 }, 'attic (abababab)'],
  ['that is missing', undefined, 'attic (abababab)'],
] as const) {
  test(`of a name ${what}, what can be shown is shown`, () => {
    assert.equal(hubsOf([heard({ txt })])[0]?.name, name);
  });
}

test('a hub all of whose names are bad is called by its address', () => {
  assert.equal(hubsOf([heard({ txt: {}, name: '../x' })])[0]?.name, '192.0.2.7');
});

test('a fingerprint that is none is left out, and only 1 is open', () => {
  const [hub] = hubsOf([heard({ txt: { fingerprint: 'AB'.repeat(32), open: 'true' } })]);
  assert.deepEqual([hub?.fingerprint, hub?.open], [null, false]);
});

for (const [what, addresses, from, best] of [
  ['the one it came from', ['198.51.100.1', '192.0.2.7'], '192.0.2.7', '192.0.2.7'],
  ['one of IPv4', ['2001:db8::1', '198.51.100.1'], '192.0.2.9', '198.51.100.1'],
  ['one of IPv6 that is not of the link', ['fe80::1', '2001:db8::1'], '', '2001:db8::1'],
  ['where it came from if it names none', [], '192.0.2.9', '192.0.2.9'],
  ['one of the link with its scope', ['fe80::1'], '127.0.0.1', /^fe80::1%[\w.-]+$/],
  ['none of broadcast or multicast', ['255.255.255.255', '224.0.0.1'], '192.0.2.9', '192.0.2.9'],
] as const) {
  test(`of several addresses it is ${what}`, () => {
    const [hub] = hubsOf([heard({ addresses, referer: { address: from } })]);
    if (typeof best === 'string') assert.equal(hub?.address, best);
    else assert.match(hub?.address ?? '', best);
  });
}

test('a hub that listens at one address is reached there', () => {
  const referer = { address: '192.0.2.9' };
  const [hub] = hubsOf([heard({ txt: { address: '192.0.2.5' }, referer })]);
  assert.equal(hub?.address, '192.0.2.5');
  const [hostile] = hubsOf([heard({ txt: { address: '127.0.0.1' }, referer })]);
  assert.equal(hostile?.address, '192.0.2.9');
});

test('a hub that is heard twice is one, they are sorted by name, and no more than a hundred', () => {
  const many = Array.from({ length: 300 }, (_, i) =>
    heard({ port: 1000 + i, txt: { name: `hub-${300 - i}` } }),
  );
  const hubs = hubsOf([...many.slice(0, 50), ...many]);
  assert.equal(hubs.length, 50);
  assert.equal(hubsOf(many).length, 100);
  assert.deepEqual(
    hubs.map(({ name }) => name),
    hubs.map(({ name }) => name).toSorted(),
  );
});

test('packets that are too short, too long or too full are not read', () => {
  const packet = (length: number, ...counts: readonly number[]): Uint8Array => {
    const bytes = Buffer.alloc(length);
    counts.forEach((count, i) => bytes.writeUInt16BE(count, 4 + 2 * i));
    return bytes;
  };
  assert.equal(isWorthReading(packet(12, 1, 0, 0, 0)), true);
  assert.equal(isWorthReading(Buffer.alloc(11)), false);
  assert.equal(isWorthReading(packet(9001)), false);
  assert.equal(isWorthReading(packet(100, 33)), false);
  assert.equal(isWorthReading(packet(100, 0, 200, 0, 57)), false);
});

test('the name of an announcement is one label of DNS, whatever the hub is called', () => {
  assert.equal(nearbyLabel('attic', FINGERPRINT), 'attic (abababab)');
  assert.equal(nearbyLabel('my.hub', FINGERPRINT), 'my-hub (abababab)');
  for (const name of ['ä'.repeat(100), '日本語'.repeat(30), '.'.repeat(100), '']) {
    const label = nearbyLabel(name, FINGERPRINT);
    assert.ok(Buffer.byteLength(label) <= 63, label);
    assert.ok(label.isWellFormed() && !label.includes('.'));
  }
});

test('a hub that listens to this machine alone is not announced', () => {
  for (const address of ['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1', 'localhost'])
    assert.equal(isBeyondLoopback(address), false, address);
  for (const address of ['0.0.0.0', '::', '192.0.2.7', '2001:db8::1'])
    assert.equal(isBeyondLoopback(address), true, address);
});
