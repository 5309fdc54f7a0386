import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { decodeInvitation, encodeInvitation } from '../../src/wire/invitation.ts';
import { createIdentity } from '../../src/transport/identity.ts';
import { RawHub } from './hostile/raw-hub.ts';
import { logIn, newDestination, nextOf } from './hostile/visitor.ts';
import { doneOf } from './program.ts';
import type { Line, Program } from './program.ts';
import { Stage, received } from './stage.ts';
import type { HubProgram, Outcome } from './stage.ts';
import { assertSameTree, describeTree } from './trees.ts';

/** A closed hub and the devices that were invited to it. */
class Trust implements AsyncDisposable {
  readonly stage: Stage;
  readonly hub: HubProgram;

  private constructor(stage: Stage, hub: HubProgram) {
    this.stage = stage;
    this.hub = hub;
  }

  static async open(): Promise<Trust> {
    const stage = await Stage.open();
    await writeFile(join(await stage.folder('letters'), 'a.txt'), 'a letter');
    return new Trust(stage, await stage.hub({ open: false }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stage[Symbol.asyncDispose]();
  }

  get source(): string {
    return this.stage.path('letters');
  }

  async admin(...args: string[]): Promise<readonly Line[]> {
    const [verb = '', ...rest] = args;
    const ended = await this.stage.start('rbbackupd', [verb, this.hub.dir, ...rest]).ended;
    assert.equal(ended.status, 0, ended.stderr);
    return ended.lines;
  }

  async invite(name: string, ...args: string[]): Promise<string> {
    return String((await this.admin('invite', name, ...args))[0]?.['text']);
  }

  device(name: string): Device {
    return new Device(this.stage, name);
  }

  /** A device that has accepted an invitation. */
  async invited(user: string, device: string = user, ...args: string[]): Promise<Device> {
    const made = this.device(device);
    assert.equal((await made.run('login', await this.invite(user, ...args))).status, 0);
    return made;
  }
}

/** A machine: a configuration folder and a host name. */
class Device {
  readonly name: string;
  readonly configDir: string;
  readonly #stage: Stage;

  constructor(stage: Stage, name: string) {
    this.#stage = stage;
    this.name = name;
    this.configDir = stage.path('config', name);
  }

  start(...args: string[]): Program {
    return this.#stage.start('rbbackup', [
      ...args,
      '--config',
      this.configDir,
      '--host',
      `host-${this.name}`,
      '--json',
    ]);
  }

  async run(...args: string[]): Promise<Outcome> {
    const ended = await this.start(...args).ended;
    return { ...ended, done: doneOf(ended) };
  }

  async backup(path: string): Promise<string> {
    const { status, done } = await this.run('-rd', path);
    assert.equal(status, 0, JSON.stringify(done));
    return String(done['snapshot']);
  }

  async isRefused(code: string, ...args: string[]): Promise<void> {
    const { status, done } = await this.run(...args);
    assert.deepEqual(
      [status, done['ok'], done['code']],
      [5, false, code],
      `${args.join(' ')}: ${JSON.stringify(done)}`,
    );
    assert(String(done['message']).length > 20);
  }
}

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
