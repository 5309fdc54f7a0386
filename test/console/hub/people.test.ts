import assert from 'node:assert/strict';
import { test } from 'node:test';

import type {
  Invitation,
  Invitations,
  NewInvitation,
  Users,
} from '../../../src/console/api/hub-api.ts';
import { decodeInvitation } from '../../../src/wire/invitation.ts';
import { identityNumber } from '../../hub/lab.ts';
import { startConsoleLab } from './console-lab.ts';
import type { Browser } from './console-lab.ts';

const HOUR_MS = 3_600_000;

async function invite(browser: Browser, user: string, more: object = {}): Promise<NewInvitation> {
  const wish = { user, rights: null, validMs: HOUR_MS, addresses: [], ...more };
  const { status, json, text } = await browser.post('/api/invitations', wish);
  assert.equal(status, 200, text);
  return json as NewInvitation;
}

async function invitations(browser: Browser): Promise<readonly Invitation[]> {
  return (await browser.read<Invitations>('/api/invitations')).invitations;
}

test('an invitation lets a client in, and then shows as used', async (t) => {
  const { lab, signedIn } = await startConsoleLab(t, { open: false });
  const browser = await signedIn();
  const made = await invite(browser, 'ana', {
    addresses: [`127.0.0.1:${lab.hub.port}`, 'example.org'],
  });
  assert.deepEqual(made.addresses, [`127.0.0.1:${lab.hub.port}`, 'example.org:7420']);
  const { secret, name, addresses } = decodeInvitation(made.code);
  assert.deepEqual([name, addresses], ['ana', made.addresses]);
  assert.deepEqual(await invitations(browser), [made.invitation]);
  assert.doesNotMatch(
    JSON.stringify(made.invitation),
    new RegExp(Buffer.from(secret).toString('hex')),
  );

  await lab.login('ana', { invite: secret });
  const [used] = await invitations(browser);
  assert.equal(used?.id, made.invitation.id);
  assert.equal(typeof used.usedMs, 'number');
  const { users } = await browser.read<Users>('/api/users');
  assert.deepEqual(
    users.map(({ name: user, rights, devices }) => [user, rights, devices.length]),
    [['ana', 'member', 1]],
  );
  assert.equal((await browser.delete(`/api/invitations/${used.id}`)).status, 410);
});

test('an invitation that was withdrawn lets nobody in', async (t) => {
  const { lab, signedIn } = await startConsoleLab(t, { open: false });
  const browser = await signedIn();
  const { invitation, code } = await invite(browser, 'ana', { rights: 'admin' });
  assert.equal((await browser.delete(`/api/invitations/${invitation.id}`)).status, 200);
  assert.deepEqual(await invitations(browser), []);
  await assert.rejects(lab.login('ana', { invite: decodeInvitation(code).secret }));
  assert.equal((await browser.delete(`/api/invitations/${invitation.id}`)).status, 404);
});

test('what is no name or no address makes no invitation', async (t) => {
  const { signedIn } = await startConsoleLab(t);
  const browser = await signedIn();
  const wish = { user: 'ana', rights: null, validMs: HOUR_MS, addresses: [] };
  for (const wrong of [
    { user: 'a b' },
    { user: '' },
    { addresses: ['not an address'] },
    { validMs: 1 },
    { rights: 'owner' },
  ]) {
    const { status } = await browser.post('/api/invitations', { ...wish, ...wrong });
    assert.ok(status === 400 || status === 403, JSON.stringify(wrong));
  }
  assert.deepEqual(await invitations(browser), []);
});

test('changed rights and removed devices and users take effect on who is connected', async (t) => {
  const { lab, signedIn } = await startConsoleLab(t, { open: false });
  const browser = await signedIn();
  const first = await invite(browser, 'ana');
  const second = await invite(browser, 'ana');
  const one = await lab.login('ana', { invite: decodeInvitation(first.code).secret });
  const identity = await identityNumber(2);
  const two = await lab.login('ana', { invite: decodeInvitation(second.code).secret }, identity);

  const path = `/api/devices/${identity.fingerprint}`;
  assert.equal((await browser.delete(path)).status, 200);
  assert.equal((await two.closed)?.code, 'not-trusted');
  assert.equal((await browser.delete(path)).status, 404);

  assert.equal((await browser.put('/api/users/ana', { rights: 'read-only' })).status, 200);
  assert.equal((await one.closed)?.code, 'busy');
  const back = await lab.login('ana');
  const { users } = await browser.read<Users>('/api/users');
  assert.equal(users[0]?.rights, 'read-only');

  assert.equal((await browser.delete('/api/users/ana')).status, 200);
  assert.equal((await back.closed)?.code, 'not-trusted');
  assert.deepEqual(await browser.read<Users>('/api/users'), { users: [] });
  assert.equal((await browser.put('/api/users/ana', { rights: 'admin' })).status, 404);
});
