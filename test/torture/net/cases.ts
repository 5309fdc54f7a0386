/** What a fault on the way must not do to each kind of participant. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  openSync,
  readSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { assertOldOrNew } from '../../e2e/kill/tree-moment.ts';
import { doneOf } from '../../e2e/program.ts';
import type { Ended, Program } from '../../e2e/program.ts';
import { received } from '../../e2e/stage.ts';
import { assertSameTree } from '../../e2e/trees.ts';
import { assertLost } from './scene.ts';
import type { Scene } from './scene.ts';

/** What went over the way until all was well, and what would have been enough. */
export type Figures = {
  readonly struck: boolean;
  readonly movedBytes: number;
  readonly neededBytes: number;
};

export type Trouble = {
  /** Slow or bad as the way is: everything must go well at the first attempt. */
  readonly isMild: boolean;
  /** Begins it; what it answers ends it, and says whether it struck. */
  readonly begin: (scene: Scene) => Promise<() => boolean>;
};

export type Participant = 'origin' | 'destination' | 'restore' | 'verify';

/** What comes of a lost connection, or of a bit that was changed in the first words. */
const LOST = ['connection-lost', 'timeout', 'unsupported', 'not-trusted', 'protocol'] as const;
const FOLDER = '40000';
const DAMAGE_EVERY_BYTES = 64 * 1024;

type Case = (scene: Scene, trouble: Trouble) => Promise<Figures>;

export const CASES: Readonly<Record<Participant, Case>> = {
  origin: originCase,
  destination: destinationCase,
  restore: restoreCase,
  verify: verifyCase,
};

/** A backup that is disturbed, and then the same again. */
async function originCase(scene: Scene, trouble: Trouble): Promise<Figures> {
  const { way, tree } = scene;
  await scene.advance();
  const vaultBytes = scene.vaultBytes();
  const upBytes = way.bytes('up');
  const end = await trouble.begin(scene);
  const first = await scene.yonder(['-rd', tree.root, '--copies', '1']).ended;
  const struck = end();
  if (first.status === 0 || trouble.isMild) await assertCommitted(scene, first);
  else if (first.status === 4) assertTooFew(first);
  else assertLost(first, LOST);
  const again = scene.done(await scene.yonder(['-rd', tree.root, '--copies', '1']).ended);
  await scene.steadyHas(again['snapshot']);
  const neededBytes = scene.vaultBytes() - vaultBytes;
  return { struck, movedBytes: way.bytes('up') - upBytes, neededBytes };
}

async function assertCommitted(scene: Scene, ended: Ended): Promise<void> {
  const { snapshot } = scene.done(ended) as { snapshot?: unknown };
  const { lines } = await scene.here(['snapshots', 'work']).ended;
  const isKnown = JSON.stringify(lines).includes(String(snapshot));
  assert(isKnown, `the hub knows nothing of ${String(snapshot)}`);
  await scene.steadyHas(snapshot);
}

/** The connection was lost while it waited for the copy. */
function assertTooFew(ended: Ended): void {
  assert.equal(doneOf(ended)['code'], 'too-few-copies');
  assert(ended.lines.some(({ event }) => event === 'committed'));
}

/** A destination that waits beyond the way, and has all that there is so far. */
async function waitingYonder(scene: Scene): Promise<Program> {
  const program = scene.yonder(['receive', scene.stage.path('yonder'), '--as', 'yonder']);
  await program.event('connected');
  scene.done(await scene.here(['-rd', scene.tree.root, '--copies', '2']).ended);
  return program;
}

