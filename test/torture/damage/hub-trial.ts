/** One damage done to a hub's directory, and all that is to be seen of it. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { isRbError } from '../../../src/base/errors.ts';
import { describeTree } from '../../e2e/trees.ts';
import { assertSame, assertSane, Fault, restoredWhole } from './judge.ts';
import { check, client, localHub } from './in-process.ts';
import type { LocalHub, Ran } from './in-process.ts';
import type { Outcome } from './outcome.ts';
import { copyTo } from './scene.ts';
import type { HubScene, Known } from './scene.ts';

export type HubTrial = {
  readonly scene: HubScene;
  /** What the newest snapshots are of. */
  readonly sources: readonly string[];
  /** Whether the long file is looked at too. */
  readonly withLong: boolean;
  /** Whether the hub was killed before, and not ended. */
  readonly isKilled: boolean;
  /** Whether the damage meets a check first, or the hub. */
  readonly checkFirst: boolean;
  readonly inflict: (dir: string) => void;
  /** What a refusal says that one should do. */
  readonly wayOut: (dir: string) => void;
  /** Where the trial's files are. */
  readonly room: string;
};

export async function hubTrial(trial: HubTrial): Promise<Outcome> {
  const dir = copyTo(
    trial.isKilled ? trial.scene.killed : trial.scene.dir,
    join(trial.room, 'hub'),
  );
  const config = copyTo(trial.scene.config, join(trial.room, 'config'));
  const known = trial.scene.known.filter(({ isLong }) => trial.withLong || !isLong);
  trial.inflict(dir);
  const first = trial.checkFirst ? await thorough(dir) : null;
  const { hub, isRefused } = await openHub(dir, trial);
  const lost: Known[] = [];
  let isTold = false;
  try {
    await assertListed(hub, config, known);
    for (const one of known) {
      const into = join(trial.room, 'restored');
      if (!(await restoredWhole(hub.port, config, one, into))) lost.push(one);
    }
    isTold = hub.told.length > 0;
  } finally {
    await hub.close();
  }
  const after = await thorough(dir);
  const isFound = first?.status === 1 || after.status === 1;
  if (lost.length > 0 && !isFound) throw new Fault('check found everything whole, and it is not');
  if (lost.length > 0 && first?.status === 0 && !isRefused)
    throw new Fault('check found everything whole before, and it was not');
  await assertMends(dir, config, trial);
  if (isRefused) return 'refused';
  if (lost.length > 0) return 'told';
  return isTold || isFound ? 'mended' : 'unharmed';
}

async function thorough(dir: string): Promise<Ran> {
  const ran = await check(dir, '--read-data');
  assertSane(ran, 'check --read-data');
  return ran;
}

async function openHub(
  dir: string,
  { scene, wayOut }: HubTrial,
): Promise<{ hub: LocalHub; isRefused: boolean }> {
  try {
    return { hub: await localHub(dir, scene.packBytes), isRefused: false };
  } catch (error) {
    if (!isRbError(error) || error.code === 'internal') throw error;
    if (!/^[A-Z/].{30,}\.$/s.test(error.message)) throw new Fault(`no sentence: ${error.message}`);
    wayOut(dir);
    return { hub: await localHub(dir, scene.packBytes), isRefused: true };
  }
}

/** Every snapshot has to be in the list, whatever can be restored of it. */
async function assertListed(hub: LocalHub, config: string, known: readonly Known[]): Promise<void> {
  const ran = await client(hub.port, config, ['snapshots']);
  assertSane(ran, 'snapshots');
  const listed = new Set(ran.lines.map(({ snapshot }) => snapshot));
  const gone = known.filter(({ id }) => !listed.has(id));
  if (gone.length > 0 && hub.told.length === 0)
    throw new Fault(`snapshots that are not listed any more: ${gone.map(({ id }) => id).join()}`);
}

/** The next backup of each folder makes its newest state whole, and a check finds no more than what is lost for good. */
async function assertMends(dir: string, config: string, trial: HubTrial): Promise<void> {
  const newest: string[] = [];
  const hub = await localHub(dir, trial.scene.packBytes);
  try {
    for (const source of trial.sources) {
      const ran = await client(hub.port, config, ['-rd', source]);
      assertSane(ran, 'the next backup');
      if (ran.status !== 0) throw new Fault(`the next backup fails: ${JSON.stringify(ran.done)}`);
      const id = String(ran.done['snapshot']);
      newest.push(id);
      const into = join(trial.room, 'restored');
      const one = { id, tree: describeTree(source), isLong: false };
      if (!(await restoredWhole(hub.port, config, one, into)))
        throw new Fault('what the next backup has made is not whole');
      assertSame(describeTree(into), one.tree, 'the next backup');
      rmSync(into, { recursive: true, force: true });
    }
  } finally {
    await hub.close();
  }
  const last = await thorough(dir);
  for (const line of last.lines) {
    if (line.event === 'damaged-record')
      throw new Fault(`told again after it was left aside: ${JSON.stringify(line)}`);
    if (line.event === 'damage' && newest.includes(String(line['snapshot'])))
      throw new Fault(`the newest is damaged: ${JSON.stringify(line)}`);
  }
}
