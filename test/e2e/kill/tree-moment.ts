/** What a destination's tree looks like while something is changing it, or after that was killed. */

import assert from 'node:assert/strict';
import { closeSync, lstatSync, openSync, readSync, readdirSync, readFileSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';

import { describeTree } from '../trees.ts';

/** Path (one character a byte) → kind and content, without times, modes and owners. */
export type Contents = ReadonlyMap<string, string>;

const FOLDER = '40000';
const LINK = '120000';

export function contentsOf(root: string): Contents {
  return new Map(
    describeTree(root).map((line) => {
      const [path = '', kind = '', ...more] = line.split(' | ');
      if (kind === FOLDER) return [path, kind];
      // Files end in size, hash, links; links in their target.
      return [path, `${kind} ${more.at(kind === LINK ? -1 : -2)}`];
    }),
  );
}

/**
 * Fails if anything has a content that is of neither version under its name, or if something is not there that both
 * versions have. The tree may be changing meanwhile.
 */
export function assertOldOrNew(
  root: string,
  before: Contents,
  after: Contents,
  when: string,
): Contents {
  const found = contentsWhileChanging(root);
  for (const [path, content] of found) {
    const fits = content === before.get(path) || content === after.get(path);
    assert(
      fits,
      `${when}: ${path} is ${content}; it was ${before.get(path)}, it will be ${after.get(path)}`,
    );
  }
  for (const [path, content] of before) {
    const isKept = after.get(path)?.split(' ')[0] === content.split(' ')[0];
    if (isKept) assert(statOf(join(root, path)) !== null, `${when}: ${path} is gone`);
  }
  return found;
}

/** As {@link contentsOf}; what goes away before it is looked at is left out. */
function contentsWhileChanging(root: string): Contents {
  const contents = new Map<string, string>();
  const walk = (path: string): void => {
    const stat = statOf(join(root, path));
    if (stat === null) return;
    if (!stat.isDirectory()) {
      const lines = tolerant(() => contentsOf(join(root, path)));
      const content = lines?.get('');
      if (content !== undefined) contents.set(path, content);
      return;
    }
    contents.set(path, FOLDER);
    for (const name of tolerant(() => readdirSync(join(root, path))) ?? []) {
      // A destination's own folder, or that of a restore.
      if (!name.startsWith('.rbbackup')) walk(path === '' ? name : `${path}/${name}`);
    }
  };
  walk('');
  return contents;
}

/** A part of a file. */
export type Region = { readonly path: string; readonly at: number; readonly bytes: number };

/**
 * How many bytes of new content are on a destination's disk: in whole files that the version before did not have, and
 * in pieces of the long file, under whatever name.
 */
export function arrivedBytes(
  destination: string,
  root: string,
  found: Contents,
  before: Contents,
  large: Region,
): number {
  const known = new Set(before.values());
  let arrived = 0;
  for (const [path, content] of found) {
    const isNew = content.startsWith('100000 ') && !known.has(content) && path !== 'large.bin';
    if (isNew) arrived += lstatSync(join(root, path)).size;
  }
  const region = readRange(large.path, large.at, large.bytes);
  const candidates = readdirSync(destination, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => join(item.parentPath, item.name))
    .filter((path) => (statOf(path)?.size ?? 0) > large.at);
  const most = candidates.map((path) => equalBytes(readRange(path, large.at, large.bytes), region));
  return arrived + Math.max(0, ...most);
}

/** In whole blocks. */
function equalBytes(a: Buffer, b: Buffer): number {
  const blockBytes = 64 * 1024;
  let equal = 0;
  for (let at = 0; at < b.length; at += blockBytes) {
    if (a.subarray(at, at + blockBytes).equals(b.subarray(at, at + blockBytes)))
      equal += blockBytes;
  }
  return Math.min(equal, b.length);
}

function readRange(path: string, at: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  const file = openSync(path, 'r');
  try {
    return buffer.subarray(0, readSync(file, buffer, 0, bytes, at));
  } finally {
    closeSync(file);
  }
}

/** Bytes of files below a folder. */
export function folderBytes(root: string): number {
  const items = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = items.filter((item) => item.isFile());
  return files.reduce(
    (sum, item) => sum + (statOf(join(item.parentPath, item.name))?.size ?? 0),
    0,
  );
}

/** All that a process has written so far, to files and sockets; Linux alone tells. */
export function writtenBytes(pid: number): number {
  return Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1] ?? 0);
}

function statOf(path: string): Stats | null {
  return tolerant(() => lstatSync(path));
}

function tolerant<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
