import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readAt } from '../../base/durable-read.ts';
import { isRbError } from '../../base/errors.ts';
import { blake3 } from '../../base/hash.ts';
import type { Entry } from '../../model/entry.ts';
import { LIMITS } from '../../model/limits.ts';
import { decodePage } from '../../model/page.ts';
import { nameOf } from '../../model/path.ts';
import { TreeStateReader } from '../../model/tree-state.ts';
import type { Fd, Posix } from '../../posix/posix.ts';
import { keyOf } from '../fingerprint-table.ts';
import { READ } from '../ground.ts';
import { Leaves } from '../leaves.ts';
import { ListStore } from '../list-store.ts';
import { readFully } from '../sources.ts';
import { Way } from '../way.ts';
import type { FindRequest, FoundIn } from './protocol.ts';

/** A chunk that is here, checked against its id; both are the caller's. Null: nothing yet, so that others get their turn. */
export type Step = { readonly id: Uint8Array; readonly plain: Uint8Array } | null;

/** The name of the file that holds the record of the snapshot that is in place. */
export const SNAPSHOT_FILE = 'snapshot';

/**
 * Looks for chunks in what a destination holds: pages and lists in the memory of each set, data in the files of its tree
 * as that memory names them, in one walk for all that is wanted. Nothing is believed: what is read counts only if it
 * hashes to the id. Changes nothing, and opens nothing through a link.
 */
export class ChunkFinder {
  readonly #posix: Posix;
  readonly #request: FindRequest;
  readonly #wanted = new Set<string>();

  constructor(posix: Posix, request: FindRequest) {
    this.#posix = posix;
    this.#request = request;
    const { ids } = request;
    for (let at = 0; at < ids.length; at += LIMITS.idBytes)
      this.#wanted.add(keyOf(ids.subarray(at, at + LIMITS.idBytes)));
  }

  /** Each wanted chunk at most once. To be gone through to its end, or ended by `return`, as files are open meanwhile. */
  *find(): Generator<Step, void, void> {
    for (const set of this.#request.sets) {
      if (this.#wanted.size === 0) return;
      yield* this.#findIn(set);
    }
  }

  *#findIn(set: FoundIn): Generator<Step, void, void> {
    const { kind } = this.#request;
    if (kind === 'snapshot') return yield* this.#snapshot(set);
    if (kind === 'list') return yield* this.#lists(set);
    let file: number;
    try {
      file = openSync(join(set.stateDir, 'state'), 'r');
    } catch {
      return;
    }
    try {
      const reader = new TreeStateReader((offset, bytes) => readAt(file, offset, bytes));
      yield* kind === 'page' ? this.#pages(reader) : this.#data(reader, set);
    } catch (error) {
      // A damaged memory: what it named is not to be found here.
      if (!isRbError(error)) throw error;
    } finally {
      closeSync(file);
    }
  }

  *#snapshot({ stateDir }: FoundIn): Generator<Step, void, void> {
    let record: Buffer;
    try {
      record = readFileSync(join(stateDir, SNAPSHOT_FILE));
    } catch {
      return;
    }
    yield this.#take(blake3(record), record);
  }

  *#lists({ stateDir }: FoundIn): Generator<Step, void, void> {
    const lists = new ListStore(stateDir);
    const { ids } = this.#request;
    try {
      for (let at = 0; at < ids.length; at += LIMITS.idBytes) {
        const id = ids.subarray(at, at + LIMITS.idBytes);
        const list = lists.find(id);
        if (list !== undefined) yield this.#take(id, list);
      }
    } finally {
      lists.close();
    }
  }

  *#pages(reader: TreeStateReader): Generator<Step, void, void> {
    for (let next = reader.next(); next !== null; next = reader.next())
      yield this.#take(next.id, next.page);
  }

  *#data(reader: TreeStateReader, { root, stateDir }: FoundIn): Generator<Step, void, void> {
    const lists = new ListStore(stateDir);
    let folder: Fd;
    try {
      folder = this.#posix.openRoot(root);
    } catch {
      lists.close();
      return;
    }
    const way = new Way(this.#posix, folder);
    try {
      for (let next = reader.next(); next !== null; next = reader.next()) {
        yield null;
        for (const entry of decodePage(next.page)) {
          if (entry.kind === 'file') yield* this.#file(entry, way, lists);
          if (this.#wanted.size === 0) return;
        }
      }
    } finally {
      way.reset();
      lists.close();
      this.#posix.close(folder);
    }
  }

  *#file(entry: Entry, way: Way, lists: ListStore): Generator<Step, void, void> {
    const leaves = new Leaves(entry.content, lists.find);
    let file: Fd | undefined;
    try {
      for (let leaf = leaves.next(); leaf !== null; leaf = leaves.next()) {
        // What a list that is not here names can't be found either.
        if (leaf.kind === 'list') return;
        if (leaf.id === null || !this.#wanted.has(keyOf(leaf.id))) continue;
        file ??= this.#open(entry, way);
        if (file === undefined) return;
        const plain = this.#read(file, leaf.offset, leaf.bytes);
        yield plain === undefined ? null : this.#take(leaf.id, plain);
      }
    } catch (error) {
      if (!isRbError(error)) throw error;
    } finally {
      if (file !== undefined) this.#posix.close(file);
    }
  }

  #open({ path }: Entry, way: Way): Fd | undefined {
    let file: Fd;
    try {
      file = this.#posix.openFile(way.parent(path), nameOf(path), READ);
    } catch {
      return undefined;
    }
    if (this.#posix.fstat(file).kind === 'file') return file;
    this.#posix.close(file);
    return undefined;
  }

  #read(file: Fd, offset: number, bytes: number): Uint8Array | undefined {
    const plain = new Uint8Array(bytes);
    try {
      return readFully(this.#posix, file, plain, offset) < bytes ? undefined : plain;
    } catch {
      return undefined;
    }
  }

  /** Only if the bytes are those of a chunk that is still wanted. */
  #take(id: Uint8Array, plain: Uint8Array): Step {
    const key = keyOf(id);
    if (!this.#wanted.has(key) || keyOf(blake3(plain)) !== key) return null;
    this.#wanted.delete(key);
    return { id: Uint8Array.from(id), plain: Uint8Array.from(plain) };
  }
}
