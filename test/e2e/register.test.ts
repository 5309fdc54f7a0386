import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { noise } from './kill/changing-tree.ts';
import type { Line, Program } from './program.ts';
import { doneOf } from './program.ts';
import { RegisterWatch, register } from './register-watch.ts';
import { Stage, received } from './stage.ts';
import { assertSameTree } from './trees.ts';

const MIB = 1024 * 1024;
/** Promised are 30 s; the rest is for a machine that is busy. */
const GONE_WITHIN_MS = 45_000;
/** Far less than any ping or time-out. */
const AT_ONCE_MS = 8000;

async function letters(stage: Stage): Promise<string> {
  const source = await stage.folder('letters');
  await writeFile(join(source, 'a.txt'), 'first');
  return source;
}

/** The next `waiting` that says so many; what it says besides is checked. */
async function waitingFor(
  origin: Program,
  connected: number,
  names: readonly string[],
): Promise<void> {
  const fits = (line: Line): boolean => line.event === 'waiting' && line['connected'] === connected;
  const line = await origin.line(fits, `waiting for ${connected}`, origin.lines.length - 1);
  assert.deepEqual((line['names'] as string[]).toSorted(), names);
}

async function copyState(origin: Program, name: string, state: string): Promise<void> {
  const fits = (line: Line): boolean =>
    line.event === 'copies' &&
    (line['copies'] as Line[]).some((copy) => copy['name'] === name && copy['state'] === state);
  await origin.line(fits, `${name} ${state}`);
}

test('the register says who is connected, as what, and since when', async () => {
  await using stage = await Stage.open();
  const beganMs = Date.now();
  const hub = await stage.hub();
  const [ana, carl] = [hub.client('ana', 'desk'), hub.client('ana', 'shed')];
  await carl.receive(stage.path('d1'), '--as', 'the shed');
  const origin = ana.start(['-rd', await letters(stage), '--copies', '2']);
  await origin.event('waiting');
  const clients = await register(hub.client('ana', 'phone'));
  const described = clients.map(({ role, user, host, name, doing }) =>
    [role, user, host, name, doing].join(' | '),
  );
  assert.deepEqual(described.toSorted(), [
    'destination | ana | shed | the shed | waiting for transfers',
    'observer | ana | phone |  | asking',
    'origin | ana | desk |  | backing up letters',
  ]);
  for (const { sinceMs, heardMs, address, device } of clients) {
    assert(
      sinceMs >= beganMs &&
        sinceMs <= Date.now() &&
        heardMs >= sinceMs - 1000 &&
        heardMs <= Date.now() + 1000,
    );
    assert.match(address, /^127\.0\.0\.1:\d+$/);
    assert.notEqual(device, '');
  }
  // Who may only look at his own sees nothing of the others.
  assert.deepEqual(
    (await register(hub.client('ben', 'desk'))).map(({ user }) => user),
    ['ben'],
  );
});

test('a client that closes is off the register at once, and one that is killed too', async () => {
  await using stage = await Stage.open();
  const hub = await stage.hub();
  const ana = hub.client('ana');
  const watch = await RegisterWatch.start(hub.client('ana', 'phone'));
  for (const how of ['SIGTERM', 'SIGKILL'] as const) {
    const destination = await ana.receive(stage.path('d1'), '--as', 'd1');
    await watch.untilThere('d1');
    const gone = watch.untilGone('d1');
    destination.signal(how);
    const { status } = await destination.ended;
    assert.equal(status, how === 'SIGTERM' ? 130 : null);
    assert((await gone) < AT_ONCE_MS);
  }
});

test('who stands still is off the register within 30 s, and nobody else', async () => {
  await using stage = await Stage.open();
  const hub = await stage.hub();
  const watch = await RegisterWatch.start(hub.client('ana', 'phone'));
  const stopped = await hub.client('ana', 'a').receive(stage.path('d1'), '--as', 'd1');
  await hub.client('ana', 'b').receive(stage.path('d2'), '--as', 'd2');
  const origin = hub.client('ana', 'c').start(['-rd', await letters(stage), '--copies', '3']);
  await waitingFor(origin, 2, ['d1', 'd2']);
  const observer = await RegisterWatch.start(hub.client('ana', 'd'));
  for (const host of ['a', 'd']) await watch.untilThere(host);
  stopped.signal('SIGSTOP');
  observer.program.signal('SIGSTOP');
  const took = await Promise.all(['a', 'd'].map(async (host) => await watch.untilGone(host)));
  assert(Math.max(...took) < GONE_WITHIN_MS, `it took ${Math.max(...took)} ms`);
  await waitingFor(origin, 1, ['d2']);
  const left = await register(hub.client('ana', 'tablet'));
  assert.deepEqual(left.map(({ host }) => host).toSorted(), ['b', 'c', 'phone', 'tablet']);
  // All this time nobody had anything to say but pings.
  for (const { heardMs } of left) assert(Date.now() - heardMs < 20_000);

  stopped.signal('SIGCONT');
  await waitingFor(origin, 2, ['d1', 'd2']);
});

