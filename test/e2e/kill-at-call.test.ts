import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ChangingTree, SMALL_TREE } from './kill/changing-tree.ts';
import { killAtCall, noKillAtCall } from './kill/kill-at-call.ts';
import { assertOldOrNew, contentsOf } from './kill/tree-moment.ts';
import { Program } from './program.ts';
import { Stage } from './stage.ts';
import { assertSameTree } from './trees.ts';

const SEED = 1_121;
/** More than the runs here make: it is killed at all of the calls there are. */
const MOST_CALLS = 400;
const strace = { skip: noKillAtCall() };

/** Whether it was killed; false if the other one ended without that. */
async function isKilled(program: Program, other: Program): Promise<boolean> {
  return await Promise.race([program.ended.then(() => true), other.ended.then(() => false)]);
}

test(
  'a hub that is killed at any of its syncs has a whole vault, and goes on',
  strace,
  async () => {
    await using stage = await Stage.open();
    const tree = await ChangingTree.make(stage.path('work'), SMALL_TREE, SEED);
    const hub = await stage.hub();
    const client = hub.client('ana');
    const copy = client.tree(stage.path('d1'), 'work');
    await client.receive(stage.path('d1'));
    await client.backup(tree.root, '--copies', '1');

    let kills = 0;
    for (let n = 1; n < MOST_CALLS; n++) {
      const before = contentsOf(tree.root);
      await tree.advance();
      const release = await killAtCall(hub.program.pid, ['fsync', 'fdatasync'], n);
      const origin = client.start(['-rd', tree.root, '--copies', '1']);
      const killed = await isKilled(hub.program, origin);
      const { status } = await origin.ended;
      await release();
      if (!killed) {
        assert.equal(status, 0);
        break;
      }
      kills++;
      assertOldOrNew(copy, before, contentsOf(tree.root), `sync ${n}`);
      const check = await stage.start('rbbackupd', ['check', hub.dir, '--read-data', '--json'])
        .ended;
      assert.equal(check.status, 0, `sync ${n}: ${JSON.stringify(check.lines)}`);
      await hub.restart();
      await client.backup(tree.root, '--copies', '1');
      assertSameTree(copy, tree.root);
    }
    assert(kills >= 3, `it was killed ${kills} times`);
    assertSameTree(copy, tree.root);
  },
);

test(
  'a destination that is killed where it changes its folder shows no half file, and goes on',
  strace,
  async () => {
    await using stage = await Stage.open();
    const tree = await ChangingTree.make(stage.path('work'), SMALL_TREE, SEED);
    const hub = await stage.hub();
    const client = hub.client('ana');
    const copy = client.tree(stage.path('d1'), 'work');
    let destination = await client.receive(stage.path('d1'));
    await client.backup(tree.root, '--copies', '1');

    const changes = [
      'renameat',
      'renameat2',
      'unlinkat',
      'linkat',
      'symlinkat',
      'mkdirat',
      'rename',
      'unlink',
      'fsync',
      'syncfs',
      'ftruncate',
    ];
    let kills = 0;
    for (let n = 1; n < MOST_CALLS; n += Math.ceil(n * 0.6)) {
      const before = contentsOf(tree.root);
      await tree.advance();
      const release = await killAtCall(destination.pid, changes, n);
      const origin = client.start(['-rd', tree.root, '--copies', '1']);
      const killed = await isKilled(destination, origin);
      await release();
      if (killed) {
        kills++;
        assertOldOrNew(copy, before, contentsOf(tree.root), `call ${n}`);
        destination = await client.receive(stage.path('d1'));
      }
      const { status, stderr } = await origin.ended;
      assert.equal(status, 0, `call ${n}: ${stderr}`);
      assertSameTree(copy, tree.root);
      if (!killed) break;
    }
    assert(kills >= 5, `it was killed ${kills} times`);
  },
);
