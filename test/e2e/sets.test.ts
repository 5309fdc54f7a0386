import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { noise, writeFiles, writeNoise } from './data.ts';
import { doneOf } from './program.ts';
import { Stage, received } from './stage.ts';
import type { Client, HubProgram } from './stage.ts';
import { assertSameTree } from './trees.ts';

/** The same user and host from a device of its own. */
function sameClientElsewhere(
  stage: Stage,
  hub: HubProgram,
  { name, host }: Client,
  device: string,
): { readonly start: (...args: string[]) => ReturnType<Stage['start']> } {
  const common = [
    '--server',
    hub.address,
    '--name',
    name,
    '--host',
    host,
    '--config',
    stage.path('config', device),
    '--json',
  ];
  return { start: (...args) => stage.start('rbbackup', [...args, ...common]) };
}

test('a second client of the same set waits for the first, both say so, and both end with a whole snapshot', async () => {
  await using stage = await Stage.open();
  writeNoise(join(stage.path('one'), 'big.bin'), 'first of the set', 12_000_000);
  writeFiles(stage.path('one'), { 'one.txt': 'of the first', 'both.txt': 'as the first has it' });
  writeFiles(stage.path('two'), { 'two.txt': 'of the second', 'both.txt': 'as the second has it' });
  const hub = await stage.hub();
  const client = hub.client('ana', 'laptop');
  const destination = await client.receive(stage.path('copy'));
  const other = sameClientElsewhere(stage, hub, client, 'other device');

  const first = client.start([
    '-rd',
    stage.path('one'),
    '--set',
    'shared',
    '--limit',
    '4M',
    '--copies',
    '1',
  ]);
  await first.event('started');
  // It is held where it is until the second has come, however slow this machine is.
  first.signal('SIGSTOP');
  const second = other.start('-rd', stage.path('two'), '--set', 'shared', '--copies', '1');
  const queued = await second.event('queued');
  assert.match(String(queued['behind']), /ana at laptop/);
  assert(!second.lines.some(({ event }) => event === 'started'), 'both were at work at a time');
  first.signal('SIGCONT');
  const contended = await first.event('contended');
  assert.match(String(contended['by']), /ana at laptop/);
  const [one, two] = await Promise.all([first.ended, second.ended]);
  assert.deepEqual([one.status, two.status], [0, 0], one.stderr + two.stderr);
  assert.notEqual(doneOf(one)['snapshot'], doneOf(two)['snapshot']);

  for (const [ended, source] of [
    [one, 'one'],
    [two, 'two'],
  ] as const) {
    const into = stage.path(`back-${source}`);
    assert.equal(
      (await client.run(['restore', String(doneOf(ended)['snapshot']), into])).status,
      0,
    );
    assertSameTree(into, stage.path(source));
  }
  await received(destination, doneOf(two)['snapshot']);
  assertSameTree(client.tree(stage.path('copy'), 'shared'), stage.path('two'));
});

test('the same path on different hosts, and the same set name of different users, are different sets', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('letters');
  const hub = await stage.hub();
  const clients = [
    hub.client('ana', 'laptop'),
    hub.client('ana', 'desktop'),
    hub.client('bob', 'laptop'),
  ];
  for (const [i, client] of clients.entries()) {
    writeFiles(source, { 'who.txt': `state ${i}` });
    await client.backup(source);
  }
  for (const [i, client] of clients.entries()) {
    const back = stage.path(`back-${i}`);
    assert.equal((await client.run(['restore', 'letters@latest', back])).status, 0);
    writeFiles(stage.path(`expected-${i}`), { 'who.txt': `state ${i}` });
    const { lines } = await client.run([
      'diff',
      'letters@latest',
      `${client.name}@${client.host}:letters@latest`,
    ]);
    assert.deepEqual(
      lines.filter(({ event }) => event === 'change'),
      [],
    );
  }
  const setsOf = async (client: Client): Promise<string[]> => {
    const { lines } = await client.run(['snapshots']);
    return lines
      .filter(({ event }) => event === 'snapshot')
      .map((line) => `${String(line['user'])}@${String(line['host'])}:${String(line['set'])}`)
      .toSorted();
  };
  assert.deepEqual(await setsOf(clients[0] as Client), [
    'ana@desktop:letters',
    'ana@laptop:letters',
  ]);
  assert.deepEqual(await setsOf(clients[2] as Client), ['bob@laptop:letters']);
  // What another user has isn't even seen.
  const foreign = await (clients[2] as Client).run(['ls', 'ana@laptop:letters@latest']);
  assert.notEqual(foreign.status, 0);
});

