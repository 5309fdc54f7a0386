import assert from 'node:assert/strict';
import { cpSync, createReadStream, createWriteStream, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';

import { roomyFolder, writeNoise } from './data.ts';
import { Stage, received } from './stage.ts';
import { assertSameTree } from './trees.ts';

const MB = 1_000_000;

test('one byte put in front of a file of 500 MB: less than 8 MB goes to the hub and to each destination', async () => {
  await using stage = await Stage.open(roomyFolder(4000 * MB));
  const source = await stage.folder('src');
  const file = join(source, 'image.raw');
  writeNoise(file, 'image', 500 * MB);
  const hub = await stage.hub();
  const client = hub.client('ana');
  const dirs = [stage.path('d1'), stage.path('d2')];
  const destinations = [];
  for (const dir of dirs) destinations.push(await client.receive(dir));
  await client.backup(source, '--copies', '2');

  const longer = createWriteStream(stage.path('longer'));
  longer.write('!');
  await pipeline(createReadStream(file), longer);
  renameSync(stage.path('longer'), file);
  assert.equal(statSync(file).size, 500 * MB + 1);
  const done = await client.backup(source, '--copies', '2');
  assert(Number(done['sentBytes']) < 8 * MB, `${String(done['sentBytes'])} bytes were sent`);
  for (const [i, destination] of destinations.entries()) {
    const copied = await received(destination, done['snapshot']);
    assert(
      Number(copied['receivedBytes']) < 8 * MB,
      `${String(copied['receivedBytes'])} bytes were received`,
    );
    assertSameTree(client.tree(dirs[i] as string, 'src'), source);
  }
});

/** The promise is of a folder of 1 GB; the share is the same of one of 300 MB, and the test is quicker. */
test('of a folder that is renamed, copied, or on another machine as well, less than 1 % is sent', async () => {
  await using stage = await Stage.open(roomyFolder(3000 * MB));
  const source = await stage.folder('src');
  const total = 300 * MB;
  writeNoise(join(source, 'photos', 'large.bin'), 'large', 100 * MB);
  for (let i = 0; i < 400; i++)
    writeNoise(join(source, 'photos', `${i % 10}`, `${i}.bin`), `photo ${i}`, 500_000);
  const hub = await stage.hub();
  const client = hub.client('ana');
  const destination = await client.receive(stage.path('copy'));
  const copy = client.tree(stage.path('copy'), 'src');
  await client.backup(source, '--copies', '1');

  const expectLittle = async (): Promise<void> => {
    const done = await client.backup(source, '--copies', '1');
    const copied = await received(destination, done['snapshot']);
    assert(Number(done['sentBytes']) < total / 100, `${String(done['sentBytes'])} bytes were sent`);
    assert(
      Number(copied['receivedBytes']) < total / 100,
      `${String(copied['receivedBytes'])} bytes were received`,
    );
    assertSameTree(copy, source);
  };
  renameSync(join(source, 'photos'), join(source, 'pictures'));
  await expectLittle();
  cpSync(join(source, 'pictures'), join(source, 'a copy'), { recursive: true });
  await expectLittle();

  const other = await hub.client('bob', 'elsewhere').backup(join(source, 'a copy'));
  assert.equal(other['bytes'], total);
  assert(
    Number(other['sentBytes']) < total / 100,
    `${String(other['sentBytes'])} bytes were sent by another client`,
  );
});
