/** What all trials of damage begin with: hubs with a history that is known by heart. */

import {
  appendFileSync,
  closeSync,
  cpSync,
  ftruncateSync,
  openSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { noise, writeFiles, writeNoise } from '../../e2e/data.ts';
import { describeTree } from '../../e2e/trees.ts';
import { client, folder, localHub } from './in-process.ts';

/** So small that a run fills several. */
export const SMALL_PACK_BYTES = 200_000;
/** Longer than what keeps its references in the entry: its lists are chunks of their own (docs/spec/repository.md, 4). */
const LONG_BYTES = 66 * 1024 * 1024;
/** Pieces of data in it; the rest are holes. More than one list names. */
const ISLANDS = 80;

/** A snapshot and what it holds, a line an entry. */
export type Known = {
  readonly id: string;
  readonly tree: readonly string[];
  /** Whether it is the one of the long file, which takes long to look at. */
  readonly isLong: boolean;
};

/** A hub's directory that is as it was left, and what is in it. */
export type HubScene = {
  readonly dir: string;
  /** The same, as if the hub had been killed at the end of the last backup. */
  readonly killed: string;
  readonly packBytes: number | undefined;
  /** In the order of their making. */
  readonly known: readonly Known[];
  /** The configuration of the client that made them. */
  readonly config: string;
};

export type Scene = {
  /** As they were at the last backup. */
  readonly sources: { readonly work: string; readonly long: string };
  /** Packs are closed but for the last. */
  readonly closed: HubScene;
  /** One pack, which is being written. */
  readonly open: HubScene;
  /** As `closed` with other contents: what files are swapped with. */
  readonly other: HubScene;
};

const VERSIONS = 3;

export async function makeScene(dir: string): Promise<Scene> {
  const sources = { work: folder(dir, 'work'), long: folder(dir, 'long') };
  const make = (name: string, packBytes?: number): HubScene => ({
    dir: join(dir, name),
    killed: join(dir, `${name}-killed`),
    packBytes,
    known: [],
    config: folder(dir, `${name}-config`),
  });
  const scene = {
    sources,
    closed: make('closed', SMALL_PACK_BYTES),
    open: make('open'),
    other: make('other', SMALL_PACK_BYTES),
  };
  writeWork(sources.work);
  writeLong(join(sources.long, 'long'));
  for (const hub of [scene.closed, scene.open]) await backUp(hub, sources.long, true);
  for (let version = 0; version < VERSIONS; version++) {
    if (version > 0) advance(sources.work, version);
    for (const hub of [scene.closed, scene.open]) await backUp(hub, sources.work, false);
  }
  const others = folder(dir, 'others');
  writeFiles(others, { file: 'of another hub' });
  writeNoise(join(others, 'noise'), 'other', 150_000);
  await backUp(scene.other, others, false);
  await backUp(scene.other, sources.work, false);
  return scene;
}

async function backUp(hub: HubScene, source: string, isLong: boolean): Promise<void> {
  const local = await localHub(hub.dir, hub.packBytes);
  try {
    const ran = await client(local.port, hub.config, ['-rd', source]);
    if (ran.status !== 0) throw new Error(JSON.stringify(ran));
    // As a hub leaves it that is killed: what was committed last stands in the log alone.
    copyTo(hub.dir, hub.killed);
    const known = hub.known as Known[];
    known.push({ id: String(ran.done['snapshot']), tree: describeTree(source), isLong });
  } finally {
    await local.close();
  }
}

export function writeWork(source: string): void {
  for (let i = 0; i < 4; i++) writeNoise(join(source, `noise ${i}`), `${i}`, 80_000);
  const small: Record<string, string> = {};
  for (let i = 0; i < 40; i++)
    small[`small/${i % 5}/${i}`] = noise(`small ${i}`, 200).toString('hex');
  writeFiles(source, { ...small, 'empty/': '', 'empty file': '' });
  symlinkSync('small/0', join(source, 'link'));
}

function writeLong(path: string): void {
  const file = openSync(path, 'w');
  ftruncateSync(file, LONG_BYTES);
  for (let i = 0; i < ISLANDS; i++)
    writeSync(file, noise(`island ${i}`, 3000), 0, 3000, (i * LONG_BYTES) / ISLANDS);
  closeSync(file);
}

/** Makes the next version of the folder. */
export function advance(source: string, version: number): void {
  writeNoise(join(source, `noise ${version % 4}`), `${version} again`, 70_000);
  writeFiles(source, { [`small/new ${version}`]: `of version ${version}` });
  appendFileSync(join(source, 'small/0/0'), `version ${version}`);
}

/** Makes the next version of the folder with the long file. */
export function advanceLong(source: string, version: number): void {
  const file = openSync(join(source, 'long'), 'r+');
  const at = ((version % ISLANDS) * LONG_BYTES) / ISLANDS;
  writeSync(file, noise(`island ${version} again`, 3000), 0, 3000, at);
  closeSync(file);
}

/** A copy of a folder to be damaged, in place of the one before. */
export function copyTo(from: string, to: string): string {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  return to;
}
