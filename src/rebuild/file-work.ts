import { ftruncateSync } from 'node:fs';

import { RbError } from '../base/errors.ts';
import type { Entry } from '../model/entry.ts';
import { nameOf } from '../model/path.ts';
import type { Fd } from '../posix/posix.ts';
import type { Pause, Wake, Work } from './coroutines.ts';
import { keyOf } from './fingerprint-table.ts';
import { READ } from './ground.ts';
import type { Ground } from './ground.ts';
import { Leaves } from './leaves.ts';
import type { Leaf } from './leaves.ts';
import type { ListStore } from './list-store.ts';
import { PathProblem } from './problems.ts';
import type { Sources } from './sources.ts';
import type { Wants } from './wants.ts';
import type { WorkFile } from './work-files.ts';

/** After so much work others get their turn, and messages are read. */
const TURN_BYTES = 16 * 1024 * 1024;
/** Chunks of one file that may be outstanding, repeated ones included. */
const MOST_PENDING = 1024;
/** What a list chunk takes of the window: 64 references at most. */
const LIST_BYTES = 4 * 1024;
const ZEROS = new Uint8Array(256 * 1024);

/** What working on contents needs. */
export type Desk = {
  readonly ground: Ground;
  readonly lists: ListStore;
  readonly sources: Sources;
  readonly wants: Wants;
};

/** Whether chunks can be asked for at all, or only what is here counts. */
function mayAsk({ ground }: Desk): boolean {
  return !ground.isReadOnly;
}

/**
 * Compares a file on disk with an entry's content, byte by byte by hash.
 * @param open gives the file open; it is closed here
 */
export function* compareFile(
  desk: Desk,
  entry: Entry,
  fd: Fd,
  wake: Wake,
): Generator<Pause, boolean> {
  const { posix } = desk.ground;
  try {
    const stat = posix.fstat(fd);
    if (stat.kind !== 'file' || stat.size !== entry.size) return false;
    const leaves = new Leaves(entry.content, desk.lists.find);
    let turnBytes = 0;
    for (;;) {
      const leaf = leaves.next();
      if (leaf === null) return true;
      if (leaf.kind === 'list') {
        yield* fetchList(desk, leaf.id, wake);
        continue;
      }
      if (leaf.id === null) {
        if (!desk.sources.isZero(fd, leaf.offset, leaf.bytes)) return false;
      } else {
        if (!desk.sources.isAt(fd, leaf.offset, leaf.id, leaf.bytes)) return false;
        turnBytes += leaf.bytes;
      }
      if (turnBytes < TURN_BYTES) continue;
      turnBytes = 0;
      yield 'again';
    }
  } finally {
    posix.close(fd);
  }
}

/** The same without waiting: null if a list is not here. */
export function compareNow(desk: Desk, entry: Entry, path: Uint8Array): boolean | null {
  const { posix, source } = desk.ground;
  const fd = posix.openFile(source.parent(path), nameOf(path), READ);
  const work = compareFile({ ...desk }, entry, fd, () => undefined);
  for (let next = work.next(); ; next = work.next()) {
    if (next.done === true) return next.value;
    if (next.value === 'again') continue;
    work.return(false);
    return null;
  }
}

/** Waits until a list chunk is here. @throws PathProblem missing-chunk */
export function* fetchList(desk: Desk, id: Uint8Array, wake: Wake): Generator<Pause, void> {
  if (!mayAsk(desk))
    throw new PathProblem('unreadable', 'It can only be checked with the hub at hand.');
  while (!desk.wants.hasRoom(LIST_BYTES) && !desk.wants.isWanted(id)) yield 'room';
  let state: 'wanted' | 'here' | 'lacking' = 'wanted';
  const seen = (): typeof state => state;
  desk.wants.add('list', id, LIST_BYTES, (bytes) => {
    if (bytes !== null && desk.lists.find(id) === undefined) desk.lists.put(id, bytes);
    state = bytes === null ? 'lacking' : 'here';
    wake();
  });
  while (seen() === 'wanted') yield 'wait';
  if (seen() === 'lacking') throw missing();
}

export function missing(): PathProblem {
  return new PathProblem('missing-chunk', 'The hub lacks a piece of it; back the origin up again.');
}

/** Puts a content together in a work file, from this disk and from the hub. */
export class FileWork {
  readonly #desk: Desk;
  readonly #file: WorkFile;
  /** The number under which its chunks are remembered; null for a file that no page names yet. */
  readonly #number: number | null;
  readonly #wake: Wake;
  #pending = 0;
  #turnBytes = 0;
  #failure: Error | null = null;
  /** Chunks that still come are no longer for this. */
  isDropped = false;
  doneBytes = 0;