test('who waits for destinations is always told the right number', async () => {
  await using stage = await Stage.open();
  const hub = await stage.hub();
  const client = hub.client('ana');
  const source = await letters(stage);
  const d1 = await client.receive(stage.path('d1'), '--as', 'd1');
  // It takes another set, and somebody else's doesn't count either.
  await client.receive(stage.path('other'), '--as', 'other', '--from', 'ana@host-ana:other');
  await hub.client('ben').receive(stage.path('ben'));
  const origin = client.start(['-rd', source, '--copies', '3']);
  await waitingFor(origin, 1, ['d1']);
  const d2 = await client.receive(stage.path('d2'), '--as', 'd2');
  await waitingFor(origin, 2, ['d1', 'd2']);
  await d1.stop();
  await waitingFor(origin, 1, ['d2']);
  await d2.kill();
  await waitingFor(origin, 0, []);
  for (const name of ['d1', 'd2', 'd3']) await client.receive(stage.path(name), '--as', name);
  await waitingFor(origin, 3, ['d1', 'd2', 'd3']);
  const { status, lines } = await origin.ended;
  assert.equal(status, 0);
  const said = lines
    .filter(({ event }) => event === 'waiting')
    .map(({ connected, needed }) => `${String(connected)}/${String(needed)}`);
  assert.deepEqual(said, ['1/3', '2/3', '1/3', '0/3', '1/3', '2/3', '3/3']);
  for (const name of ['d1', 'd2', 'd3'])
    assertSameTree(client.tree(stage.path(name), 'letters'), source);
});

test('with too few destinations it waits as long as it was told, commits, and ends with 4', async () => {
  await using stage = await Stage.open();
  const hub = await stage.hub();
  const client = hub.client('ana');
  const source = await letters(stage);
  const d1 = await client.receive(stage.path('d1'), '--as', 'd1');
  const { status, done, lines } = await client.run([
    '-rd',
    source,
    '--copies',
    '2',
    '--wait',
    '1s',
  ]);
  assert.equal(status, 4);
  assert.equal(done['ok'], false);
  assert.equal(done['code'], 'too-few-copies');
  assert(lines.some((line) => line.event === 'committed' && line['snapshot'] === done['snapshot']));
  await received(d1, done['snapshot']);
  assertSameTree(client.tree(stage.path('d1'), 'letters'), source);
  // Who comes later gets it from the hub.
  await received(await client.receive(stage.path('d2')), done['snapshot']);
  assertSameTree(client.tree(stage.path('d2'), 'letters'), source);
});

for (const comesAnother of [false, true]) {
  const end = comesAnother
    ? 'ends well when another comes'
    : 'ends with 4 when nobody else comes in time';
  test(`a destination that leaves on the way is missed: the backup goes on, and ${end}`, async () => {
    await using stage = await Stage.open();
    const hub = await stage.hub();
    const client = hub.client('ana');
    const source = await stage.folder('work');
    await writeFile(join(source, 'large.bin'), noise(60 * MIB, 7));
    const d1 = await client.receive(stage.path('d1'), '--as', 'd1');
    const d2 = await client.receive(stage.path('d2'), '--as', 'd2');
    const origin = client.start([
      '-rd',
      source,
      '--copies',
      '2',
      '--wait',
      comesAnother ? '10m' : '1s',
    ]);
    await d2.event('begin');
    await d2.kill();
    await copyState(origin, 'd2', 'gone');
    if (comesAnother) await client.receive(stage.path('d3'), '--as', 'd3');
    const ended = await origin.ended;
    assert.equal(ended.status, comesAnother ? 0 : 4);
    const done = doneOf(ended);
    const states = (done['copies'] as Line[]).map(({ name, state }) => [name, state]);
    const others = comesAnother ? { d3: 'verified' } : {};
    assert.deepEqual(Object.fromEntries(states), { d1: 'verified', d2: 'gone', ...others });
    await received(d1, done['snapshot']);
    assertSameTree(client.tree(stage.path('d1'), 'work'), source);
  });
}
