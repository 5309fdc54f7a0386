import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Program } from '../../src/cli/cli.ts';
import { clientProgram } from '../../src/cli/client-program.ts';
import { hubProgram } from '../../src/cli/hub-program.ts';
import { run } from '../../src/cli/main.ts';
import { nearbyLines } from '../../src/cli/nearby-hubs.ts';
import { snapshotLines } from '../../src/cli/verbs/snapshots.ts';
import { formatMinute, formatSince, formatTime } from '../../src/cli/view/counts.ts';
import { cutRows } from '../../src/cli/view/live-screen.ts';
import { RunSpeeds } from '../../src/cli/view/run-speeds.ts';
import { renderStatus } from '../../src/cli/view/status-view.ts';
import { PLAIN } from '../../src/cli/view/style.ts';
import { renderTable } from '../../src/cli/view/table.ts';
import { copiesText, runText, waitingText } from '../../src/cli/view/task-words.ts';
import { textWidth } from '../../src/cli/view/text-width.ts';
import { wrapText } from '../../src/cli/view/wrap-text.ts';
import type { ClientStatus, RunStatus, Status } from '../../src/wire/messages-ask.ts';
import { ManualClock } from '../manual-clock.ts';
import { fakeCli } from './fake-cli.ts';

const NOW_MS = new Date('2026-11-21T14:05:09').getTime();
const MIB = 1024 * 1024;

const RUN: RunStatus = {
  run: 'r1',
  user: 'anna',
  host: 'laptop',
  set: 'photos',
  phase: 'sending',
  connected: 2,
  needed: 2,
  file: Buffer.from('summer/IMG_0042.jpeg'),
  fileBytes: MIB,
  fileTotal: 4 * MIB,
  bytes: 256 * MIB,
  total: 1024 * MIB,
  files: 12,
  filesTotal: 78,
  copies: [],
};

function client(changes: Partial<ClientStatus>): ClientStatus {
  return {
    role: 'destination',
    user: 'anna',
    host: 'laptop',
    name: 'attic',
    device: 'ab'.repeat(32),
    address: '192.0.2.7:40000',
    sinceMs: NOW_MS - 60_000,
    heardMs: NOW_MS - 1000,
    doing: 'waiting for transfers',
    ...changes,
  };
}

const STATUS: Status = {
  t: 'status',
  hub: {
    name: 'vault',
    program: 'rbbackup 0.1.0',
    startedMs: NOW_MS,
    address: '::1',
    port: 7420,
    vaultBytes: MIB,
    plainBytes: 2 * MIB,
    snapshots: 3,
  },
  clients: [client({}), client({ role: 'origin', name: '', doing: 'backing up photos' })],
  runs: [RUN],
};

const VIEW = { columns: 80, style: PLAIN, nowMs: NOW_MS };

test('a hub shows itself, its runs with rate and time left, and its clients', () => {
  const speedOf = () => ({ rate: 45.1 * MIB, leftMs: 17_000 });
  assert.deepEqual(renderStatus(STATUS, { ...VIEW, speedOf }), [
    'vault at [::1]:7420',
    '3 snapshots, 2.00 MiB kept in 1.00 MiB; up since 2026-11-21 14:05:09',
    '',
    'Backup of anna@laptop:photos',
    'Sending what the hub lacks; copies verified: 0 of 2',
    ' summer/IMG_0042.jpeg',
    ` file  ${'█'.repeat(10)}${'░'.repeat(33)}  25 %  1.00 MiB of 4.00 MiB`,
    ` total ${'█'.repeat(10)}${'░'.repeat(33)}  25 %  256 MiB of 1.00 GiB`,
    '       12 of 78 files  45.1 MiB/s, 17 s left',
    '',
    '2 clients, 1 run',
    'ROLE         WHO          NAME   DOING                  SINCE',
    'destination  anna@laptop  attic  waiting for transfers  14:04:09',
    'origin       anna@laptop  -      backing up photos      14:04:09',
  ]);
});

