import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

import { writeFiles, writeNoise } from './data.ts';
import { Program, doneOf } from './program.ts';
import type { Line } from './program.ts';
import { Stage } from './stage.ts';

/** Fails unless an object has these fields first of all, each of its type. */
function assertShape(line: Line, shape: Readonly<Record<string, string>>): void {
  for (const [field, type] of Object.entries(shape)) {
    const value = line[field];
    const is = Array.isArray(value) ? 'array' : typeof value;
    assert.equal(is, type, `${field} of ${JSON.stringify(line)}`);
  }
}

const PROGRESS = {
  phase: 'string',
  file: 'string',
  fileBytes: 'number',
  fileTotal: 'number',
  bytes: 'number',
  total: 'number',
  files: 'number',
  filesTotal: 'number',
  rate: 'number',
};
const DONE = {
  ok: 'boolean',
  snapshot: 'string',
  files: 'number',
  dirs: 'number',
  bytes: 'number',
  sentBytes: 'number',
  sentChunks: 'number',
  changed: 'number',
  deleted: 'number',
  seconds: 'number',
  copies: 'array',
  skipped: 'array',
};

test('--json prints one object a line, `event` first: waiting, progress, files with --verbose, and done last', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeNoise(join(source, 'big.bin'), 'shapes', 12_000_000);
  writeFiles(source, { 'a.txt': 'a', 'sub/b.txt': 'bb' });
  const hub = await stage.hub();
  const client = hub.client('ana');
  const origin = client.start(['-rd', source, '--copies', '2', '--verbose']);
  const waiting = await origin.event('waiting');
  assertShape(waiting, { connected: 'number', needed: 'number' });
  assert.deepEqual([waiting['connected'], waiting['needed']], [0, 2]);
  const destinations = [await client.receive(stage.path('d1'))];
  await origin.line((line) => line.event === 'waiting' && line['connected'] === 1, 'one connected');
  assert(!origin.lines.some(({ event }) => event === 'started'), 'it began before all were there');
  destinations.push(await client.receive(stage.path('d2'), '--once', '--verbose'));
  const ended = await origin.ended;
  assert.equal(ended.status, 0);

  for (const line of ended.lines) assert.equal(Object.keys(line)[0], 'event');
  const of = (event: string): Line[] => ended.lines.filter((line) => line.event === event);
  assert(of('waiting').every((line) => line['needed'] === 2));
  assert(of('progress').length > 0);
  for (const line of of('progress')) assertShape(line, PROGRESS);
  const last = of('progress').at(-1) as Line;
  assert.deepEqual([last['bytes'], last['files']], [12_000_003, 3]);
  assert.deepEqual(
    of('file')
      .map((line) => String(line['path']))
      .toSorted(),
    ['a.txt', 'big.bin', 'sub/b.txt'],
  );
  assert.equal(of('done').length, 1);
  const done = doneOf(ended);
  assertShape(done, DONE);
  assert.match(String(done['snapshot']), /^[0-9a-f]{64}$/);
  assert.deepEqual(
    [done['ok'], done['files'], done['bytes'], done['changed'], done['deleted'], done['skipped']],
    [true, 3, 12_000_003, 3, 0, []],
  );
  assert(
    Number(done['sentBytes']) > 12_000_000 && Number(done['sentBytes']) < 12_500_000,
    `sentBytes ${String(done['sentBytes'])}`,
  );
  const copies = done['copies'] as { name: string; state: string; bytes: number }[];
  assert.deepEqual(
    copies.map(({ state, bytes }) => [state, bytes]),
    [
      ['verified', 12_000_003],
      ['verified', 12_000_003],
    ],
  );
  assert(copies.every(({ name }) => typeof name === 'string' && name !== ''));

  const second = await destinations[1]?.ended;
  assert(second !== undefined);
  assert.equal(second.status, 0, '--once ends with the first verified transfer');
  const receivedDone = doneOf(second);
  assertShape(receivedDone, {
    ok: 'boolean',
    snapshot: 'string',
    files: 'number',
    bytes: 'number',
    receivedBytes: 'number',
    reusedBytes: 'number',
  });
  assert.equal(receivedDone['snapshot'], done['snapshot']);
  assert.deepEqual(
    second.lines
      .filter(({ event }) => event === 'file')
      .map((line) => String(line['path']))
      .filter((path) => path !== 'sub')
      .toSorted(),
    ['a.txt', 'big.bin', 'sub/b.txt'],
  );
});

test('progress comes at most ten times a second', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  for (let i = 0; i < 40; i++) writeNoise(join(source, `${i}`), `rate ${i}`, 1_500_000);
  const hub = await stage.hub();
  const { lines, done } = await hub.client('ana').run(['-rd', source]);
  const phases = new Set<unknown>();
  const same = lines.filter(
    (line) =>
      line.event === 'progress' && (phases.has(line['phase']) || !phases.add(line['phase'])),
  );
  // The first of each phase comes at once.
  assert(
    same.length <= Math.ceil(Number(done['seconds']) * 10),
    `${same.length} in ${String(done['seconds'])} s`,
  );
});

