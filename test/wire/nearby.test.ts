import assert from 'node:assert/strict';
import { test } from 'node:test';

import { NEARBY_SERVICE, nearbyHost, nearbyLabel } from '../../src/wire/nearby.ts';

const FINGERPRINT = '0123456789abcdef0123456789abcdef';

test('a hub is announced by its name and the beginning of its fingerprint, in one label of DNS', () => {
  assert.equal(nearbyLabel('Home', FINGERPRINT), 'Home (01234567)');
  assert.equal(nearbyLabel('home.example.org', FINGERPRINT), 'home-example-org (01234567)');
});

test('a long name is cut between two characters, so that the label has at most 63 bytes', () => {
  assert.equal(nearbyLabel('a'.repeat(52), FINGERPRINT), `${'a'.repeat(52)} (01234567)`);
  assert.equal(nearbyLabel('a'.repeat(53), FINGERPRINT), `${'a'.repeat(52)} (01234567)`);
  assert.equal(nearbyLabel(`a${'😀'.repeat(20)}`, FINGERPRINT), `a${'😀'.repeat(12)} (01234567)`);
  const cutAtBlank = `${'a'.repeat(51)} b`;
  assert.equal(nearbyLabel(cutAtBlank, FINGERPRINT), `${'a'.repeat(51)} (01234567)`);
});

test('hubs of all versions are found under one service, each with a host name of its own', () => {
  assert.equal(NEARBY_SERVICE, 'rbbackup');
  assert.equal(nearbyHost(FINGERPRINT), 'rbbackup-0123456789abcdef.local');
});