/** Whose the ten folders are; two pairs are of one set. */
const TEN: readonly (readonly [user: string, host: string, set: string])[] = [
  ['ana', 'laptop', 'work'],
  ['ana', 'laptop', 'work'],
  ['ana', 'laptop', 'home'],
  ['ana', 'desktop', 'work'],
  ['ana', 'desktop', 'home'],
  ['bob', 'laptop', 'work'],
  ['bob', 'laptop', 'home'],
  ['bob', 'desktop', 'work'],
  ['bob', 'desktop', 'work'],
  ['cyd', 'laptop', 'work'],
];

test('ten clients at once, some of one set and some with the same contents, while destinations follow: every snapshot is right', async () => {
  await using stage = await Stage.open();
  const shared = noise('shared by all', 2_000_000).toString('latin1');
  for (const i of TEN.keys()) {
    const files: Record<string, string> = {
      'shared.bin': shared,
      [`own/${i}.bin`]: noise(`own ${i}`, 1_500_000).toString('latin1'),
      'empty/': '',
    };
    for (let n = 0; n < 60; n++) files[`small/${n % 7}/${n}.txt`] = `client ${i % 3}, file ${n}`;
    writeFiles(stage.path(`src-${i}`), files);
  }
  const hub = await stage.hub();
  const ana = await hub.client('ana', 'store').receive(stage.path('copies-of-ana'));
  const bob = await hub.client('bob', 'store').receive(stage.path('copies-of-bob'));
  const runs = TEN.map(async ([user, host, set], i) => {
    const other = sameClientElsewhere(stage, hub, hub.client(user, host), `device-${i}`);
    const ended = await other.start('-rd', stage.path(`src-${i}`), '--set', set).ended;
    assert.equal(ended.status, 0, `${i}: ${JSON.stringify(ended.lines.at(-1))}`);
    return {
      key: `${user}@${host}`,
      user,
      host,
      set,
      source: stage.path(`src-${i}`),
      snapshot: String(doneOf(ended)['snapshot']),
    };
  });
  const made = await Promise.all(runs);
  assert.equal(new Set(made.map(({ snapshot }) => snapshot)).size, TEN.length);
  await Promise.all(
    made.map(async ({ user, host, snapshot, source }, i) => {
      const into = stage.path(`back-${i}`);
      const { status, done } = await hub.client(user, host).run(['restore', snapshot, into]);
      assert.equal(status, 0, JSON.stringify(done));
      assertSameTree(into, source);
    }),
  );
  for (const [destination, user, dir] of [
    [ana, 'ana', 'copies-of-ana'],
    [bob, 'bob', 'copies-of-bob'],
  ] as const) {
    for (const name of new Set(
      made.filter((run) => run.user === user).map(({ host, set }) => `${host}:${set}`),
    )) {
      const [host = '', set = ''] = name.split(':');
      const client = hub.client(user, host);
      const { lines } = await client.run(['snapshots', `${user}@${host}:${set}`]);
      const newest = lines.find(({ event }) => event === 'snapshot')?.['snapshot'];
      await received(destination, newest);
      const run = made.find(({ snapshot }) => snapshot === newest);
      assertSameTree(client.tree(stage.path(dir), set), run?.source ?? '');
    }
  }
});