test('--quiet says nothing when all is well, and still says what failed', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, { 'a.txt': 'a' });
  const hub = await stage.hub();
  const client = hub.client('ana');
  const quiet = await client.say(['-rd', source, '--quiet']);
  assert.deepEqual(quiet, { status: 0, stdout: '', stderr: '' });
  const wrong = await client.say(['-rd', stage.path('nowhere'), '--quiet']);
  assert.equal(wrong.status, 1);
  assert.equal(wrong.stdout, '');
  assert.match(wrong.stderr, /nowhere does not exist/);
});

test('without a terminal a backup tells people in lines what it did, and no name can drive their terminal', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, { 'a\u001b[31m\nb.txt': 'a' });
  const hub = await stage.hub();
  const client = hub.client('ana');
  await client.receive(stage.path('copy'));
  const said = await client.say(['-rd', source, '--copies', '1', '--verbose']);
  assert.equal(said.status, 0);
  assert.match(said.stdout, /Copies verified: 1 of 1/);
  assert(said.stdout.includes('a\\x1b[31m\\nb.txt'), said.stdout);
  // eslint-disable-next-line no-control-regex
  assert.doesNotMatch(said.stdout + said.stderr, /[\u0000-\u0009\u000b-\u001f\u007f]/);
});

test('exit 1: a PATH that is not there, a port where nobody listens, a PATH that is a FIFO; each with a sentence', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  execFileSync('mkfifo', [stage.path('fifo')]);
  const hub = await stage.hub();
  const client = hub.client('ana');
  const missing = await client.run(['-rd', stage.path('nowhere')]);
  assert.deepEqual(
    [missing.status, missing.done['ok'], missing.done['code']],
    [1, false, 'not-found'],
  );
  assert.match(String(missing.done['message']), /nowhere does not exist/);
  const fifo = await client.run(['-rd', stage.path('fifo')]);
  assert.deepEqual([fifo.status, fifo.done['code']], [1, 'unsupported']);
  await hub.program.stop();
  const alone = await client.start(['-rd', source]).ended;
  assert.deepEqual([alone.status, doneOf(alone)['code']], [1, 'connection-lost']);
  assert.match(String(doneOf(alone)['message']), new RegExp(`127\\.0\\.0\\.1.*${hub.port}`));
  const said = await client.say(['-rd', source]);
  assert.match(said.stderr, /Does --server name the hub/);
});

test('exit 2: a command line that is wrong; nobody is called for it', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  const lines = [
    ['-rd'],
    ['-rx', source],
    ['-rd', source, '--copies', 'many'],
    ['-rd', source, '--copies', '0'],
    ['-rd', source, '--wait', 'soon'],
    ['-rd', source, 'another'],
    ['-rd', source, '--server', 'host:99999'],
    ['-rd', source, '--limit', 'fast'],
    ['restore', 'latest'],
    ['receive'],
    ['-rd', source],
  ];
  const all = lines.map(async (args) => {
    const { status, stderr } = await new Program('rbbackup', [
      ...args,
      '--config',
      stage.path('config'),
    ]).ended;
    assert.equal(status, 2, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, /^rbbackup: .+/, args.join(' '));
    assert.doesNotMatch(stderr, /at .*\.ts:\d+/, 'a stack was shown');
  });
  await Promise.all(all);
});

test('exit 4: committed, but fewer verified copies than asked by the time that was given', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, { 'a.txt': 'a' });
  const hub = await stage.hub();
  const client = hub.client('ana');
  const destination = await client.receive(stage.path('copy'));
  const { status, done } = await client.run(['-rd', source, '--copies', '2', '--wait', '1s']);
  assert.deepEqual([status, done['ok'], done['code']], [4, false, 'too-few-copies']);
  assert.match(String(done['message']), /1 of 2 copies verified/);
  assert.match(String(done['snapshot']), /^[0-9a-f]{64}$/);
  assert.equal((await client.run(['ls', String(done['snapshot'])])).status, 0);
  await destination.stop();
});

test('exit 5: a device that the hub does not know; exit 130: interrupted, and the next run goes on', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, { 'a.txt': 'a' });
  const closed = await stage.hub({ open: false, dir: stage.path('closed') });
  const refused = await closed.client('ana').run(['-rd', source]);
  assert.deepEqual(
    [refused.status, refused.done['ok'], refused.done['code']],
    [5, false, 'not-trusted'],
  );

  const hub = await stage.hub();
  const client = hub.client('ana');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const origin = client.start(['-rd', source, '--copies', '1']);
    await origin.event('waiting');
    origin.signal(signal);
    const ended = await origin.ended;
    assert.equal(ended.status, 130);
    assert.deepEqual([doneOf(ended)['ok'], doneOf(ended)['code']], [false, 'interrupted']);
  }
  assert.equal((await client.run(['snapshots'])).done['snapshots'], 0);
  await client.backup(source);
});
