import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { writeFiles, writeNoise } from './data.ts';
import type { Line } from './program.ts';
import { Stage } from './stage.ts';
import type { Client } from './stage.ts';

const FILE_BYTES = 32 << 20;
const FILES = 3;
const canCountReads = existsSync('/proc/self/io');

/** What a backup, once committed, has read in all: files, sockets and its own program. */
async function bytesRead(
  client: Client,
  source: string,
): Promise<{ readonly bytes: number; readonly done: Line }> {
  const program = client.start(['-rd', source, '--copies', '1']);
  // It is still there then, as it waits for its copy.
  await program.event('committed');
  const bytes = Number(
    /^rchar: (\d+)$/m.exec(readFileSync(`/proc/${program.pid}/io`, 'utf8'))?.[1],
  );
  program.signal('SIGINT');
  const ended = await program.ended;
  assert.equal(ended.status, 130);
  const done = ended.lines.at(-1) as Line;
  assert.equal(done.event, 'done');
  return { bytes, done };
}

test(
  'an unchanged file is not read again; without a memory all is read, and still only sent what the hub lacks',
  { skip: canCountReads ? false : 'only Linux says how much a process read' },
  async () => {
    await using stage = await Stage.open();
    const source = await stage.folder('src');
    for (let i = 0; i < FILES; i++) writeNoise(join(source, `${i}.bin`), `memory ${i}`, FILE_BYTES);
    writeFiles(source, { 'a.txt': 'a' });
    const hub = await stage.hub();
    const client = hub.client('ana');
    // Something is in the way there, so that its copies never become verified.
    writeFiles(client.tree(stage.path('copy'), 'src'), { 'a.txt': 'of somebody else' });
    await client.receive(stage.path('copy'));
    const all = FILES * FILE_BYTES;
    const first = await bytesRead(client, source);
    assert(first.bytes > all, `${first.bytes} bytes`);
    assert(Number(first.done['sentBytes']) > all);

    const second = await bytesRead(client, source);
    assert(
      second.bytes < first.bytes - 0.95 * all,
      `${second.bytes} bytes were read of an unchanged folder, ${first.bytes} the first time`,
    );
    assert.equal(second.done['changed'], 0);
    assert(Number(second.done['sentBytes']) < 20_000);

    writeNoise(join(source, '1.bin'), 'memory 1 changed', FILE_BYTES);
    const third = await bytesRead(client, source);
    assert(
      third.bytes > FILE_BYTES && third.bytes < first.bytes - 1.95 * FILE_BYTES,
      `${third.bytes} bytes for one changed file`,
    );

    rmSync(client.configDir, { recursive: true });
    const fourth = await bytesRead(client, source);
    assert(fourth.bytes > all, `${fourth.bytes} bytes were read without a memory`);
    assert(
      Number(fourth.done['sentBytes']) < 50_000,
      `${String(fourth.done['sentBytes'])} bytes were sent again`,
    );
    assert.equal(fourth.done['sentChunks'], 0);
  },
);
