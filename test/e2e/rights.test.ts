import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { decodeInvitation, encodeInvitation } from '../../src/wire/invitation.ts';
import { Trust } from './closed-hub.ts';
import { logIn, newDestination, nextOf } from './hostile/visitor.ts';
import { doneOf } from './program.ts';
import { Stage, received } from './stage.ts';
import { assertSameTree, describeTree } from './trees.ts';

test('members see their own alone, administrators everything, and nobody writes for another', async () => {
  await using trust = await Trust.open();
  const { source, stage, hub } = trust;
  const ana = await trust.invited('ana');
  const eva = await trust.invited('eva');
  const root = await trust.invited('root', 'root', '--admin');
  const snapshot = await ana.backup(source);

  for (const args of [
    ['ls', snapshot],
    ['restore', snapshot, stage.path('stolen')],
    ['diff', snapshot, snapshot],
  ]) {
    const { status, done } = await eva.run(...args);
    assert.deepEqual([status, done['code']], [1, 'not-found'], args[0]);
  }
  const named = 'ana@host-ana:letters';
  await eva.isRefused('not-allowed', 'ls', `${named}@latest`);
  await eva.isRefused('not-allowed', 'snapshots', named);
  await eva.isRefused('not-allowed', 'restore', `${named}@latest`, stage.path('stolen'));
  await eva.isRefused('not-allowed', 'receive', stage.path('stolen'), '--from', named);
  assert.equal((await eva.run('snapshots')).done['snapshots'], 0);
  assert.deepEqual(describeTree(stage.path('stolen')).slice(1), []);

  assert.equal((await root.run('snapshots')).done['snapshots'], 1);
  assert.equal((await root.run('restore', snapshot, stage.path('back'))).status, 0);
  assertSameTree(stage.path('back'), source);
  const copy = root.start('receive', stage.path('copy'), '--once', '--from', named);
  await received(copy, snapshot);
  assertSameTree(stage.path('copy'), source);
  // It may look after ana's backups, not make them.
  const { done } = await root.run('-rd', source, '--set', 'letters');
  assert.equal((await ana.run('snapshots')).done['snapshots'], 1, String(done['snapshot']));
  await root.isRefused('not-allowed', '-rd', source, '--server', hub.address, '--name', 'ana');
});

test('a snapshot of another is not to be had by its id on the wire either', async () => {
  await using stage = await Stage.open();
  await writeFile(join(await stage.folder('letters'), 'a.txt'), 'a letter');
  const hub = await stage.hub();
  const { snapshot } = await hub.client('ana').backup(stage.path('letters'));
  const id = new Uint8Array(Buffer.from(String(snapshot), 'hex'));
  const connection = await logIn(hub.port, 'eva');
  for (const kind of ['snapshot', 'data', 'page'] as const) {
    const read = connection.openStream({ t: 'read' });
    await read.send({ t: 'want', kind, ids: id });
    assert.deepEqual((await nextOf(read, 'lacking')).ids, id);
    read.end();
  }
  const theirs = { user: 'ana', host: 'host-ana', set: 'letters' };
  const follow = connection.openStream({
    t: 'follow',
    destination: newDestination(),
    ...theirs,
    run: null,
    snapshot: id,
  });
  await assert.rejects(nextOf(follow, 'log'), { code: 'not-allowed' });
  const own = connection.openStream({
    t: 'follow',
    destination: newDestination(),
    ...theirs,
    user: 'eva',
    run: null,
    snapshot: id,
  });
  await assert.rejects(nextOf(own, 'log'), { code: 'not-found' });
  connection.close();
});

test('who may only read receives and restores, and backs nothing up', async () => {
  await using trust = await Trust.open();
  const { source, stage } = trust;
  const ana = await trust.invited('ana');
  const snapshot = await ana.backup(source);
  await trust.admin('users', 'rights', 'ana', 'read-only');
  await ana.isRefused('not-allowed', '-rd', source);
  assert.equal((await ana.run('restore', snapshot, stage.path('back'))).status, 0);
  assertSameTree(stage.path('back'), source);
  await received(ana.start('receive', stage.path('copy'), '--once'), snapshot);
  const reader = await trust.invited('rita', 'rita', '--read-only');
  await reader.isRefused('not-allowed', '-rd', source);
  await trust.admin('users', 'rights', 'ana', 'member');
  await ana.backup(source);
});

test('invitations are made whether the hub runs or not', async () => {
  await using trust = await Trust.open();
  await trust.hub.program.stop();
  const code = await trust.invite('ana');
  await trust.hub.restart();
  const ana = trust.device('ana');
  assert.equal((await ana.run('login', code)).status, 0);
  await ana.backup(trust.source);
  // Before a hub has ever run in the folder it is made there, with the key that the hub will have.
  const dir = trust.stage.path('new-hub');
  await mkdir(dir);
  const made = await trust.stage.start('rbbackupd', [
    'invite',
    dir,
    'eva',
    '--address',
    '127.0.0.1:1',
  ]).ended;
  const early = decodeInvitation(String(made.lines[0]?.['text']));
  const hub = await trust.stage.hub({ open: false, dir });
  const eva = trust.device('eva');
  assert.equal(
    (
      await eva.run(
        'login',
        encodeInvitation({ ...early, addresses: ['127.0.0.1:1', hub.address] }),
      )
    ).status,
    0,
  );
});

test('who is removed is shut out, at once where connected', async () => {
  await using trust = await Trust.open();
  const { source, stage } = trust;
  const ana = await trust.invited('ana', 'laptop');
  const stolen = await trust.invited('ana', 'stolen');
  const eva = await trust.invited('eva');
  const receiving = stolen.start('receive', stage.path('stolen-copy'));
  await receiving.event('connected');
  const devices = await trust.admin('users', 'devices', 'ana', '--json');
  const fingerprint = devices.find((line) => line['label'] === 'host-stolen')?.['fingerprint'];
  await trust.admin('users', 'forget', String(fingerprint));
  const ended = await receiving.ended;
  assert.deepEqual([ended.status, doneOf(ended)['code']], [5, 'not-trusted']);
  await stolen.isRefused('not-trusted', 'receive', stage.path('stolen-copy'));
  await ana.backup(source);
  assert.deepEqual(describeTree(stage.path('stolen-copy')).slice(1), []);

  await trust.admin('users', 'remove', 'ana');
  await ana.isRefused('not-trusted', '-rd', source);
  await ana.isRefused('not-trusted', 'snapshots');
  await eva.backup(source);
});

test('a destination whose user gets other rights goes on with those', async () => {
  await using trust = await Trust.open();
  const { source, stage } = trust;
  const root = await trust.invited('root', 'root', '--admin');
  const ana = await trust.invited('ana');
  const receiving = root.start('receive', stage.path('copy'));
  const snapshot = await ana.backup(source);
  await received(receiving, snapshot);
  const from = receiving.lines.length;
  await trust.admin('users', 'rights', 'root', 'member');
  await receiving.line((line) => line.event === 'connected', 'coming back', from);
  await writeFile(join(source, 'b.txt'), 'not for root any more');
  await ana.backup(source);
  const own = await root.backup(source);
  await received(receiving, own);
  assert.deepEqual(await readdir(stage.path('copy', 'ana@host-ana', 'letters')), ['a.txt']);
});
