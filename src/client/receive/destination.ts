import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import * as v from 'valibot';

import { fromHex, hex } from '../../base/bytes.ts';
import { writeDurably } from '../../base/durable-file.ts';
import type { FileLock } from '../../base/durable-lock.ts';
import { makeFolders } from '../../base/durable-folders.ts';
import { RbError, isRbError, systemCodeOf } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';
import { blake3 } from '../../base/hash.ts';
import { readAt } from '../../base/durable-read.ts';
import { checkLabel, formatSetKey } from '../../model/snapshot.ts';
import type { SetKey } from '../../model/snapshot.ts';
import { TreeStateReader } from '../../model/tree-state.ts';
import { holdLock } from '../hold-lock.ts';

const keyFields = { user: v.string(), host: v.string(), set: v.string() };
const folderSchema = v.object({
  version: v.literal(1),
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  /** The set whose tree is the folder itself; null if each set has a subfolder. */
  single: v.nullable(v.object(keyFields)),
});
const setSchema = v.object({ version: v.literal(1), ...keyFields, verified: v.boolean() });

/** A set that a destination holds, in whatever state. */
export type HeldSet = {
  readonly key: SetKey;
  /** The snapshot whose tree stands there; null before the first was finished. */
  readonly snapshot: Uint8Array | null;
  /** Whether all of it was in place when that transfer ended. */
  readonly verified: boolean;
};

/**
 * A folder that receives. What the destination needs for itself is in `.rbbackup/`:
 * `destination.json`, `lock.db`, and `sets/HEX/` with the state of each set (see rebuild/).
 */
export class Destination {
  readonly dir: string;
  readonly id: Uint8Array;
  readonly single: SetKey | null;
  readonly #lock: FileLock;

  private constructor(dir: string, id: Uint8Array, single: SetKey | null, lock: FileLock) {
    this.dir = dir;
    this.id = id;
    this.single = single;
    this.#lock = lock;
  }

