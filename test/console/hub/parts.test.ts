import assert from 'node:assert/strict';
import { test } from 'node:test';

import { copyWarning } from '../../../src/console/hub/copy-warning.ts';
import { EventLog } from '../../../src/console/hub/event-log.ts';
import { isFromThisMachine } from '../../../src/console/hub/from-this-machine.ts';
import { RunLines } from '../../../src/console/hub/run-lines.ts';
import type { RunView } from '../../../src/hub/overview.ts';
import { ManualClock } from '../../manual-clock.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = 1_000_000_000_000;

const RULES: readonly (readonly [string, number | null, number, number, number, string | null])[] =
  [
    ['no snapshot', null, 0, 0, 0, 'never'],
    ['no snapshot though copies were asked for', null, 2, 0, 0, 'never'],
    ['no copy was asked for', 48, 0, 0, 0, null],
    ['as many as asked', 48, 2, 2, 2, null],
    ['more than asked', 48, 2, 3, 3, null],
    ['nobody holds any', 0, 2, 0, 0, 'none'],
    ['one of two holds the newest', 48, 2, 1, 1, 'too-few'],
    ['two hold something, the newest is an hour old', 1, 2, 0, 2, 'too-few'],
    ['two hold something, the newest is a day old', 24, 2, 1, 2, 'too-few'],
    ['two hold something, the newest is older', 25, 2, 1, 2, 'old'],
  ];

for (const [what, ageHours, asked, verified, holders, expected] of RULES) {
  test(`${expected ?? 'no warning'} where ${what}`, () => {
    const latestTimeMs = ageHours === null ? null : NOW_MS - ageHours * HOUR_MS;
    assert.equal(copyWarning({ latestTimeMs, asked, verified, holders }, NOW_MS), expected);
  });
}

test('of many events the newest 200 are kept, newest first', () => {
  const log = new EventLog(new ManualClock());
  assert.deepEqual(log.lines(), []);
  let told = 0;
  const off = log.onChange(() => told++);
  for (let i = 1; i <= 450; i++) log.add({ level: 'info', event: 'e', message: String(i) });
  off();
  log.add({ level: 'info', event: 'e', message: 'last' });
  const messages = log.lines().map(({ message }) => message);
  assert.equal(messages.length, 200);
  assert.deepEqual([messages[0], messages[1], messages.at(-1)], ['last', '450', '252']);
  assert.deepEqual([told, log.count], [450, 451]);
});

test('only who sits at this machine, and knows it, is at this machine', () => {
  const from = (remoteAddress: string, headers: Record<string, string>): boolean =>
    isFromThisMachine({ socket: { remoteAddress }, headers });
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) {
    for (const host of ['localhost:7421', '127.0.0.1:7421', '[::1]:7421', 'localhost'])
      assert.ok(from(address, { host }), `${address} ${host}`);
  }
  for (const address of ['192.0.2.1', '::ffff:192.0.2.1', '127.0.0.1.example.org', ''])
    assert.ok(!from(address, { host: 'localhost' }), address);
  for (const host of ['hub.example.org', '127.0.0.1.example.org', 'localhost.example.org:1', ''])
    assert.ok(!from('127.0.0.1', { host }), host);
  for (const header of ['forwarded', 'x-forwarded-for', 'via'])
    assert.ok(!from('127.0.0.1', { host: 'localhost', [header]: 'x' }), header);
});

test('rates follow from one look to the next, and many copies are bounded', () => {
  const clock = new ManualClock();
  const lines = new RunLines(clock);
  const runAt = (bytes: number, copies = 0): RunView => ({
    run: 'r',
    key: { user: 'ana', host: 'machine', set: 'docs' },
    phase: 'live',
    progress: {
      phase: 'sending',
      file: new Uint8Array(),
      fileBytes: 0,
      fileTotal: 0,
      bytes,
      total: 10_000,
      files: 0,
      filesTotal: 1,
    },
    connected: 0,
    needed: 0,
    copies: Array.from({ length: copies }, (_, i) => ({
      destination: String(i),
      name: 'n',
      state: 'waiting' as const,
      bytes: 0,
      total: 0,
      file: new Uint8Array(),
    })),
  });
  assert.equal(lines.of([runAt(0)])[0]?.progress?.leftMs, null);
  clock.advance(1000);
  const { rate, leftMs } = lines.of([runAt(2000)])[0]?.progress ?? {};
  assert.deepEqual([rate, leftMs], [2000, 4000]);
  // A run that was away begins anew.
  lines.of([]);
  assert.equal(lines.of([runAt(2000)])[0]?.progress?.rate, 0);
  const many = lines.of([runAt(0, 1500), runAt(0, 1500)]);
  assert.deepEqual(
    many.map(({ copies }) => copies.length),
    [1500, 500],
  );
});
