import { constants } from 'node:fs';
import type { Dirent } from 'node:fs';
import { access, mkdir, opendir, stat, statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { posix } from 'node:path';

import { compareBytes } from '../../../base/bytes.ts';
import { RbError, systemCodeOf } from '../../../base/errors.ts';
import { jsonPath } from '../../../base/json-path.ts';
import { pathBytes } from '../path-bytes.ts';
import { escapeName } from '../../../base/names.ts';
import type { Path } from '../../api/common.ts';
import type { DiskFolder } from '../../api/client-api.ts';
import { listPlaces } from './list-places.ts';

const MOST_FOLDERS = 5000;
/** Beyond it a folder isn't read any further: nobody looks through it. */
const MOST_ENTRIES = 200_000;
/** Asked of the system at a time; it has four threads for that. */
const AT_A_TIME = 16;
const SLASH = Buffer.from('/');
const DOT = 0x2e;

type Found = { readonly name: Buffer; readonly readable: boolean };

/**
 * The folders in a folder of this machine; links to folders are among them.
 *
 * @param asked absolute, or beginning with `~/`; null: the user's home
 * @param recent folders that were chosen lately
 * @throws RbError `not-found`, `unreadable`, `usage`
 */
export async function readDiskFolder(
  asked: Path | null,
  recent: readonly Path[],
): Promise<DiskFolder> {
  const folder = asked === null ? Buffer.from(homedir()) : normalized(pathBytes(asked));
  const { names, files, more } = await namesIn(folder);
  names.sort(compareNames);
  const shown = await foldersAmong(folder, names);
  const [writable, freeBytes, places] = await Promise.all([
    may(folder, constants.W_OK | constants.X_OK),
    freeBytesOf(folder),
    listPlaces(recent),
  ]);
  const isRoot = folder.equals(SLASH);
  return {
    path: jsonPath(folder),
    parent: isRoot ? null : jsonPath(folder.subarray(0, Math.max(1, folder.lastIndexOf(SLASH)))),
    folders: shown.folders.map(({ name, readable }) => ({
      name: jsonPath(name),
      path: jsonPath(joined(folder, name)),
      readable,
      hidden: name[0] === DOT,
    })),
    more: more || shown.more,
    files: files + shown.files,
    writable,
    freeBytes,
    places,
  };
}

/**
 * Makes a folder directly in another.
 * @throws RbError `name-refused`; `in-the-way` if something is there; `not-found`, `dir-unwritable`, `disk-full`
 */
export async function makeDiskFolder(parent: Path, name: string): Promise<Path> {
  const bytes = Buffer.from(name);
  const isName = !bytes.includes(SLASH) && !bytes.includes(0) && name !== '.' && name !== '..';
  if (!isName || name.trim() === '' || bytes.length > 255)
    throw new RbError('name-refused', 'That cannot be the name of a folder; choose another.');
  const path = joined(normalized(pathBytes(parent)), bytes);
  try {
    await mkdir(path);
  } catch (cause) {
    throw makingFailed(path, cause);
  }
  return jsonPath(path);
}

function makingFailed(path: Buffer, cause: unknown): RbError {
  const shown = escapeName(path);
  const code = systemCodeOf(cause) ?? 'unknown';
  if (code === 'EEXIST')
    return new RbError('in-the-way', `${shown} is there already; choose it, or another name.`);
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new RbError('not-found', `The folder that ${shown} would be in is not there any more.`);
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return full
    ? new RbError('disk-full', `There is no space left to make ${shown}.`, { cause })
    : new RbError('dir-unwritable', `${shown} can't be made (${code}); choose another place.`, {
        cause,
      });
}

/** Absolute, without `.`, `..` and doubled slashes. Latin-1 maps each byte to one character and back. */
function normalized(path: Buffer): Buffer {
  const text = path.toString('latin1');
  const home = Buffer.from(homedir()).toString('latin1');
  const whole = text === '~' || text.startsWith('~/') ? `${home}${text.slice(1)}` : text;
  if (!whole.startsWith('/') || whole.includes('\0'))
    throw new RbError('usage', 'A path begins with a slash.');
  return Buffer.from(posix.resolve(whole), 'latin1');
}

type Names = { readonly names: Dirent<Buffer>[]; readonly files: number; readonly more: boolean };

/** What may be folders, and how many files there are beside. */
async function namesIn(folder: Buffer): Promise<Names> {
  const names: Dirent<Buffer>[] = [];
  let files = 0;
  try {
    // The types of Node know no folders that are named by bytes; it reads them all the same.
    const entries = await opendir(folder, {
      encoding: 'buffer' as BufferEncoding,
      bufferSize: 1024,
    });
    for await (const entry of entries as unknown as AsyncIterable<Dirent<Buffer>>) {
      if (entry.isFile()) files++;
      else names.push(entry);
      if (files + names.length >= MOST_ENTRIES) return { names, files, more: true };
    }
  } catch (cause) {
    throw readingFailed(folder, cause);
  }
  return { names, files, more: false };
}

function readingFailed(folder: Buffer, cause: unknown): RbError {
  const shown = escapeName(folder);
  const code = systemCodeOf(cause) ?? 'unknown';
  if (code === 'ENOENT') return new RbError('not-found', `${shown} is not there.`, { cause });
  if (code === 'ENOTDIR') return new RbError('not-found', `${shown} is no folder.`, { cause });
  const why = `${shown} can't be read (${code}); choose another folder, or change who may read it.`;
  return new RbError('unreadable', why, { cause });
}

/** Those that are folders, the first ones by name. */
async function foldersAmong(
  parent: Buffer,
  names: readonly Dirent<Buffer>[],
): Promise<{ folders: Found[]; files: number; more: boolean }> {
  const folders: Found[] = [];
  let files = 0;
  for (let at = 0; at < names.length; at += AT_A_TIME) {
    const some = names.slice(at, at + AT_A_TIME);
    const looked = await Promise.all(some.map(async (entry) => await lookAt(parent, entry)));
    for (const found of looked) {
      if (found === null) files++;
      else folders.push(found);
    }
    if (folders.length >= MOST_FOLDERS) {
      const isAll = at + AT_A_TIME >= names.length && folders.length === MOST_FOLDERS;
      return { folders: folders.slice(0, MOST_FOLDERS), files, more: !isAll };
    }
  }
  return { folders, files, more: false };
}

async function lookAt(parent: Buffer, entry: Dirent<Buffer>): Promise<Found | null> {
  const { name } = entry;
  const path = joined(parent, name);
  if (!entry.isDirectory()) {
    // A link, or a file system that doesn't say what it holds.
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory() !== true) return null;
  }
  return { name, readable: await may(path, constants.R_OK | constants.X_OK) };
}

async function may(path: Buffer, mode: number): Promise<boolean> {
  return await access(path, mode).then(
    () => true,
    () => false,
  );
}

async function freeBytesOf(folder: Buffer): Promise<number> {
  const { bavail, bsize } = await statfs(folder).catch(() => ({ bavail: 0, bsize: 0 }));
  return Math.min(Number.MAX_SAFE_INTEGER, bavail * bsize);
}

function joined(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat(folder.equals(SLASH) ? [folder, name] : [folder, SLASH, name]);
}

/** As people look for names: whatever the case; and the same ones in one order. */
function compareNames(a: Dirent<Buffer>, b: Dirent<Buffer>): number {
  const [left, right] = [a, b].map(({ name }) => name.toString('utf8').toLowerCase());
  return (left ?? '') < (right ?? '')
    ? -1
    : (left ?? '') > (right ?? '')
      ? 1
      : compareBytes(a.name, b.name);
}
