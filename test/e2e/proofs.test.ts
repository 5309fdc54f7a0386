import assert from 'node:assert/strict';
import {
  closeSync,
  fstatSync,
  futimesSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';

import { writeFiles, writeNoise } from './data.ts';
import type { Line, Program } from './program.ts';
import { Stage, received } from './stage.ts';
import type { Client, HubProgram } from './stage.ts';
import { assertSameTree } from './trees.ts';

/** A third of a second: each file of these small trees is read whole at each proof. */
const OFTEN = ['--prove-hours', '0.0001'];

type Scene = {
  readonly hub: HubProgram;
  readonly client: Client;
  readonly destination: Program;
  readonly source: string;
  readonly copy: string;
  readonly snapshot: unknown;
};

/** A destination that holds a copy, at a hub that asks for proofs all the time. */
async function scene(stage: Stage): Promise<Scene> {
  const source = await stage.folder('src');
  for (const name of ['one', 'two', 'sub/three']) writeNoise(join(source, name), name, 50_000);
  writeFiles(source, { small: 's', 'sub/empty': '' });
  const hub = await stage.hub({ args: OFTEN });
  const client = hub.client('ana');
  const destination = await client.receive(stage.path('copy'), '--as', 'attic');
  const { snapshot } = await client.backup(source, '--copies', '1');
  const copy = client.tree(stage.path('copy'), 'src');
  return { hub, client, destination, source, copy, snapshot };
}

type ShownCopy = { name: string; verifiedMs: number; provenMs: number | null; signed: boolean };

async function copies({ client }: Scene): Promise<ShownCopy[]> {
  const { lines, status } = await client.run(['snapshots', '--copies']);
  assert.equal(status, 0);
  const row = lines.find(({ event }) => event === 'snapshot');
  return row?.['copies'] as ShownCopy[];
}

/** Asks until the copies are as wanted; what is waited for comes by itself. */
async function copiesUntil(
  stage: Scene,
  isSo: (all: readonly ShownCopy[]) => boolean,
): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    if (isSo(await copies(stage))) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`never came: ${isSo.toString()}`);
}

/** Changes one byte so that neither size nor mtime tell. */
function flip(path: string): void {
  const file = openSync(path, 'r+');
  const { atime, mtime } = fstatSync(file);
  writeSync(file, 'X', 49_999);
  futimesSync(file, atime, mtime);
  closeSync(file);
}

function failedAt(hub: HubProgram): Promise<Line> {
  return hub.program.line(({ event }) => event === 'copy-failed', 'the copy is found out');
}

test('a copy with one byte changed is found out, mended, and acknowledged anew', async () => {
  await using stage = await Stage.open();
  const all = await scene(stage);
  const { hub, destination, source, copy, snapshot } = all;
  await received(destination, snapshot);
  await copiesUntil(all, ([one]) => one?.signed === true && one.provenMs !== null);
  const before = (await copies(all))[0] as ShownCopy;
  flip(join(copy, 'sub', 'three'));
  const failed = await failedAt(hub);
  assert.equal(failed['level'], 'error');
  assert.match(String(failed['message']), /^attic does not hold ana@host-ana:src .*sub\/three/);
  const begin = await destination.line((line) => line['mends'] === true, 'mending begins');
  assert.equal(begin['set'], 'src');
  const done = await destination.line(({ event, ok, mended }) => {
    return event === 'done' && ok === true && mended === 1;
  }, 'it is mended');
  assert.equal(done['snapshot'], snapshot);
  assertSameTree(copy, source);
  await copiesUntil(all, ([one]) => one?.signed === true && one.verifiedMs > before.verifiedMs);
  await copiesUntil(all, ([one]) => (one?.provenMs ?? 0) >= (one?.verifiedMs ?? Infinity));
  await destination.stop();
  await hub.program.stop();
  const check = async (): Promise<readonly Line[]> =>
    (await stage.start('rbbackupd', ['check', hub.dir, '--json']).ended).lines;
  assert.equal((await check()).at(-1)?.['ok'], true);
  const catalog = new DatabaseSync(join(hub.dir, 'catalog.db'));
  catalog.exec('UPDATE copies SET bytes = bytes + 1');
  catalog.close();
  const [wrong, last] = (await check()).slice(-2);
  assert.deepEqual([wrong?.event, wrong?.['name']], ['wrong-receipt', 'attic']);
  assert.deepEqual(
    [last?.['ok'], last?.['code'], last?.['wrongReceipts']],
    [false, 'wrong-receipt', 1],
  );
});

test('who says that all is well but has lost the files has no copy, until it has them again', async () => {
  await using stage = await Stage.open();
  const all = await scene(stage);
  const { hub, client, destination, source, copy, snapshot } = all;
  await received(destination, snapshot);
  await destination.stop();
  rmSync(copy, { recursive: true });
  // In the way, so that it can't be mended at once.
  writeFileSync(copy, 'no folder');
  assert.equal((await copies(all)).length, 1);
  const back = await client.receive(stage.path('copy'), '--as', 'attic');
  await failedAt(hub);
  assert.deepEqual(await copies(all), []);
  const { stdout } = await client.say(['snapshots', '--copies']);
  assert.match(stdout, /nobody/);
  // Neither does its word help, nor a new start.
  await back.stop();
  const again = await client.receive(stage.path('copy'), '--as', 'attic');
  await again.line(({ event, ok }) => event === 'done' && ok === false, 'it fails to mend');
  assert.deepEqual(await copies(all), []);
  rmSync(copy);
  await again.line(({ event, ok }) => event === 'done' && ok === true, 'it is mended');
  assertSameTree(copy, source);
  await copiesUntil(all, ([one]) => one?.signed === true);
});
