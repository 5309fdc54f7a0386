/** A hub that is back at another address is found by its announcement, in networks of their own. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';

import type { Program } from './program.ts';
import { Stage, received } from './stage.ts';
import { assertSameTree } from './trees.ts';

const LIAR = resolve(import.meta.dirname, 'hostile/lying-announcer.ts');
const IN_TIME = { timeout: 120_000 };
const tag = `rb${process.pid % 100_000}`;
const [near, far] = [`${tag}m`, `${tag}n`];
let reason: string | false = false;

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
    ip('-n', near, 'addr', 'add', '10.78.0.1/24', 'dev', `${near}0`);
    ip('-n', far, 'addr', 'add', '10.78.0.2/24', 'dev', `${far}0`);
    for (const name of [near, far]) ip('-n', name, 'link', 'set', `${name}0`, 'up');
    return false;
  } catch (error) {
    return `networks of their own can't be made here: ${String(error)}`;
  }
}

function within(network: string): { under: string[] } {
  return { under: ['ip', 'netns', 'exec', network] };
}

async function startHub(stage: Stage, dir: string, port: number): Promise<Program> {
  const options = ['--listen', `0.0.0.0:${port}`, '--console', 'off', '--json', '--open'];
  const args = [stage.path(dir), ...options];
  const program = stage.start('rbbackupd', args, undefined, within(near));
  await program.event('listening');
  return program;
}

/** A client beyond the network, by what it remembers alone. */
function client(stage: Stage, ...args: string[]): Program {
  const all = [...args, '--host', 'desk', '--config', stage.path('config'), '--json'];
  return stage.start('rbbackup', all, undefined, within(far));
}

async function connectedTo(program: Program, address: string): Promise<void> {
  await program.line(
    (line) => line.event === 'connected' && line['address'] === address,
    `a connection to ${address}`,
  );
}

function rememberedAddresses(stage: Stage): string[] {
  const text = readFileSync(stage.path('config', 'hubs.json'), 'utf8');
  return (JSON.parse(text) as { hubs: { addresses: string[] }[] }).hubs[0]?.addresses ?? [];
}

/** Announces, under a hub's fingerprint, that it is where another hub is. */
async function startLiar(fingerprint: string): Promise<ChildProcess> {
  const command = ['netns', 'exec', near, process.execPath, LIAR, '10.78.0.1', '7421', fingerprint];
  const child = spawn('ip', command, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

before(() => {
  reason = makeNetworks();
});

after(() => {
  for (const name of [near, far]) spawnSync('ip', ['netns', 'del', name]);
});

test(
  'a hub that comes back elsewhere is found by its key, and no liar ends the waiting',
  IN_TIME,
  async (t) => {
    if (reason !== false) return t.skip(reason);
    await using stage = await Stage.open();
    const source = stage.path('letters');
    mkdirSync(source);
    writeFileSync(join(source, 'a.txt'), 'first');
    const hub = await startHub(stage, 'hub', 7420);
    const { fingerprint } = await hub.event('listening');
    const login = await client(stage, 'login', '--server', '10.78.0.1:7420', '--name', 'ana').ended;
    assert.equal(login.status, 0, login.stderr);
    const destination = client(stage, 'receive', stage.path('copy'));
    await connectedTo(destination, '10.78.0.1:7420');

    await hub.stop();
    // Somebody else says that he is the hub, and another hub even listens there.
    const other = await startHub(stage, 'other', 7421);
    const liar = await startLiar(String(fingerprint));
    stage.atEnd(() => Promise.resolve(liar.kill('SIGKILL')));
    const refused = await client(stage, '-rd', source).ended;
    assert.equal(refused.status, 1);
    assert.match(String(refused.lines.at(-1)?.['code']), /^connection-lost$/);
    await destination.event('disconnected');
    assert.equal(destination.child.exitCode, null, 'it goes on waiting');
    liar.kill('SIGKILL');
    await other.kill();

    ip('-n', near, 'addr', 'del', '10.78.0.1/24', 'dev', `${near}0`);
    ip('-n', near, 'addr', 'add', '10.78.0.9/24', 'dev', `${near}0`);
    await startHub(stage, 'hub', 7555);
    await connectedTo(destination, '10.78.0.9:7555');
    const { status, lines } = await client(stage, '-rd', source, '--copies', '1').ended;
    assert.equal(status, 0, JSON.stringify(lines.at(-1)));
    await received(destination, lines.at(-1)?.['snapshot']);
    assertSameTree(stage.path('copy', 'ana@desk', 'letters'), source);
    assert.deepEqual(rememberedAddresses(stage), ['10.78.0.9:7555', '10.78.0.1:7420']);
  },
);

test('a destination waits for the hub that it met first, whichever other commands use meanwhile', async () => {
  await using stage = await Stage.open();
  const first = await stage.hub({ dir: stage.path('first') });
  const second = await stage.hub({ dir: stage.path('second') });
  const common = ['--host', 'desk', '--config', stage.path('config'), '--json'];
  const run = (...args: string[]): Program => stage.start('rbbackup', [...args, ...common]);
  const logIn = async (address: string): Promise<void> => {
    const { status } = await run('login', '--server', address, '--name', 'ana').ended;
    assert.equal(status, 0);
  };
  await logIn(first.address);
  const destination = run('receive', stage.path('copy'));
  await connectedTo(destination, first.address);
  await logIn(second.address);
  await first.program.stop();
  await destination.event('disconnected');
  await first.restart();
  const from = destination.lines.findIndex(({ event }) => event === 'disconnected');
  await destination.line(({ event }) => event === 'connected', 'another connection', from);
  const addresses = destination.lines
    .filter(({ event }) => event === 'connected')
    .map((line) => line['address']);
  assert.deepEqual(addresses, [first.address, first.address]);
});
