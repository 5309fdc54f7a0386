import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { createIdentity } from '../../src/transport/identity.ts';
import { decodeInvitation, encodeInvitation } from '../../src/wire/invitation.ts';
import { Trust } from './closed-hub.ts';
import { RawHub } from './hostile/raw-hub.ts';
import { logIn } from './hostile/visitor.ts';
import { Stage } from './stage.ts';
import type { HubProgram } from './stage.ts';
import { describeTree } from './trees.ts';

/** Packs and catalog rows: nothing of a refused backup may be there. */
async function assertNothingKept(hub: HubProgram): Promise<void> {
  const packs = await readdir(join(hub.dir, 'packs'), { recursive: true, withFileTypes: true });
  assert.deepEqual(
    packs.filter((entry) => entry.isFile()),
    [],
  );
}

test('another hub on the known port gets not a byte of the protocol', async () => {
  await using trust = await Trust.open();
  const { hub, source, stage } = trust;
  const ana = await trust.invited('ana');
  const snapshot = await ana.backup(source);
  const kept = await trust.invite('eva');
  await hub.program.stop();

  const impostor = await RawHub.listen(await createIdentity(), () => undefined, hub.port);
  await ana.isRefused('not-trusted', '-rd', source);
  await ana.isRefused('not-trusted', 'snapshots');
  await ana.isRefused('not-trusted', 'restore', snapshot, stage.path('back'));
  await ana.isRefused('not-trusted', 'receive', stage.path('copy'));
  await ana.isRefused('not-trusted', '-rd', source, '--server', hub.address, '--name', 'ana');
  await trust.device('eva').isRefused('not-trusted', 'login', kept);
  assert.equal(impostor.heardBytes, 0);
  assert.deepEqual(describeTree(stage.path('copy')).slice(1), []);
  await impostor[Symbol.asyncDispose]();

  await hub.restart();
  await ana.backup(source);
  assert.equal((await trust.device('eva').run('login', kept)).status, 0);
});

test('a hub that was trusted at first sight must stay the same', async () => {
  await using stage = await Stage.open();
  await writeFile(join(await stage.folder('letters'), 'a.txt'), 'a letter');
  const hub = await stage.hub();
  const ana = hub.client('ana');
  await ana.backup(stage.path('letters'));
  await hub.program.stop();
  await using impostor = await RawHub.listen(await createIdentity(), () => undefined, hub.port);
  const { status, done } = await ana.run(['-rd', stage.path('letters')]);
  assert.deepEqual([status, done['code']], [5, 'not-trusted']);
  assert.equal(impostor.heardBytes, 0);
});

test('an invitation is good once, for one device, until it expires', async () => {
  await using trust = await Trust.open();
  const code = await trust.invite('ana');
  const ana = trust.device('laptop');
  assert.equal((await ana.run('login', code)).status, 0);
  await trust.device('thief').isRefused('invitation-used', 'login', code);
  // The answer to the first login may have been lost: the same device may try again.
  assert.equal((await ana.run('login', code)).status, 0);

  const [made] = await trust.admin('invite', 'eva', '--expires', '1s', '--json');
  await sleep(Math.max(0, Number(made?.['expiresMs']) - Date.now()) + 1);
  await trust.device('late').isRefused('invitation-expired', 'login', String(made?.['code']));
  await trust
    .device('late')
    .isRefused('not-trusted', '-rd', trust.source, '--server', trust.hub.address, '--name', 'eva');
  await assertNothingKept(trust.hub);
});

test('a code that was damaged on its way is refused before anybody is asked', async () => {
  await using trust = await Trust.open();
  const code = await trust.invite('ana');
  const { handshakes } = await listenInstead(trust, async () => {
    const middle = code.length >> 1;
    const flipped =
      code.slice(0, middle) + (code[middle] === 'A' ? 'B' : 'A') + code.slice(middle + 1);
    for (const damaged of [
      flipped,
      code.slice(0, -1),
      `${code}A`,
      code.slice(5),
      'rbb1-',
      'rbb1-AAAA',
      'nonsense',
    ]) {
      const { status, done } = await trust.device('new').run('login', damaged);
      assert.deepEqual([status, done['code']], [2, 'usage'], damaged);
    }
  });
  assert.equal(handshakes, 0);
  // Well formed, but made up.
  const invitation = decodeInvitation(code);
  const forgedCode = encodeInvitation({ ...invitation, secret: new Uint8Array(16).fill(7) });
  await trust.device('new').isRefused('not-allowed', 'login', forgedCode);
  // Broken over lines, as mails do it.
  assert.equal(
    (await trust.device('new').run('login', `${code.slice(0, 40)}\n ${code.slice(40)}`)).status,
    0,
  );
});

/** Puts a listener in the hub's place for a while. */
async function listenInstead({ hub }: Trust, work: () => Promise<void>): Promise<RawHub> {
  await hub.program.stop();
  await using listener = await RawHub.listen(await createIdentity(), () => undefined, hub.port);
  await work();
  await listener[Symbol.asyncDispose]();
  await hub.restart();
  return listener;
}

test('a closed hub lets in no device that was not invited', async () => {
  await using trust = await Trust.open();
  const { hub, source, stage } = trust;
  await trust.invited('ana');
  const stranger = trust.device('stranger');
  const at = ['--server', hub.address, '--name', 'ana'];
  for (const args of [
    ['-rd', source],
    ['snapshots'],
    ['status'],
    ['receive', stage.path('copy')],
    ['login'],
  ]) {
    await stranger.isRefused('not-trusted', ...args, ...at);
  }
  const eva = await trust.invited('eva');
  await eva.isRefused('not-allowed', '-rd', source, ...at);
  await assert.rejects(logIn(hub.port, 'ana'), { code: 'not-trusted' });
  await hub.program.line(
    (line) => line.event === 'refused' && line['code'] === 'not-trusted',
    'a line in the log',
  );
  await assertNothingKept(hub);
});