  constructor(desk: Desk, file: WorkFile, number: number | null, wake: Wake) {
    this.#desk = desk;
    this.#file = file;
    this.#number = number;
    this.#wake = wake;
  }

  /** Every byte is in the file when it ends. @throws PathProblem missing-chunk; protocol */
  *complete(leaves: Leaves): Work {
    try {
      for (let leaf = leaves.next(); leaf !== null; leaf = leaves.next()) {
        if (this.isDropped) return;
        if (leaf.kind === 'list') yield* fetchList(this.#desk, leaf.id, this.#wake);
        else if (leaf.id === null) this.#zero(leaf);
        else yield* this.#chunk(leaf, leaf.id);
        this.#throwFailure();
        if (this.#turnBytes < TURN_BYTES) continue;
        this.#turnBytes = 0;
        yield 'again';
      }
      while (this.#pending > 0 && !this.isDropped && this.#failure === null) yield 'wait';
      this.#throwFailure();
    } catch (error) {
      this.isDropped = true;
      throw error;
    }
  }

  /** Gives the file its size: a hole at the end is not written, and an old file may be longer. */
  setSize(size: number): void {
    const fd = this.#file.fd();
    if (this.#desk.ground.posix.fstat(fd).size !== size) ftruncateSync(fd, size);
  }

  *#chunk(leaf: Leaf, id: Uint8Array): Work {
    while (!this.isDropped) {
      if (this.#isHere(leaf, id)) return;
      const { wants } = this.#desk;
      if (this.#pending < MOST_PENDING && (wants.isWanted(id) || wants.hasRoom(leaf.bytes))) {
        this.#want(leaf, id);
        return;
      }
      yield 'room';
      if (this.#failure !== null) return;
    }
  }

  /** Whether the chunk is in its place, or could be put there from this disk. */
  #isHere(leaf: Leaf, id: Uint8Array): boolean {
    const { ground, sources } = this.#desk;
    if (this.#file.written.get(leaf.offset) === keyOf(id)) return true;
    if (!this.#file.isFresh && sources.isAt(this.#file.fd(), leaf.offset, id, leaf.bytes)) {
      this.#has(leaf, id);
      ground.reusedBytes += leaf.bytes;
      return true;
    }
    const bytes = sources.read(id, leaf.bytes);
    if (bytes === undefined) return false;
    this.#write(leaf, id, bytes);
    ground.reusedBytes += leaf.bytes;
    return true;
  }

  #want(leaf: Leaf, id: Uint8Array): void {
    this.#pending++;
    this.#desk.wants.add('data', id, leaf.bytes, (bytes) => {
      this.#pending--;
      try {
        if (this.isDropped) return;
        if (bytes === null) throw missing();
        if (bytes.length !== leaf.bytes) throw wrongLength();
        this.#write(leaf, id, bytes);
      } catch (error) {
        // Whoever hands in chunks is not to blame: the work itself ends with it.
        this.#failure = error instanceof Error ? error : new Error(String(error));
      } finally {
        this.#wake();
      }
    });
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  #write(leaf: Leaf, id: Uint8Array, bytes: Uint8Array): void {
    this.#desk.ground.posix.write(this.#file.fd(), bytes, leaf.offset);
    this.#desk.ground.writtenBytes += bytes.length;
    this.#has(leaf, id);
  }

  #has(leaf: Leaf, id: Uint8Array): void {
    this.#file.written.set(leaf.offset, keyOf(id));
    this.#turnBytes += leaf.bytes;
    this.doneBytes += leaf.bytes;
    if (this.#number !== null) this.#desk.sources.note(id, leaf.bytes, this.#number, leaf.offset);
  }

  /** In a file that was there before, a hole may be full of something. */
  #zero(leaf: Leaf): void {
    const fd = this.#file.fd();
    const hasOther = this.#file.written.size > 0 || !this.#file.isFresh;
    if (!hasOther || this.#desk.sources.isZero(fd, leaf.offset, leaf.bytes)) return;
    for (let at = 0; at < leaf.bytes; at += ZEROS.length) {
      const piece = ZEROS.subarray(0, Math.min(ZEROS.length, leaf.bytes - at));
      if (!this.#desk.sources.isZero(fd, leaf.offset + at, piece.length)) {
        this.#desk.ground.posix.write(fd, piece, leaf.offset + at);
      }
    }
  }
}

export function wrongLength(): RbError {
  return new RbError('protocol', 'A page gives a chunk another length than it has.');
}