test('with more columns addresses are shown, and when each was heard', () => {
  const lines = renderStatus(STATUS, { ...VIEW, columns: 120 });
  assert.match(lines.at(-1) ?? '', /14:04:09 {2}192\.0\.2\.7:40000 {2}1\.0 s ago$/);
});

for (const columns of [20, 40, 60, 80, 120]) {
  test(`no line of a hub is wider than ${columns} columns, whatever the names are`, () => {
    const hostile = '日本語\u001b[2J\u202e'.repeat(15);
    const clients = [client({ user: hostile, host: hostile, name: hostile, doing: hostile })];
    const runs = [{ ...RUN, set: hostile, file: Buffer.from(hostile) }];
    for (const line of renderStatus({ ...STATUS, clients, runs }, { ...VIEW, columns })) {
      assert.ok(textWidth(line) <= columns, `${textWidth(line)}: ${line}`);
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(line, /[\u0000-\u001f\u202e]/);
    }
  });
}

test('before a run is live it has no bars, and says what it waits for', () => {
  const runs = [{ ...RUN, phase: 'waiting', connected: 1, needed: 3 }];
  const lines = renderStatus({ ...STATUS, runs, clients: [] }, VIEW);
  assert.deepEqual(lines.slice(2), [
    '',
    'Backup of anna@laptop:photos',
    'Waiting for destinations: 1 of 3 destinations connected',
    '',
    'Nobody is connected.',
  ]);
});

test('tasks are told in the same words everywhere', () => {
  const states = (...all: ('verified' | 'behind')[]) => all.map((state) => ({ state }));
  assert.equal(copiesText(states('verified', 'behind'), 3), 'copies verified: 1 of 3');
  assert.equal(
    copiesText(states('verified', 'verified'), 1),
    'copies verified: 1 of 1, and 1 more',
  );
  assert.equal(waitingText(3, 3, ['a\n']), '3 of 3 destinations connected (a\\n)');
  assert.equal(runText({ ...RUN, phase: 'committed', needed: 0 }), 'Committed');
  assert.equal(runText({ ...RUN, phase: '\u001b[2J' }), '\\x1b[2J');
});

test('the speed of a run is known once it has been seen twice, and forgotten with it', () => {
  const clock = new ManualClock();
  const speeds = new RunSpeeds(clock);
  speeds.at([{ run: 'a', bytes: 0, total: 1000 }]);
  clock.advance(1000);
  speeds.at([{ run: 'a', bytes: 100, total: 1000 }]);
  assert.deepEqual(speeds.of('a'), { rate: 100, leftMs: 9000 });
  speeds.at([]);
  assert.equal(speeds.of('a').rate, 0);
  assert.ok(Number.isNaN(speeds.of('a').leftMs));
});

test('a table that is too wide leaves out what it may, then cuts the widest', () => {
  const rows = [
    ['anna@laptop:photos-of-the-summer', '12', 'x'],
    ['bo@pc:b', '3', 'y'],
  ];
  const options = {
    flexible: { 0: 'middle' },
    dispensable: [2],
    goodColumns: 18,
    rightAligned: [1],
  } as const;
  assert.deepEqual(renderTable(['SET', 'FILES', 'Z'], rows, { ...options, columns: 24 }), [
    'SET                FILES',
    'anna@…-the-summer     12',
    'bo@pc:b                3',
  ]);
  assert.equal(renderTable(['SET', 'FILES', 'Z'], rows, options)[1]?.endsWith(' 12  x'), true);
});

test('a list of snapshots fits 80 columns, and is whole where nobody counts them', () => {
  const copy = (name: string) => ({ destination: '', name, verifiedMs: 0 });
  const row = {
    id: Buffer.alloc(32, 0xab),
    user: 'anna',
    host: 'laptop',
    set: 'photos',
    timeMs: NOW_MS,
    files: 78_600,
    dirs: 3,
    bytes: 5 * MIB,
    skipped: 0,
    sourcePath: Buffer.alloc(0),
    copies: ['attic', 'office', 'a very long name of a disk'].map((name) => copy(name)),
  };
  assert.deepEqual(snapshotLines([row], 80), [
    'SNAPSHOT      TIME              SET                     SIZE  COPIES',
    'abababababab  2026-11-21 14:05  anna@laptop:photos  5.00 MiB  3: attic, office,…',
  ]);
  assert.match(
    snapshotLines([row], Infinity)[1] ?? '',
    / 78,600 {2}5\.00 MiB {2}3: attic, office, a very long name of a disk$/,
  );
});

