import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { NetworkInterfaceInfo } from 'node:os';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { Command } from 'commander';

import { backupOptions } from '../../src/cli/backup-options.ts';
import type { BackupOptions } from '../../src/cli/backup-options.ts';
import { readExcludes } from '../../src/cli/exclude-patterns.ts';
import { reachableAddresses } from '../../src/console/hub/reachable-addresses.ts';
import { Output } from '../../src/cli/output.ts';
import { ProgressOutput } from '../../src/cli/progress-output.ts';
import { RateMeter } from '../../src/base/rate-meter.ts';
import { ManualClock } from '../manual-clock.ts';
import { fakeCli } from './fake-cli.ts';

test('patterns keep the order of the command line, those of a file in its place', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rbbackup-cli-'));
  try {
    const file = join(folder, 'patterns');
    writeFileSync(file, '\ufeff# a comment\r\n*.o\r\n\r\n!keep.o\n');
    const command = new Command();
    for (const option of backupOptions()) command.addOption(option);
    command.parse(['--exclude', 'a', '--exclude-from', file, '--exclude', '!b'], { from: 'user' });
    const { exclude, excludeFrom } = command.opts<BackupOptions>();
    assert.deepEqual(await readExcludes(exclude ?? []), ['a', '*.o', '!keep.o', '!b']);
    assert.equal(exclude, excludeFrom);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function address(text: string, internal: boolean = false): NetworkInterfaceInfo {
  const family = text.includes(':') ? 'IPv6' : 'IPv4';
  return {
    address: text,
    family,
    internal,
    netmask: '',
    mac: '',
    cidr: null,
    scopeid: 0,
  };
}

test('an invitation names all addresses of a hub that listens on all, the loopback last', () => {
  const interfaces = {
    lo: [address('127.0.0.1', true), address('::1', true)],
    eth0: [address('fe80::1'), address('2001:db8::7'), address('192.0.2.7')],
  };
  const port = 7420;
  assert.deepEqual(reachableAddresses({ address: '0.0.0.0', port }, interfaces), [
    '192.0.2.7:7420',
    '127.0.0.1:7420',
  ]);
  const all = ['192.0.2.7:7420', '[2001:db8::7]:7420', '127.0.0.1:7420'];
  assert.deepEqual(reachableAddresses({ address: '::', port }, interfaces), all);
  assert.deepEqual(reachableAddresses({ address: '192.0.2.9', port }, interfaces), [
    '192.0.2.9:7420',
  ]);
});

test('a rate is that of the last seconds', () => {
  const clock = new ManualClock();
  const meter = new RateMeter(clock);
  meter.at(0);
  assert.equal(meter.rate, 0);
  assert.ok(Number.isNaN(meter.leftMs(1000)));
  for (let second = 1; second <= 20; second++) {
    clock.advance(1000);
    meter.at(second * 100);
  }
  assert.equal(meter.rate, 100);
  assert.equal(meter.leftMs(1000), 10_000);
  clock.advance(60_000);
  assert.ok(meter.rate < 10, 'it falls when nothing comes');
});

const PLACE = {
  phase: 'sending',
  file: Buffer.from('a'),
  fileBytes: 0,
  fileTotal: 0,
  bytes: 0,
  total: 100,
  files: 0,
  filesTotal: 1,
};

test('at most ten lines of progress a second are printed with --json', () => {
  const clock = new ManualClock();
  const cli = fakeCli([]);
  const progress = new ProgressOutput(new Output({ json: true }, cli), clock);
  for (let i = 0; i < 100; i++) {
    progress.at({ ...PLACE, bytes: i });
    clock.advance(10);
  }
  const lines = cli.written().trim().split('\n');
  assert.ok(lines.length <= 10, `${lines.length} lines`);
  for (const line of lines) assert.equal((JSON.parse(line) as { event: string }).event, 'progress');
});

test('without a terminal a line is printed every few seconds, and only when something has moved', () => {
  const clock = new ManualClock();
  const cli = fakeCli([]);
  const progress = new ProgressOutput(new Output({}, cli), clock);
  progress.at({ ...PLACE, bytes: 40 });
  assert.equal(cli.written(), '');
  clock.advance(3000);
  assert.equal(cli.written(), '40 %, 40 B of 100 B, 0 of 1 files: a\n');
  clock.advance(9000);
  assert.equal(cli.written().split('\n').length, 2);
  progress.stop();
  assert.equal(clock.pendingCount, 0);
});

test('--quiet prints nothing of it, and a terminal no lines', () => {
  for (const [options, columns] of [
    [{ quiet: true }, undefined],
    [{}, 80],
  ] as const) {
    const clock = new ManualClock();
    const cli = fakeCli([], columns);
    const progress = new ProgressOutput(new Output(options, cli), clock);
    progress.at(PLACE);
    clock.advance(10_000);
    assert.equal(cli.written(), '');
  }
});
