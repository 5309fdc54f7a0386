/** Hubs on the local network, in networks of their own: nothing of it leaves this machine. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

const BIN = resolve(import.meta.dirname, '../../bin');
const SPEAKER = resolve(import.meta.dirname, 'hostile/mdns-speaker.ts');
const IN_TIME = { timeout: 60_000 };

const folder = mkdtempSync(join(tmpdir(), 'rbbackup-nearby-'));
const tag = `rb${process.pid % 100_000}`;
const [near, far] = [`${tag}a`, `${tag}b`];
const running: ChildProcess[] = [];
let reason: string | false = false;
let fingerprint = '';

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}

function makeNetworks(): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'networks of their own take root on Linux';
  try {
    for (const name of [near, far]) {
      ip('netns', 'add', name);
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
    const there = ['peer', 'name', `${far}0`, 'netns', far];
    ip('link', 'add', `${near}0`, 'netns', near, 'type', 'veth', ...there);
    ip('-n', near, 'addr', 'add', '10.77.0.1/24', 'dev', `${near}0`);
    ip('-n', far, 'addr', 'add', '10.77.0.2/24', 'dev', `${far}0`);
    ip('-n', near, 'link', 'set', `${near}0`, 'up');
    ip('-n', far, 'link', 'set', `${far}0`, 'up');
    return false;
  } catch (error) {
    return `networks of their own can't be made here: ${String(error)}`;
  }
}

/** Runs in a network until the test ends it; resolves with its first line. */
async function start(network: string, ...command: string[]): Promise<string> {
  const child = spawn('ip', ['netns', 'exec', network, ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  child.stdout.resume();
  return line;
}

async function startHub(network: string, dir: string, ...more: string[]): Promise<string> {
  const options = ['--listen', '0.0.0.0:7420', '--console', 'off', '--json', '--no-udp', ...more];
  const line = await start(network, join(BIN, 'rbbackupd'), join(folder, dir), ...options);
  return (JSON.parse(line) as { fingerprint: string }).fingerprint;
}

type Line = { readonly event: string; readonly [field: string]: unknown };

function lookFrom(network: string): { status: number | null; lines: Line[] } {
  const options = ['login', '--nearby', '--json', '--config', join(folder, 'config')];
  const { status, stdout, stderr } = spawnSync(
    'ip',
    ['netns', 'exec', network, join(BIN, 'rbbackup'), ...options],
    { encoding: 'utf8', timeout: 30_000 },
  );
  assert.equal(stderr, '');
  const lines = stdout.trim().split('\n');
  return { status, lines: lines.map((line) => JSON.parse(line) as Line) };
}

/** Looks until so many hubs are found: a hub listens before it is announced. */
function lookFor(network: string, hubs: number): Line[] {
  let { lines } = lookFrom(network);
  for (let tries = 0; tries < 9 && lines.length !== hubs + 1; tries++)
    ({ lines } = lookFrom(network));
  return lines;
}

async function endAll(): Promise<void> {
  for (const child of running.splice(0)) {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  }
}

before(() => {
  reason = makeNetworks();
});

after(async () => {
  await endAll();
  for (const name of [near, far]) spawnSync('ip', ['netns', 'del', name]);
  rmSync(folder, { recursive: true, force: true });
});

test(
  'a hub is found on the network next to it, and no more once it has ended',
  IN_TIME,
  async (t) => {
    if (reason !== false) return t.skip(reason);
    fingerprint = await startHub(near, 'hub', '--name', 'vault', '--open');
    const lines = lookFor(far, 1);
    const hub = { name: 'vault', address: '10.77.0.1', port: 7420, fingerprint, open: true };
    assert.deepEqual(lines, [
      { event: 'hub', ...hub, user: null },
      { event: 'done', ok: true, hubs: 1 },
    ]);
    await endAll();
    assert.deepEqual(lookFrom(far).lines, [{ event: 'done', ok: true, hubs: 0 }]);
  },
);

test('two hubs of one name are both found', IN_TIME, async (t) => {
  if (reason !== false) return t.skip(reason);
  await Promise.all([
    startHub(near, 'hub', '--name', 'vault'),
    startHub(far, 'other', '--name', 'vault'),
  ]);
  const lines = lookFor(far, 2);
  const hubs = lines.filter(({ event }) => event === 'hub');
  assert.deepEqual(
    hubs.map(({ name, address }) => `${String(name)} ${String(address)}`).toSorted(),
    ['vault 10.77.0.1', 'vault 10.77.0.2'],
  );
  await endAll();
});

test('with --no-announce, and on the loopback alone, a hub says nothing', IN_TIME, async (t) => {
  if (reason !== false) return t.skip(reason);
  await startHub(near, 'hub', '--no-announce');
  await startHub(far, 'other', '--listen', '127.0.0.1:7420');
  assert.deepEqual(lookFrom(far).lines, [{ event: 'done', ok: true, hubs: 0 }]);
  await endAll();
});

test(
  'what a stranger shouts ends neither hub nor search, and is at most a hundred hubs',
  IN_TIME,
  async (t) => {
    if (reason !== false) return t.skip(reason);
    await startHub(near, 'hub', '--name', 'vault');
    await start(far, process.execPath, SPEAKER, '10.77.0.2');
    const { status, lines } = lookFrom(near);
    assert.equal(status, 0);
    const hubs = lines.filter(({ event }) => event === 'hub');
    assert.ok(hubs.length <= 100, `${hubs.length} hubs`);
    for (const { name, address, port } of hubs) {
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(String(name), /[\u0000-\u001f\u202e/]/);
      assert.match(String(address), /^[0-9a-f.:]+(?:%\w+)?$/);
      assert.ok(Number(port) > 0 && Number(port) < 65_536);
    }
    const [hub] = running;
    assert.equal(hub?.exitCode, null, 'the hub goes on');
    await endAll();
  },
);