/** A backup whose second destination is disturbed: it has to come back and catch up by itself. */
async function destinationCase(scene: Scene, trouble: Trouble): Promise<Figures> {
  const { way, tree } = scene;
  const program = await waitingYonder(scene);
  const from = program.lines.length;
  await scene.advance();
  const vaultBytes = scene.vaultBytes();
  const downBytes = way.bytes('down');
  const end = await trouble.begin(scene);
  // A fault is counted from the first byte of a connection.
  if (!trouble.isMild) way.hangUp();
  const origin = scene.here(['-rd', tree.root, '--copies', '2']);
  const committed = await origin.line(({ event }) => event === 'committed', 'a commit');
  await scene.steadyHas(committed['snapshot']);
  const { snapshot } = scene.done(await origin.ended);
  await received(program, snapshot);
  scene.assertTree('yonder');
  const struck = end();
  for (const line of program.lines.slice(from)) {
    if (line.event === 'done') assert.equal(line['ok'], true, JSON.stringify(line));
    if (trouble.isMild) assert.notEqual(line.event, 'disconnected', JSON.stringify(line));
  }
  const neededBytes = scene.vaultBytes() - vaultBytes;
  const movedBytes = way.bytes('down') - downBytes;
  await program.stop();
  return { struck, movedBytes, neededBytes };
}

let folders = 0;

/** A restore that is disturbed, and then the same again into the same folder. */
async function restoreCase(scene: Scene, trouble: Trouble): Promise<Figures> {
  const { way, stage, tree, after } = scene;
  const into = stage.path(`restored-${++folders}`);
  const downBytes = way.bytes('down');
  const end = await trouble.begin(scene);
  const first = await scene.yonder(['restore', 'work@latest', into]).ended;
  const struck = end();
  if (first.status === 0 || trouble.isMild) scene.done(first);
  else assertLost(first, LOST);
  const when = 'after the first restore';
  if (existsSync(into)) assertOldOrNew(into, new Map(), new Map([...after, ['', FOLDER]]), when);
  const movedBytes = way.bytes('down') - downBytes;
  if (!trouble.isMild) scene.done(await scene.yonder(['restore', 'work@latest', into]).ended);
  const left = readdirSync(into).filter((name) => name.startsWith('.rbbackup'));
  assert.deepEqual(left, [], 'what the restore needed for itself is gone');
  // A folder that was there already keeps its own times.
  execFileSync('touch', ['-r', tree.root, into]);
  assertSameTree(into, tree.root);
  const neededBytes = bytesBelow(into);
  rmSync(into, { recursive: true });
  const movedInAll = trouble.isMild ? movedBytes : way.bytes('down') - downBytes;
  return { struck, movedBytes: movedInAll, neededBytes };
}

/** A damaged copy that is verified while something is wrong with the way to the hub, and then again. */
async function verifyCase(scene: Scene, trouble: Trouble): Promise<Figures> {
  const { way, stage, tree } = scene;
  const dir = stage.path(`damaged-${++folders}`);
  const filled = await scene.here(['receive', dir, '--once']).ended;
  assert.equal(filled.status, 0, filled.stderr);
  const root = scene.client.tree(dir, 'work');
  const neededBytes = damage(join(root, 'large.bin'));
  const downBytes = way.bytes('down');
  const end = await trouble.begin(scene);
  const first = await scene.yonder(['verify', dir]).ended;
  const struck = end();
  if (first.status === 0 || trouble.isMild) scene.done(first);
  else assertLost(first, [...LOST, 'differs', 'damaged-chunk']);
  if (first.status === 0) assertSameTree(root, tree.root);
  scene.done(await scene.yonder(['verify', dir]).ended);
  assertSameTree(root, tree.root);
  rmSync(dir, { recursive: true });
  return { struck, movedBytes: way.bytes('down') - downBytes, neededBytes };
}

/** Changes a byte here and there, as a bad disk would: the times stay. @returns what is to be fetched: every chunk of it */
function damage(path: string): number {
  const times = `${path}.times`;
  execFileSync('touch', ['-r', path, times]);
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  for (let at = 0; at < size; at += DAMAGE_EVERY_BYTES) {
    readSync(file, byte, 0, 1, at);
    byte[0] = (byte[0] as number) ^ 255;
    writeSync(file, byte, 0, 1, at);
  }
  closeSync(file);
  execFileSync('touch', ['-r', times, path]);
  rmSync(times);
  return size;
}

function bytesBelow(root: string): number {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((item) =>
    item.isFile(),
  );
  return files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
}
