import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { RbError } from '../../src/base/errors.ts';
import type { Connection } from '../../src/transport/transport.ts';
import { ManualClock } from '../manual-clock.ts';
import { Origin } from './actors.ts';
import { helloOf, identityNumber, nextOf, startLab, until } from './lab.ts';
import type { Lab } from './lab.ts';

const HOUR_MS = 3_600_000;

function invite(lab: Lab, user: string, expiresInMs: number = HOUR_MS): Uint8Array {
  const nowMs = Date.now();
  return lab.catalog.createInvitation({
    user,
    rights: null,
    nowMs,
    expiresMs: nowMs + expiresInMs,
  });
}

async function refusal(
  connection: Connection,
  hello: ReturnType<typeof helloOf>,
): Promise<RbError | null> {
  await connection.control.send(hello);
  await assert.rejects(connection.control.next());
  return connection.closed;
}

test('an invitation lets a device in, and from then on the device alone does', async (t) => {
  const lab = await startLab(t, { open: false });
  const identity = await identityNumber(2);
  await lab.login('ana', { invite: invite(lab, 'ana') }, identity);
  await lab.login('ana', {}, identity);
  assert.equal(lab.hub.status().clients.length, 2);
});

test('a device without an invitation is a stranger', async (t) => {
  const lab = await startLab(t, { open: false });
  const reason = await refusal(await lab.connect(), helloOf('ana'));
  assert.equal(reason?.code, 'not-trusted');
});

test('a used, an expired and an unknown invitation are refused with their own codes', async (t) => {
  const lab = await startLab(t, { open: false });
  const secret = invite(lab, 'ana');
  await lab.login('ana', { invite: secret }, await identityNumber(2));
  const stranger = await identityNumber(3);
  const used = await refusal(await lab.connect(stranger), helloOf('ana', { invite: secret }));
  assert.equal(used?.code, 'invitation-used');
  const late = helloOf('ana', { invite: invite(lab, 'ana', -1) });
  assert.equal((await refusal(await lab.connect(stranger), late))?.code, 'invitation-expired');
  const made = helloOf('ana', { invite: new Uint8Array(16) });
  assert.equal((await refusal(await lab.connect(stranger), made))?.code, 'not-allowed');
});

test('a known device under another name is refused at a closed hub, and the log shows the name escaped', async (t) => {
  const lab = await startLab(t, { open: false });
  const identity = await identityNumber(2);
  await lab.login('ana', { invite: invite(lab, 'ana') }, identity);
  const hello = helloOf('eva', { device: 'lap\u001b[2Jtop' });
  assert.equal((await refusal(await lab.connect(identity), hello))?.code, 'not-allowed');
  const line = lab.events.find(({ event }) => event === 'refused');
  assert.match(line?.message ?? '', /lap\\x1b\[2Jtop/);
  assert.match(line?.address ?? '', /^127\.0\.0\.1:/);
});

test('a name that could not be a folder is refused at an open hub', async (t) => {
  const lab = await startLab(t);
  const reason = await refusal(await lab.connect(), helloOf('../etc'));
  assert.equal(reason?.code, 'name-refused');
});

test('another version of the protocol is told what to do', async (t) => {
  const lab = await startLab(t);
  const reason = await refusal(await lab.connect(), helloOf('ana', { version: 99 }));
  assert.equal(reason?.code, 'unsupported');
});

test('the register shows who is connected, and nobody who has left', async (t) => {
  const lab = await startLab(t);
  let changes = 0;
  lab.hub.onChange(() => changes++);
  const connection = await lab.login('ana', { device: 'desk' });
  const [client] = lab.hub.status().clients;
  assert.equal(client?.user, 'ana');
  assert.equal(client?.device, 'desk');
  assert.equal(client?.role, 'observer');
  connection.close();
  await until(() => lab.hub.status().clients.length === 0, 'the client leaves the register');
  assert.ok(changes >= 2);
});

test('a client that falls silent is off the register within 30 seconds', async (t) => {
  const clock = new ManualClock(Date.now());
  const lab = await startLab(t, { clock });
  await lab.login('ana');
  assert.equal(lab.hub.status().clients.length, 1);
  // The hub's clock runs ahead in one go: for the hub, nothing comes from the client in that time.
  clock.advance(30_000);
  await until(() => lab.hub.status().clients.length === 0, 'the silent client leaves the register');
});

test('a hub that is not open makes no one an administrator but by invitation', async (t) => {
  const lab = await startLab(t, { open: false });
  const nowMs = Date.now();
  const wanted = { user: 'root', rights: 'admin', nowMs, expiresMs: nowMs + HOUR_MS } as const;
  const secret = lab.catalog.createInvitation(wanted);
  const admin = await lab.login('root', { invite: secret }, await identityNumber(2));
  await lab.login('ana', { invite: invite(lab, 'ana') }, await identityNumber(3));
  const asking = admin.openStream({ t: 'ask', what: 'status', watch: false });
  const { clients } = await nextOf(asking, 'status');
  assert.deepEqual(clients.map(({ user }) => user).toSorted(), ['ana', 'root']);
});

test('who may only read cannot back up', async (t) => {
  const lab = await startLab(t, { open: false });
  const nowMs = Date.now();
  const wanted = { user: 'eye', rights: 'read-only', nowMs, expiresMs: nowMs + HOUR_MS } as const;
  const invited = { invite: lab.catalog.createInvitation(wanted) };
  const connection = await lab.login('eye', invited, await identityNumber(2));
  await assert.rejects(new Origin(connection, 'docs').start(), { code: 'not-allowed' });
});
