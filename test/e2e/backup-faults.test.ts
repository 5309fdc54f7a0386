import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { writeFiles, writeNoise } from './data.ts';
import type { Line } from './program.ts';
import { Stage } from './stage.ts';
import type { Client } from './stage.ts';
import { assertSameTree } from './trees.ts';

/** Whom files of root are closed to. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const needsRoot =
  process.getuid?.() === 0 ? false : 'only root can start a program as somebody else';

function skippedBy(done: Line): { path: string; why: string; code: string }[] {
  return done['skipped'] as { path: string; why: string; code: string }[];
}

async function contentAt(
  client: Client,
  stage: Stage,
  snapshot: unknown,
  path: string,
): Promise<string> {
  const into = stage.path(`back-${path.replaceAll('/', '-')}-${String(snapshot).slice(0, 8)}`);
  const { status, done } = await client.run(['restore', `${String(snapshot)}:${path}`, into]);
  assert.equal(status, 0, JSON.stringify(done));
  return readFileSync(join(into, path.slice(path.lastIndexOf('/') + 1)), 'utf8');
}

test(
  'what cannot be read is listed, the rest is backed up, and what was known of it before is kept: exit 3',
  { skip: needsRoot },
  async () => {
    await using stage = await Stage.open();
    chmodSync(stage.dir, 0o755);
    const source = await stage.folder('src');
    writeFiles(source, {
      'secret.txt': 'first',
      'open.txt': 'open',
      'closed/inside.txt': 'inside',
      'z.txt': 'z',
    });
    const hub = await stage.hub();
    const client = hub.client('ana');
    mkdirSync(client.configDir, { recursive: true });
    chownSync(client.configDir, NOBODY.uid, NOBODY.gid);
    const first = await client.run(['-rd', source], NOBODY);
    assert.equal(first.status, 0, JSON.stringify(first.done));

    writeFileSync(join(source, 'secret.txt'), 'second');
    writeFileSync(join(source, 'never-seen.txt'), 'never seen');
    writeFileSync(join(source, 'open.txt'), 'changed');
    for (const name of ['secret.txt', 'never-seen.txt']) chmodSync(join(source, name), 0o600);
    chmodSync(join(source, 'closed'), 0o700);
    const destination = await client.receive(stage.path('copy'));
    const second = await client.run(['-rd', source, '--copies', '1'], NOBODY);
    assert.equal(second.status, 3, JSON.stringify(second.done));
    assert.equal(second.done['ok'], true);
    const skipped = skippedBy(second.done);
    assert.deepEqual(skipped.map(({ path }) => path).toSorted(), [
      'closed',
      'never-seen.txt',
      'secret.txt',
    ]);
    for (const { why, code } of skipped) {
      assert.equal(code, 'unreadable');
      assert.match(why, /EACCES/);
    }
    const { snapshot } = second.done;
    assert.equal(await contentAt(client, stage, snapshot, 'secret.txt'), 'first');
    assert.equal(await contentAt(client, stage, snapshot, 'closed/inside.txt'), 'inside');
    assert.equal(await contentAt(client, stage, snapshot, 'open.txt'), 'changed');
    const copy = client.tree(stage.path('copy'), 'src');
    assert.equal(readFileSync(join(copy, 'secret.txt'), 'utf8'), 'first');
    assert.equal(readFileSync(join(copy, 'closed', 'inside.txt'), 'utf8'), 'inside');
    await destination.stop();

    const said = await client.say(['-rd', source], NOBODY);
    assert.equal(said.status, 3);
    assert.match(said.stderr, /^Left out: 'secret\.txt' .*EACCES/m);
    for (const name of ['secret.txt', 'never-seen.txt']) chmodSync(join(source, name), 0o644);
    chmodSync(join(source, 'closed'), 0o755);
    const third = await client.run(['-rd', source], NOBODY);
    assert.equal(third.status, 0);
    assert.equal(await contentAt(client, stage, third.done['snapshot'], 'secret.txt'), 'second');
  },
);

test(
  'a PATH that is closed to the user is a failure, not an empty backup',
  { skip: needsRoot },
  async () => {
    await using stage = await Stage.open();
    chmodSync(stage.dir, 0o755);
    const source = await stage.folder('src');
    writeFiles(source, { a: 'a' });
    chmodSync(source, 0o700);
    const hub = await stage.hub();
    const client = hub.client('ana');
    mkdirSync(client.configDir, { recursive: true });
    chownSync(client.configDir, NOBODY.uid, NOBODY.gid);
    const { status, done } = await client.run(['-rd', source], NOBODY);
    assert.deepEqual([status, done['ok'], done['code']], [1, false, 'unreadable']);
    assert.equal((await client.run(['snapshots'], NOBODY)).done['snapshots'], 0);
  },
);

/** Appends to a file without a pause, until it is killed. */
const WRITER = `
  const { openSync, writeSync } = require('node:fs');
  const file = openSync(process.argv[1], 'a');
  process.stdout.write('writing\\n');
  for (;;) writeSync(file, '.');
`;

test('a file that never stops changing is taken as it was read last, and listed: exit 3', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  const log = join(source, 'endless.log');
  writeNoise(log, 'endless', 48_000_000);
  writeFiles(source, { 'calm.txt': 'calm' });
  const hub = await stage.hub();
  const client = hub.client('ana');
  const writer = spawn(process.execPath, ['-e', WRITER, log], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  stage.atEnd(() => Promise.resolve(writer.kill('SIGKILL')));
  await once(writer.stdout, 'data');
  const during = await client.run(['-rd', source]);
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  assert.equal(during.status, 3, JSON.stringify(during.done));
  assert.deepEqual(
    skippedBy(during.done).map(({ path, code }) => [path, code]),
    [['endless.log', 'changed-while-read']],
  );

  const after = await client.run(['-rd', source]);
  assert.equal(after.status, 0);
  assert.equal(after.done['changed'], 1);
  const { status } = await client.run(['restore', 'src@latest', stage.path('back')]);
  assert.equal(status, 0);
  assertSameTree(stage.path('back'), source);
  const old = await client.run([
    'restore',
    `${String(during.done['snapshot'])}:endless.log`,
    stage.path('old'),
  ]);
  assert.equal(old.status, 0);
  const [then, now] = [readFileSync(join(stage.path('old'), 'endless.log')), readFileSync(log)];
  assert(
    then.length >= 48_000_000 && now.subarray(0, then.length).equals(then),
    'what was kept is no beginning of the file',
  );
});
