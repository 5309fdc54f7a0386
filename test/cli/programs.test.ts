/** The two programs from outside: what a script sees of them, and of the hub's beginning and end. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

const BIN = resolve(import.meta.dirname, '../../bin');
const folder = mkdtempSync(join(tmpdir(), 'rbbackup-cli-'));
const dir = join(folder, 'hub');
let hub: ChildProcess;
let listening: Record<string, unknown>;
let isReady = false;

type Ended = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

function run(program: 'rbbackup' | 'rbbackupd', ...args: string[]): Ended {
  const env = { ...process.env, RBBACKUP_CONFIG: join(folder, 'config') };
  return spawnSync(join(BIN, program), args, { encoding: 'utf8', env, timeout: 60_000 });
}

/** The last line of `--json`. */
function doneOf({ stdout }: Ended): Record<string, unknown> {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
}

before(async () => {
  hub = spawn(
    join(BIN, 'rbbackupd'),
    [dir, '--listen', '127.0.0.1:0', '--console', 'off', '--json'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  assert.ok(hub.stdout);
  const [line] = (await once(createInterface({ input: hub.stdout }), 'line')) as [string];
  hub.stdout.resume();
  listening = JSON.parse(line) as Record<string, unknown>;
  isReady = true;
});

after(() => {
  hub.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test('the first line of the hub says what came of listening', () => {
  assert.ok(isReady);
  const { port, fingerprint, ...rest } = listening;
  assert.deepEqual(rest, { event: 'listening', address: '127.0.0.1', console: null, open: false });
  assert.ok(typeof port === 'number' && port > 0);
  assert.match(String(fingerprint), /^[0-9a-f]{64}$/);
});

test('a second hub on the same directory is refused, and one on the same port', () => {
  const second = run('rbbackupd', dir, '--listen', '127.0.0.1:0');
  assert.equal(second.status, 1);
  assert.match(second.stderr, /Another hub is running/);
  const samePort = run(
    'rbbackupd',
    join(folder, 'other'),
    '--listen',
    `127.0.0.1:${String(listening['port'])}`,
  );
  assert.equal(samePort.status, 1);
  assert.match(samePort.stderr, /port/i);
});

test('a directory that can not be made is a sentence, and ends with 1', () => {
  writeFileSync(join(folder, 'file'), '');
  const ended = run('rbbackupd', join(folder, 'file', 'hub'));
  assert.equal(ended.status, 1);
  assert.match(ended.stderr, /can't be made/);
});

test('an unknown device is refused with 5, also under a name', () => {
  const ended = run(
    'rbbackup',
    'status',
    '--server',
    `127.0.0.1:${String(listening['port'])}`,
    '--name',
    'anna',
    '--json',
  );
  assert.equal(ended.status, 5);
  assert.equal(doneOf(ended)['code'], 'not-trusted');
});

test('an invitation lets one device in; used again by another it is refused with 5', () => {
  const code = run('rbbackupd', 'invite', dir, 'anna').stdout.trim();
  const login = run('rbbackup', 'login', code, '--host', 'laptop', '--json');
  assert.equal(login.status, 0, login.stderr);
  assert.deepEqual([doneOf(login)['user'], doneOf(login)['host']], ['anna', 'laptop']);
  const again = run('rbbackup', 'login', code, '--config', join(folder, 'another'), '--json');
  assert.equal(again.status, 5);
  assert.equal(doneOf(again)['code'], 'invitation-used');
});

test('a backup, its listing, its differences and its restoring, by their exit statuses and last lines', () => {
  const source = join(folder, 'photos');
  mkdirSync(join(source, 'summer'), { recursive: true });
  writeFileSync(join(source, 'summer', 'sea.txt'), 'waves\n');
  const first = run('rbbackup', '-rd', source, '--host', 'laptop', '--json');
  assert.equal(first.status, 0, first.stderr);
  assert.deepEqual([doneOf(first)['ok'], doneOf(first)['files']], [true, 1]);
  writeFileSync(join(source, 'summer', 'sea.txt'), 'waves and wind\n');
  symlinkSync(source, join(folder, 'link'));
  const second = run(
    'rbbackup',
    '-rd',
    join(folder, 'link'),
    '--set',
    'photos',
    '--host',
    'laptop',
    '--json',
  );
  assert.deepEqual([second.status, doneOf(second)['changed']], [0, 1]);

  const ids = [first, second].map((ended) => String(doneOf(ended)['snapshot']).slice(0, 16));
  const diff = run('rbbackup', 'diff', ...(ids as [string, string]));
  assert.match(diff.stdout, /^M summer\/sea\.txt$/m);
  const list = run('rbbackup', 'ls', 'photos@latest', 'summer', '--host', 'laptop');
  assert.match(list.stdout, / 15 .* summer\/sea\.txt\n$/);
  const into = join(folder, 'restored');
  const restored = run('rbbackup', 'restore', `${ids[0]}:summer/sea.txt`, into, '--json');
  assert.deepEqual(
    [restored.status, doneOf(restored)['files'], doneOf(restored)['bytes']],
    [0, 1, 6],
  );
});

test('what is not there ends with 1', () => {
  for (const args of [
    ['ls', 'ffffffffffff'],
    ['ls', 'latest', 'no/such/file', '--host', 'laptop'],
    ['restore', 'abcdef123456', folder],
  ]) {
    const ended = run('rbbackup', ...args, '--json');
    assert.deepEqual([ended.status, doneOf(ended)['code']], [1, 'not-found']);
  }
});

test('users and a check can be asked for while the hub runs', () => {
  assert.match(run('rbbackupd', 'users', dir).stdout, /^anna +member/m);
  const check = run('rbbackupd', 'check', dir, '--read-data', '--json');
  assert.deepEqual([check.status, doneOf(check)['ok'], doneOf(check)['snapshots']], [0, true, 2]);
});

test('too few copies within the time given end with 4, and the snapshot is there', () => {
  const ended = run(
    'rbbackup',
    '-r',
    join(folder, 'photos'),
    '--copies',
    '1',
    '--wait',
    '100ms',
    '--host',
    'laptop',
    '--json',
  );
  const done = doneOf(ended);
  assert.deepEqual([ended.status, done['ok'], done['code']], [4, false, 'too-few-copies']);
  assert.match(String(done['snapshot']), /^[0-9a-f]{64}$/);
});

test('SIGTERM ends the hub with 0', async () => {
  hub.kill('SIGTERM');
  const [status] = (await once(hub, 'exit')) as [number | null];
  assert.equal(status, 0);
});