  /**
   * Opens, or makes, a folder that receives, and keeps other processes from doing so.
   * @param single the one set it shall be the tree of; null: a subfolder for each set; undefined: as it is
   * @throws dir-unwritable; busy if another process has it; usage if it was laid out otherwise before; damaged-state if how
   *   it is laid out is asked for and not known any more
   */
  static async open(dir: string, single: SetKey | null | undefined): Promise<Destination> {
    const own = join(dir, '.rbbackup');
    if (single === undefined) await mustExist(own, dir);
    makeFolder(join(own, 'sets'));
    const inUse = `Another process receives into ${escapeName(dir)}; choose another folder, or end it.`;
    const lock = await holdLock(join(own, 'lock.db'), 0, inUse);
    try {
      const known = await readJson(join(own, 'destination.json'), folderSchema);
      if (known === null && single === undefined) throw withoutLayout(own);
      const folder = known ?? {
        version: 1,
        id: randomBytes(16).toString('hex'),
        single: single ?? null,
      };
      if (known === null)
        await writeDurably(join(own, 'destination.json'), `${JSON.stringify(folder, null, 2)}\n`);
      if (single !== undefined) checkLayout(dir, folder.single, single);
      return new Destination(dir, fromHex(folder.id), folder.single, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Where the tree of a set stands. @throws name-refused if the hub sent names that can't be folders */
  rootOf(key: SetKey): string {
    checkLabel('user', key.user);
    checkLabel('host', key.host);
    checkLabel('set', key.set);
    return this.single === null ? join(this.dir, `${key.user}@${key.host}`, key.set) : this.dir;
  }

  stateDirOf(key: SetKey): string {
    const name = hex(blake3(Buffer.from(formatSetKey(key))).subarray(0, 16));
    return join(this.dir, '.rbbackup', 'sets', name);
  }

  /** Remembers, durably, how the last transfer of a set ended. */
  async record(key: SetKey, verified: boolean): Promise<void> {
    const { user, host, set } = key;
    const stateDir = this.stateDirOf(key);
    makeFolder(stateDir);
    const text = JSON.stringify({ version: 1, user, host, set, verified });
    await writeDurably(join(stateDir, 'set.json'), `${text}\n`);
  }

  /** All sets but the {@link nameless}. */
  async held(): Promise<HeldSet[]> {
    const sets: HeldSet[] = [];
    for (const stateDir of await this.#stateDirs()) {
      const set = await this.#setOf(stateDir);
      if (set === null) continue;
      const key = { user: set.user, host: set.host, set: set.set };
      sets.push({ key, snapshot: snapshotOf(join(stateDir, 'state')), verified: set.verified });
    }
    return sets;
  }

  /**
   * Folders of states of which nobody knows any more what set they are of, since its record is damaged or gone. The next
   * transfer of the set makes that known again.
   */
  async nameless(): Promise<string[]> {
    const found: string[] = [];
    for (const stateDir of await this.#stateDirs()) {
      const isThere = (await readdir(stateDir)).includes('state');
      if (isThere && (await this.#setOf(stateDir)) === null) found.push(stateDir);
    }
    return found;
  }

  async #stateDirs(): Promise<string[]> {
    const sets = join(this.dir, '.rbbackup', 'sets');
    return (await readdir(sets)).map((name) => join(sets, name));
  }

  /** Null also if the record is damaged, or another set's: a folder that was moved here from elsewhere isn't this set's. */
  async #setOf(stateDir: string): Promise<v.InferOutput<typeof setSchema> | null> {
    try {
      const set = await readJson(join(stateDir, 'set.json'), setSchema);
      return set !== null && this.stateDirOf(set) === stateDir ? set : null;
    } catch (error) {
      if (isRbError(error, 'damaged-state')) return null;
      throw error;
    }
  }

  /** One set of those that are held; null if this folder knows nothing of it. */
  async heldOf(key: SetKey): Promise<HeldSet | null> {
    const stateDir = this.stateDirOf(key);
    const set = await readJson(join(stateDir, 'set.json'), setSchema);
    if (set === null) return null;
    return { key, snapshot: snapshotOf(join(stateDir, 'state')), verified: set.verified };
  }

  close(): void {
    this.#lock.release();
  }
}

function checkLayout(dir: string, is: SetKey | null, asked: SetKey | null): void {
  const [isText, askedText] = [is, asked].map((key) => (key === null ? null : formatSetKey(key)));
  if (isText === askedText) return;
  const how =
    isText === null
      ? 'holds a subfolder for each set; leave --from out'
      : `is the tree of ${isText}; use --from ${isText}`;
  throw new RbError('usage', `${escapeName(dir)} ${how}, or choose another folder.`);
}

async function mustExist(own: string, dir: string): Promise<void> {
  try {
    await readdir(own);
  } catch (cause) {
    throw new RbError('not-found', `${escapeName(dir)} is no folder that received a backup.`, {
      cause,
    });
  }
}

function withoutLayout(own: string): RbError {
  const path = escapeName(join(own, 'destination.json'));
  return new RbError(
    'damaged-state',
    `${path} is gone; run \`rbbackup receive\` for this folder once, with --from if it did so before.`,
  );
}

function makeFolder(path: string): void {
  try {
    makeFolders(path);
  } catch (cause) {
    const why = `The folder ${escapeName(path)} can't be made (${systemCodeOf(cause) ?? 'unknown'}).`;
    throw new RbError(systemCodeOf(cause) === 'ENOSPC' ? 'disk-full' : 'dir-unwritable', why, {
      cause,
    });
  }
}

async function readJson<T>(path: string, schema: v.GenericSchema<unknown, T>): Promise<T | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return null;
    throw new RbError('unreadable', `${escapeName(path)} can't be read.`, { cause });
  }
  try {
    return v.parse(schema, JSON.parse(text));
  } catch (cause) {
    throw new RbError(
      'damaged-state',
      `${escapeName(path)} is damaged; move it away and run the command again.`,
      { cause },
    );
  }
}

function snapshotOf(statePath: string): Uint8Array | null {
  let file: number;
  try {
    file = openSync(statePath, 'r');
  } catch {
    return null;
  }
  try {
    const reader = new TreeStateReader((offset, bytes) => readAt(file, offset, bytes));
    return reader.snapshot;
  } catch (error) {
    if (isRbError(error)) return null;
    throw error;
  } finally {
    closeSync(file);
  }
}
