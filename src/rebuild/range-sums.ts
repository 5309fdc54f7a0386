import { closeSync, openSync } from 'node:fs';
import { constants as fsConstants } from 'node:fs';
import { join } from 'node:path';

import { equalBytes } from '../base/bytes.ts';
import { readAt } from '../base/durable-read.ts';
import { systemCodeOf } from '../base/errors.ts';
import { Blake3 } from '../base/hash.ts';
import type { Entry } from '../model/entry.ts';
import { decodePage } from '../model/page.ts';
import { comparePaths, nameOf } from '../model/path.ts';
import { MARKS, TreeStateReader } from '../model/tree-state.ts';
import { loadPosix } from '../posix/open.ts';
import type { Posix } from '../posix/posix.ts';
import { Way } from './way.ts';

const READ_BYTES = 256 * 1024;

/** What the state of being out of something says nothing of the file. */
const PASSING: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EINTR', 'EAGAIN']);

/** A piece of a file in a tree. */
export type FileRange = {
  readonly path: Uint8Array;
  readonly offset: number;
  readonly bytes: number;
};

export type RangeQuestion = {
  /** The folder of the tree; absolute, raw bytes. */
  readonly root: Uint8Array;
  /** Of which the state says what is in the tree. */
  readonly stateDir: string;
  readonly snapshot: Uint8Array;
  readonly nonce: Uint8Array;
  readonly ranges: readonly FileRange[];
};

/**
 * For each range BLAKE3(nonce, bytes of the range), read from the disk now; null where the tree has no such file, or the
 * disk not these bytes. Whoever asks is not trusted: only files are read that the state has of this snapshot, within
 * their length, step by step from the root, and nothing through a link. Lets others work in between.
 *
 * @param isOver looked at now and then: then it isn't wanted any more
 * @returns null if nothing can be said: the state is of another snapshot, or it is over
 * @throws RbError `damaged-state`; what says nothing of the files, such as too many open ones
 */
export async function rangeSums(
  question: RangeQuestion,
  isOver: () => boolean,
): Promise<(Uint8Array | null)[] | null> {
  const { root, nonce, ranges } = question;
  const files = await filesOf(question, isOver);
  if (files === null) return null;
  const posix = loadPosix();
  const rootFd = openRoot(posix, root);
  if (rootFd === null) return ranges.map(() => null);
  const way = new Way(posix, rootFd);
  try {
    const sums: (Uint8Array | null)[] = [];
    for (const range of ranges) {
      if (isOver()) return null;
      const entry = files.get(keyOf(range.path));
      const isWithin = entry !== undefined && range.offset + range.bytes <= entry.size;
      sums.push(isWithin ? await sumOf(posix, way, entry, range, nonce) : null);
    }
    return isOver() ? null : sums;
  } finally {
    way.reset();
    posix.close(rootFd);
  }
}

/** The entries of the files that are asked for, from the state; null if it is of another snapshot. */
async function filesOf(
  { stateDir, snapshot, ranges }: RangeQuestion,
  isOver: () => boolean,
): Promise<Map<string, Entry> | null> {
  const paths = ranges.map(({ path }) => path).toSorted(comparePaths);
  const found = new Map<string, Entry>();
  const file = openSync(join(stateDir, 'state'), 'r');
  try {
    const reader = new TreeStateReader((offset, bytes) => readAt(file, offset, bytes));
    if (reader.snapshot === null || !equalBytes(reader.snapshot, snapshot)) return null;
    let at = 0;
    for (let next = reader.next(); next !== null && at < paths.length; next = reader.next()) {
      if (isOver()) return null;
      for (const [place, entry] of decodePage(next.page).entries()) {
        while (at < paths.length && comparePaths(paths[at] as Uint8Array, entry.path) < 0) at++;
        const isAsked = at < paths.length && equalBytes(paths[at] as Uint8Array, entry.path);
        const isOurs = next.stamps.mark[place] !== MARKS.blocked;
        if (isAsked && isOurs && entry.kind === 'file') found.set(keyOf(entry.path), entry);
      }
      await othersWork();
    }
    return found;
  } finally {
    closeSync(file);
  }
}

async function sumOf(
  posix: Posix,
  way: Way,
  entry: Entry,
  { offset, bytes }: FileRange,
  nonce: Uint8Array,
): Promise<Uint8Array | null> {
  const hash = new Blake3().update(nonce);
  try {
    const fd = posix.openFile(way.parent(entry.path), nameOf(entry.path), fsConstants.O_RDONLY);
    try {
      const stat = posix.fstat(fd);
      if (stat.kind !== 'file' || stat.size !== entry.size) return null;
      const buffer = new Uint8Array(Math.min(bytes, READ_BYTES));
      for (let at = 0; at < bytes;) {
        const part = buffer.subarray(0, Math.min(buffer.length, bytes - at));
        const got = posix.read(fd, part, offset + at);
        if (got === 0) return null;
        hash.update(part.subarray(0, got));
        at += got;
        await othersWork();
      }
    } finally {
      posix.close(fd);
    }
  } catch (error) {
    if (isPassing(error)) throw error;
    // What was on the way is open still, and may be another folder by now.
    way.reset();
    return null;
  }
  return Uint8Array.from(hash.digest());
}

/** Null if the folder is not there any more. */
function openRoot(posix: Posix, root: Uint8Array): number | null {
  try {
    return posix.openRoot(root);
  } catch (error) {
    if (isPassing(error)) throw error;
    return null;
  }
}

function isPassing(error: unknown): boolean {
  const code = systemCodeOf(error);
  return code === undefined || PASSING.has(code);
}

function keyOf(path: Uint8Array): string {
  return Buffer.from(path).toString('latin1');
}

function othersWork(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
