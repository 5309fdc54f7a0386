import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { LoginGate } from '../../../src/console/server/login-gate.ts';
import { checkPassword, hashPassword } from '../../../src/console/server/passwords.ts';
import { loadSecretKey } from '../../../src/console/server/secret-key.ts';
import { ManualClock } from '../../manual-clock.ts';

const MINUTE_MS = 60_000;

test('a password is known by its hash, which is another one each time', async () => {
  const stored = await hashPassword('correct horse\u{e9}');
  assert.match(stored, /^scrypt\$N=131072,r=8,p=1\$[\w-]{22}\$[\w-]{43}$/);
  assert.notEqual(await hashPassword('correct horse\u{e9}'), stored);
  assert.equal(await checkPassword('correct horse\u{e9}', stored), true);
  assert.equal(await checkPassword('correct horsee\u{301}', stored), true, 'another keyboard');
  assert.equal(await checkPassword('correct horse', stored), false);
  assert.equal(await checkPassword('', stored), false);
});

test('a stored hash that is damaged, or asks for too much, is refused', async () => {
  const rest = `$${'A'.repeat(22)}$${'A'.repeat(43)}`;
  for (const stored of [
    '',
    'swordfish',
    `scrypt$N=131072,r=8,p=1$${'A'.repeat(22)}$`,
    `scrypt$N=524288,r=8,p=1${rest}`,
    `scrypt$N=131071,r=8,p=1${rest}`,
    `scrypt$N=0,r=8,p=1${rest}`,
    `scrypt$N=131072,r=99,p=1${rest}`,
    `scrypt$N=131072,r=8,p=99${rest}`,
  ]) {
    await assert.rejects(checkPassword('a', stored), { code: 'damaged-state' }, stored);
  }
});

test('many passwords at a time are not checked at the same time', async () => {
  const stored = `scrypt$N=2,r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;
  const all = await Promise.allSettled(
    Array.from({ length: 20 }, () => checkPassword('a', stored)),
  );
  const refused = all.filter(({ status }) => status === 'rejected');
  assert.equal(refused.length, 12);
  assert.equal(await checkPassword('a', stored), false, 'afterwards there is room again');
});

test('guessing from one address gets slower and slower, from another it does not', () => {
  const clock = new ManualClock();
  const gate = new LoginGate(clock);
  for (let count = 0; count < 4; count += 1) gate.enter('10.0.0.1');
  for (const waitMs of [1000, 2000, 4000, 8000]) {
    assert.throws(() => gate.enter('10.0.0.1'), { code: 'too-many-tries', context: { waitMs } });
    clock.advance(waitMs - 1);
    assert.throws(() => gate.enter('10.0.0.1'), { code: 'too-many-tries', context: { waitMs: 1 } });
    assert.throws(() => gate.enter('::ffff:10.0.0.1'), { code: 'too-many-tries' });
    clock.advance(1);
    gate.enter('10.0.0.1');
  }
  gate.enter('10.0.0.2');
  for (let count = 0; count < 20; count += 1) {
    clock.advance(15 * MINUTE_MS);
    gate.enter('10.0.0.1');
  }
  clock.advance(15 * MINUTE_MS - 1);
  assert.throws(() => gate.enter('10.0.0.1'), { code: 'too-many-tries' });
  clock.advance(45 * MINUTE_MS + 1);
  for (let count = 0; count < 4; count += 1) gate.enter('10.0.0.1');
  assert.throws(() => gate.enter('10.0.0.1'), { code: 'too-many-tries' });
});

test('the right password takes back what was counted', () => {
  const gate = new LoginGate(new ManualClock());
  for (let count = 0; count < 100; count += 1) {
    gate.enter('10.0.0.1');
    gate.succeeded('10.0.0.1');
  }
});

test('the addresses of one IPv6 network count as one', () => {
  const gate = new LoginGate(new ManualClock());
  for (const address of ['2001:db8::1', '2001:db8:0:0:ffff::', '2001:DB8::2:3', '2001:db8::'])
    gate.enter(address);
  assert.throws(() => gate.enter('2001:0db8:0:0:1:2:3:4'), { code: 'too-many-tries' });
  gate.enter('2001:db8:0:1::1');
  gate.enter('fe80::1%eth0');
});

test('guessing from many addresses is slowed down, but not for who has signed in before', () => {
  const clock = new ManualClock();
  const gate = new LoginGate(clock);
  gate.enter('10.9.9.9');
  gate.succeeded('10.9.9.9');
  let let_in = 0;
  for (let count = 0; count < 5000; count += 1) {
    clock.advance(10);
    try {
      gate.enter(`10.0.${count >> 8}.${count & 255}`);
      let_in += 1;
    } catch {
      // Has to wait.
    }
  }
  // In 50 seconds: the 32 free ones, then after 1 and 2 seconds, then every 4.
  assert.ok(let_in > 32 && let_in < 50, `${let_in}`);
  gate.enter('10.9.9.9');
  clock.advance(4000);
  gate.enter('10.8.8.8');
});

test('a key is made once, for its owner alone', async (t) => {
  const path = join(await temporaryFolder(t), 'console.key');
  const key = await loadSecretKey(path);
  assert.equal(key.length, 32);
  assert.deepEqual(await readFile(path), key);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.deepEqual(await loadSecretKey(path), key);
});

test('a key that is cut short, readable by others, or a link is replaced', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'console.key');
  const first = await loadSecretKey(path);
  await chmod(path, 0o640);
  const second = await loadSecretKey(path);
  assert.notDeepEqual(second, first);
  await writeFile(path, 'short');
  const third = await loadSecretKey(path);
  assert.equal(third.length, 32);
  const elsewhere = join(folder, 'elsewhere');
  await writeFile(elsewhere, third, { mode: 0o600 });
  await rm(path);
  await symlink(elsewhere, path);
  assert.notDeepEqual(await loadSecretKey(path), third);
  assert.ok((await stat(path)).isFile());
  assert.deepEqual((await readdir(folder)).toSorted(), ['console.key', 'elsewhere']);
});

test('a folder that is missing is told', async () => {
  await assert.rejects(loadSecretKey('/nonexistent/console.key'), { code: 'dir-unwritable' });
});

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rbbackup-secrets-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}
