import type { Stat } from '../posix/stat.ts';
import { chmodSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { constants as fsConstants } from 'node:fs';

import { equalBytes } from '../base/bytes.ts';
import { makeFolders } from '../base/durable-folders.ts';
import { RbError } from '../base/errors.ts';
import { blake3 } from '../base/hash.ts';
import { nameOf } from '../model/path.ts';
import type { Fd, Posix } from '../posix/posix.ts';
import { Attributes } from './attributes.ts';
import { keyOf } from './fingerprint-table.ts';
import { codeOf, Problems } from './problems.ts';
import { FRESH_BIT } from './protocol.ts';
import type { RebuildEvent, RebuildRequest } from './protocol.ts';
import { withRoom } from './room.ts';
import { Trash } from './trash.ts';
import { Way } from './way.ts';

const TMP = Buffer.from('tmp');

/** Where a run works: the root, the folder for unfinished things, the ways to both, and what came of it so far. */
export class Ground {
  readonly posix: Posix;
  readonly request: RebuildRequest;
  readonly attributes: Attributes;
  readonly problems: Problems;
  readonly root: Fd;
  /** Unfinished and set-aside files; -1 if the run may change nothing. */
  readonly tmp: Fd;
  /** Whether the root is ours alone: made by this run, or empty before. */
  readonly rootIsFresh: boolean;
  /** As it was found, before anything of ours was made in it. */
  readonly rootBefore: Stat;
  /** What stands in the root and belongs to this program: nothing of the tree may have this first component. */
  readonly reserved: Uint8Array | null;
  /** Three ways, as each remembers the folder it was in last. */
  readonly looking: Way;
  readonly target: Way;
  readonly source: Way;
  readonly send: (event: RebuildEvent) => void;
  /** Where what is deleted goes; null: nowhere. */
  readonly trash: Trash | null;
  /** Keys of paths that are in place without all of their attributes. */
  readonly incomplete: Set<string> = new Set();
  writtenBytes = 0;
  reusedBytes = 0;
  deleted = 0;
  mended = 0;

  /** @throws dir-unwritable, not-found, disk-full */
  constructor(posix: Posix, request: RebuildRequest, send: (event: RebuildEvent) => void) {
    const trash = request.trash === undefined ? null : new Trash(posix, request.trash);
    this.trash = trash;
    this.posix = trash === null ? posix : withRoom(posix, () => trash.makeRoom());
    this.request = request;
    this.send = send;
    this.problems = new Problems(send);
    this.attributes = new Attributes(this.posix, request.keepSetId, ({ path }) => {
      const { size } = this.incomplete;
      if (this.incomplete.add(keyOf(path)).size === size) return;
      this.problems.add(
        path,
        'unsupported',
        'This file system can not hold all of its attributes.',
      );
    });
    const wasMade = this.isReadOnly ? false : makeRoot(request.root);
    this.root = openRoot(posix, request.root);
    const names = wasMade ? [] : posix.readDir(this.root);
    this.rootBefore = posix.fstat(this.root);
    this.tmp = this.isReadOnly ? -1 : this.#openTmp();
    const reserved = reservedName(request);
    this.reserved = reserved;
    const isEmpty = names.every(({ name }) => reserved !== null && equalBytes(name, reserved));
    this.rootIsFresh = request.policy === 'restore' ? this.#isFresh(isEmpty) : isEmpty;
    this.looking = new Way(this.posix, this.root);
    this.target = new Way(this.posix, this.root);
    this.source = new Way(this.posix, this.root);
  }

  /** Nothing at all may be changed on disk. */
  get isReadOnly(): boolean {
    return this.request.policy === 'verify' && !this.request.canRepair;
  }

  /** Removes what stands at a path and is no folder: into the trash, if there is one. @throws what the system throws */
  discard(path: Uint8Array): void {
    const parent = this.target.parent(path);
    if (this.trash === null) this.posix.unlinkAt(parent, nameOf(path));
    else this.trash.take(parent, path);
  }

  resetWays(): void {
    this.looking.reset();
    this.target.reset();
    this.source.reset();
  }

  close(): void {
    this.resetWays();
    this.trash?.close();
    if (this.tmp !== -1) this.posix.close(this.tmp);
    this.posix.close(this.root);
  }

  #isFresh(isEmpty: boolean): boolean {
    const { stateDir } = this.request;
    if (isEmpty) chmodSync(stateDir, FRESH_BIT | 0o700);
    return isEmpty || (statSync(stateDir).mode & FRESH_BIT) !== 0;
  }

  #openTmp(): Fd {
    mkdirSync(this.request.stateDir, { recursive: true, mode: 0o700 });
    const folder = this.posix.openRoot(this.request.stateDir);
    try {
      if (this.posix.fstat(folder).dev !== this.posix.fstat(this.root).dev) {
        throw new RbError(
          'unsupported',
          'The folder and its memory must be on the same file system.',
        );
      }
      try {
        this.posix.mkdirAt(folder, TMP, 0o700);
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
      const tmp = this.posix.openDir(folder, TMP);
      // A default ACL that came down from above would be given to every file made here.
      this.attributes.clear(tmp);
      return tmp;
    } finally {
      this.posix.close(folder);
    }
  }
}

/** In `tmp/`: what is made and put in place at once, one after the other, and so never found again. */
export const BRIEF_NAME: Uint8Array = Buffer.from('n');

/** In `tmp/`: f is the file that is being put together for a path, o what stood at it before, l a link on its way. */
export function tmpName(kind: 'f' | 'o' | 'l', path: Uint8Array): Uint8Array {
  const hash = blake3(path);
  return Buffer.from(`${kind}-${Buffer.from(hash.buffer, hash.byteOffset, 16).toString('hex')}`);
}

/** For new unfinished files: never through what is there already. */
export const NEW_FILE: number = fsConstants.O_RDWR | fsConstants.O_CREAT | fsConstants.O_EXCL;
export const READ: number = fsConstants.O_RDONLY;
export const READ_WRITE: number = fsConstants.O_RDWR;

function makeRoot(root: Uint8Array): boolean {
  const path = Buffer.from(root);
  try {
    statSync(path);
    return false;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw unwritable(error);
  }
  try {
    makeFolders(path);
    return true;
  } catch (error) {
    throw unwritable(error);
  }
}

function openRoot(posix: Posix, root: Uint8Array): Fd {
  try {
    return posix.openRoot(root);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      throw new RbError('not-found', 'The folder to look at is not there any more.', {
        cause: error,
      });
    }
    throw unwritable(error);
  }
}

function unwritable(error: unknown): RbError {
  if (codeOf(error) === 'ENOSPC') {
    return new RbError('disk-full', 'There is no space left to make the folder; free some.', {
      retry: true,
    });
  }
  return new RbError(
    'dir-unwritable',
    `The folder could not be made or opened (${codeOf(error) ?? 'unknown'}).`,
    {
      cause: error,
    },
  );
}

/** The first step from the root down to the state's folder, if that is where it is. */
function reservedName({ root, stateDir }: RebuildRequest): Uint8Array | null {
  const above = realpathSync.native(Buffer.from(root), { encoding: 'buffer' });
  let below: Buffer;
  try {
    below = realpathSync.native(Buffer.from(stateDir), { encoding: 'buffer' });
  } catch {
    return null;
  }
  const prefix = above.length === 1 ? above : Buffer.concat([above, Buffer.from('/')]);
  if (!below.subarray(0, prefix.length).equals(prefix)) return null;
  const rest = below.subarray(prefix.length);
  const end = rest.indexOf('/');
  return Uint8Array.from(end === -1 ? rest : rest.subarray(0, end));
}
