import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';

import { allFaults } from '../torture/disk/faults.ts';
import type { Fault } from '../torture/disk/faults.ts';
import { noInjection } from '../torture/disk/inject.ts';
import { Scene } from '../torture/disk/scene.ts';
import { writeNoise } from './data.ts';
import { doneOf } from './program.ts';
import { Stage, received } from './stage.ts';
import { assertSameTree } from './trees.ts';

const MIB = 1024 * 1024;
const SEED = 20_261_123;

/** The rest of the walk is `npm run torture -- disk`. */
function fault(
  participant: Fault['participant'],
  name: string,
  call?: string,
  lasts = true,
): Fault {
  const found = allFaults().find(
    (each) =>
      each.participant === participant &&
      each.name === name &&
      (call === undefined ? !each.walks : each.calls[0] === call && each.lasts === lasts),
  );
  assert(found);
  return found;
}

const skip = noInjection();

function must(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args);
  assert.equal(status, 0, `${command}: ${String(stderr)}`);
}

/** A file system on a disk that has less room than it says: it takes what is written, and loses it when it is synced. */
async function overcommittedDisk(
  stage: Stage,
  realMib: number,
): Promise<[dir: string, real: string]> {
  const real = await stage.folder('real');
  const dir = await stage.folder('disk');
  must('mount', '-t', 'tmpfs', '-o', `size=${realMib}m`, 'tmpfs', real);
  stage.atEnd(async () => void spawnSync('umount', ['--lazy', real]));
  const image = join(real, 'image');
  must('truncate', '-s', '256M', image);
  must('mkfs.ext4', '-q', '-O', '^has_journal', '-E', 'lazy_itable_init=1', '-m', '0', image);
  must('mount', '-o', 'loop,errors=continue', image, dir);
  stage.atEnd(async () => void spawnSync('umount', ['--lazy', dir]));
  return [dir, real];
}

const needsRoot = process.getuid?.() === 0 ? false : 'only root can mount a disk';

// They wait more than they work.
suite('faults of the disk', { concurrency: true }, () => {
  test(
    'a hub whose disk fails says so, loses nothing, and goes on by itself when it is well again',
    { skip },
    async () => {
      await using scene = await Scene.open(SEED);
      for (const each of [
        fault('hub', 'EIO', 'fdatasync'),
        fault('hub', 'read-only'),
        fault('hub', 'too few files'),
      ]) {
        const { hits, failed } = await scene.step(each, 1);
        assert(hits > 0 && failed, `${each.name} at ${each.calls[0]} harmed nobody`);
      }
      const slow = await scene.step(fault('hub', 'slow fsync'), 1);
      assert(slow.hits > 0 && !slow.failed, slow.said);
      await scene.check();
    },
  );

  test(
    'an origin and a restore whose disk fails say so, and do all of it when they are run again',
    { skip },
    async () => {
      await using scene = await Scene.open(SEED);
      for (const each of [
        fault('origin', 'EIO', 'readlinkat'),
        fault('restore', 'ENOSPC', 'linkat'),
      ]) {
        const { hits, failed } = await scene.step(each, 1);
        assert(hits > 0 && failed, `${each.name} at ${each.calls[0]} harmed nobody`);
      }
    },
  );

  test(
    'a destination whose disk fails is not counted, and takes the snapshot by itself when it is well again',
    { skip },
    async () => {
      const faults = [
        // Where it notes that a transfer begins: the hub was never told of that.
        fault('destination', 'read-only'),
        // Where it finds out what the system can do: it took it for one without attributes and nanoseconds.
        fault('destination', 'EIO', 'getdents64', false),
      ];
      const steps = faults.map(async (each) => {
        await using scene = await Scene.open(SEED);
        return await scene.step(each, 1);
      });
      for (const { hits, failed } of await Promise.all(steps)) assert(hits > 0 && failed);
    },
  );

  test(
    'a disk that loses what it took is noticed when it is synced; what was committed before is there, and what comes later too',
    { skip: needsRoot },
    async () => {
      await using stage = await Stage.open();
      const [disk, real] = await overcommittedDisk(stage, 48);
      const hub = await stage.hub({ dir: join(disk, 'hub') });
      const client = hub.client('ana');
      const [kept, lost] = [stage.path('kept'), stage.path('lost')];
      writeNoise(join(kept, 'file'), 'kept', 2 * MIB);
      writeNoise(join(lost, 'file'), 'lost', 12 * MIB);
      await client.backup(kept);
      const ballast = join(real, 'ballast');
      await writeFile(ballast, Buffer.alloc(64 * MIB)).catch(() => undefined);

      const failed = await client.start(['-rd', lost]).ended;
      assert.equal(failed.status, 1, JSON.stringify(failed.lines.at(-1)));
      assert.match(String(doneOf(failed)['message']), /hub/);
      await rm(ballast);
      await client.backup(lost);
      for (const [set, source] of Object.entries({ kept, lost })) {
        assert.equal(
          (await client.run(['restore', `${set}@latest`, stage.path(`${set}-back`)])).status,
          0,
        );
        assertSameTree(stage.path(`${set}-back`), source);
      }
      await hub.program.stop();
      // What only the system's memory has is gone then.
      must('umount', disk);
      must('mount', '-o', 'loop,errors=continue', join(real, 'image'), disk);
      const check = await stage.start('rbbackupd', ['check', hub.dir, '--read-data', '--json'])
        .ended;
      assert.equal(check.status, 0, JSON.stringify(check.lines));
    },
  );

  test(
    'a destination whose disk loses what it took does not call it verified until it is there',
    { skip: needsRoot },
    async () => {
      await using stage = await Stage.open();
      const [disk, real] = await overcommittedDisk(stage, 48);
      const hub = await stage.hub();
      const client = hub.client('ana');
      const source = stage.path('work');
      writeNoise(join(source, 'kept'), 'kept', 2 * MIB);
      const copies = join(disk, 'copies');
      const destination = await client.receive(copies);
      await client.backup(source, '--copies', '1');
      const ballast = join(real, 'ballast');
      await writeFile(ballast, Buffer.alloc(64 * MIB)).catch(() => undefined);

      for (let i = 0; i < 6; i++) writeNoise(join(source, `lost-${i}`), `lost ${i}`, 2 * MIB);
      const short = await client.run(['-rd', source, '--copies', '1', '--wait', '1s']);
      assert.equal(short.status, 4, JSON.stringify(short.done));
      await rm(ballast);
      await received(destination, short.done['snapshot']);
      await destination.stop();
      // What only the system's memory has is gone then.
      must('umount', disk);
      must('mount', '-o', 'loop,errors=continue', join(real, 'image'), disk);
      assertSameTree(client.tree(copies, 'work'), source);
    },
  );
});