test('a view that is higher than the terminal says how much is missing', () => {
  const lines = ['a', 'b', 'c', 'd'];
  assert.deepEqual(cutRows(lines, 4, 80), lines);
  const cut = ['a', 'b', '… and 2 lines more; a higher window shows all'];
  assert.deepEqual(cutRows(lines, 3, 80), cut);
});

test('sentences are broken between words, and a long word is left whole', () => {
  const path = `/a/${'b'.repeat(30)}`;
  assert.deepEqual(wrapText(`The folder ${path} can't be read.`, 24), [
    'The folder',
    path,
    "can't be read.",
  ]);
  assert.deepEqual(wrapText('one two', 80), ['one two']);
  assert.deepEqual(wrapText('There are some 12.3 MiB left here', 20), [
    'There are some',
    '12.3 MiB left here',
  ]);
  assert.deepEqual(wrapText('\u001b[31mred and more red words\u001b[39m', 22), [
    '\u001b[31mred and more red words\u001b[39m',
  ]);
});

test('a moment of today is its time, another its day', () => {
  assert.equal(formatSince(NOW_MS - 1000, NOW_MS), '14:05:08');
  assert.equal(formatSince(NOW_MS - 86_400_000, NOW_MS), '2026-11-20');
  assert.equal(formatMinute(NOW_MS), formatTime(NOW_MS).slice(0, -3));
});

test('hubs nearby are a list with the way in to each, and what they say is escaped', () => {
  const fingerprint = 'ab'.repeat(32);
  const hub = { address: 'fe80::1%eth0', port: 7420, fingerprint: null, open: false };
  const known = [{ fingerprint, name: 'anna', addresses: [] }];
  const hubs = [
    { ...hub, name: 'attic', fingerprint, open: true },
    { ...hub, name: 'cellar\u202e', address: '192.0.2.7', open: true },
    { ...hub, name: 'shed' },
  ];
  assert.deepEqual(nearbyLines(hubs, known, 80).slice(0, 4), [
    'HUB                 ADDRESS              WAY IN          FINGERPRINT',
    'attic               [fe80::1%eth0]:7420  known, as anna  abababababababab',
    'cellar\\xe2\\x80\\xae  192.0.2.7:7420       open, by name   -',
    'shed                [fe80::1%eth0]:7420  by invitation   -',
  ]);
  assert.match(nearbyLines([], [], 80)[0] ?? '', /^No hub was found/);
});

async function helpOf(program: Program, ...argv: string[]): Promise<string> {
  const cli = fakeCli(argv, 80);
  assert.equal(await run(program, argv, cli), 0);
  return cli.written();
}

for (const program of [clientProgram, hubProgram]) {
  for (const verb of ['', ...program.verbs.map(({ name }) => name)]) {
    test(`the help of ${program.name} ${verb} fits 80 columns`, async () => {
      const text = await helpOf(program, ...(verb === '' ? [] : [verb]), '-h');
      for (const line of text.split('\n')) assert.ok(textWidth(line) <= 80, line);
    });
  }
}

test('what went wrong is broken between words on a terminal, and one line in a log', async () => {
  const argv = ['ls', 'latest', '--config', '/proc/no/such/folder/that/could/be/made/here'];
  const log = fakeCli(argv);
  await run(clientProgram, argv, log);
  const terminal = fakeCli(argv, 80);
  Object.assign(terminal.stderr, { isTTY: true, columns: 40 });
  await run(clientProgram, argv, terminal);
  assert.equal(log.complained().trimEnd().split('\n').length, 1);
  assert.equal(terminal.complained().replaceAll('\n', ' '), log.complained().replaceAll('\n', ' '));
  assert.ok(terminal.complained().trimEnd().split('\n').length > 1);
});
