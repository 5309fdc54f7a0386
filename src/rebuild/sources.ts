import { equalBytes } from '../base/bytes.ts';
import { blake3 } from '../base/hash.ts';
import type { Entry } from '../model/entry.ts';
import { LIMITS } from '../model/limits.ts';
import { nameOf } from '../model/path.ts';
import type { Fd, Posix } from '../posix/posix.ts';
import { FingerprintTable, idPrint } from './fingerprint-table.ts';
import { READ, tmpName } from './ground.ts';
import type { Ground } from './ground.ts';
import { Leaves } from './leaves.ts';
import type { ListStore } from './list-store.ts';
import { entryNumber } from './page-shelf.ts';
import type { PageShelf } from './page-shelf.ts';

/** Places of one chunk that are remembered. */
const MOST_PLACES = 4;
/**
 * From so many chunks on only long ones are remembered, since short ones are quickly sent again; and so many in all, in
 * 29 MB: what isn't remembered is sent again, no more.
 */
const MANY_NOTED = 256 * 1024;
const LONG_BYTES = 16 * 1024;
const MOST_NOTED = 1536 * 1024;
/** Files that stay open to be read from. */
const KEPT_OPEN = 8;

/** An unfinished file that can be read already. */
export type Readable = { fd(): Fd };

/**
 * Finds chunks on this disk: in the files of the old trees, wherever they are by now, and in what this run has
 * written. Nothing is believed: what is read counts only if it hashes to the id.
 */
export class Sources {
  readonly #ground: Ground;
  readonly #shelf: PageShelf;
  readonly #lists: ListStore;
  readonly #oldPages: () => Iterable<number>;
  readonly #places = new FingerprintTable(MOST_PLACES);
  readonly #unfinished = new Map<number, Readable>();
  readonly #open = new Map<string, Fd>();
  readonly #buffer = new Uint8Array(LIMITS.chunkBytes);
  #hasOld = false;

  /** @param oldPages shelf numbers of the pages whose files may be on disk; asked for when first needed */
  constructor(
    ground: Ground,
    shelf: PageShelf,
    lists: ListStore,
    oldPages: () => Iterable<number>,
  ) {
    this.#ground = ground;
    this.#shelf = shelf;
    this.#lists = lists;
    this.#oldPages = oldPages;
  }

  /** The bytes of a chunk, valid until the next call of this object; undefined if it is nowhere here. */
  read(id: Uint8Array, bytes: number): Uint8Array | undefined {
    if (!this.#hasOld) this.#noteOld();
    let found: Uint8Array | undefined;
    this.#places.find(idPrint(id), (number, offset) => {
      found = this.#readFrom(number, offset, id, bytes);
      return found !== undefined;
    });
    return found;
  }

  /** Whether these bytes of a file are this chunk. Reads into the same buffer. */
  isAt(fd: Fd, offset: number, id: Uint8Array, bytes: number): boolean {
    return this.#readChunk(fd, offset, id, bytes) !== undefined;
  }

  /** Whether these bytes of a file are all zero; holes are not read. */
  isZero(fd: Fd, from: number, bytes: number): boolean {
    const { posix } = this.#ground;
    const to = from + bytes;
    for (let at = posix.nextData(fd, from); at !== -1 && at < to; at = posix.nextData(fd, at)) {
      const into = this.#buffer.subarray(0, Math.min(this.#buffer.length, to - at));
      const got = readFully(posix, fd, into, at);
      if (got === 0) return true;
      for (let i = 0; i < got; i++) if (into[i] !== 0) return false;
      at += got;
      if (at >= to) break;
    }
    return true;
  }

  /** A chunk was written, or found, at this place of a file of the shelf. */
  note(id: Uint8Array, bytes: number, number: number, offset: number): void {
    const { count } = this.#places;
    if (count >= MOST_NOTED || (count >= MANY_NOTED && bytes < LONG_BYTES)) return;
    this.#places.add(idPrint(id), number, offset);
  }

  /** The same for all chunks of a file that is in place. Lists that aren't here are passed over. */
  noteFile(entry: Entry, number: number): void {
    const { content } = entry;
    if (content.depth === 0) {
      let offset = 0;
      for (const ref of content.refs) {
        if (ref.id !== null) this.note(ref.id, ref.bytes, number, offset);
        offset += ref.bytes;
      }
      return;
    }
    const leaves = new Leaves(content, this.#lists.find);
    for (let leaf = leaves.next(); leaf !== null && leaf.kind === 'leaf'; leaf = leaves.next()) {
      if (leaf.id !== null) this.note(leaf.id, leaf.bytes, number, leaf.offset);
    }
  }

  /** Until `null` is given, this file is read in place of the one that the number stands for. */
  setUnfinished(number: number, file: Readable | null): void {
    if (file === null) this.#unfinished.delete(number);
    else this.#unfinished.set(number, file);
  }

  close(): void {
    for (const fd of this.#open.values()) this.#ground.posix.close(fd);
    this.#open.clear();
  }

  #noteOld(): void {
    this.#hasOld = true;
    for (const page of this.#oldPages()) {
      this.#shelf.entries(page).forEach((entry, place) => {
        if (entry?.kind === 'file') this.noteFile(entry, entryNumber(page, place));
      });
    }
  }

  #readFrom(number: number, offset: number, id: Uint8Array, bytes: number): Uint8Array | undefined {
    const unfinished = this.#unfinished.get(number);
    if (unfinished !== undefined) return this.#readChunk(unfinished.fd(), offset, id, bytes);
    // Where it was, or set aside since something else took its place.
    for (const kind of ['f', 'o'] as const) {
      const fd = this.#fdOf(number, kind);
      const found = fd === undefined ? undefined : this.#readChunk(fd, offset, id, bytes);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #fdOf(number: number, kind: 'f' | 'o'): Fd | undefined {
    const key = `${number}${kind}`;
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const entry = this.#shelf.entry(number);
    if (entry === null) return undefined;
    const { posix, source, tmp } = this.#ground;
    let fd: Fd;
    try {
      if (kind === 'o') fd = posix.openFile(tmp, tmpName('o', entry.path), READ);
      else fd = posix.openFile(source.parent(entry.path), nameOf(entry.path), READ);
    } catch {
      return undefined;
    }
    if (posix.fstat(fd).kind !== 'file') {
      posix.close(fd);
      return undefined;
    }
    this.#open.set(key, fd);
    for (const [oldest, oldFd] of this.#open) {
      if (this.#open.size <= KEPT_OPEN) break;
      this.#open.delete(oldest);
      posix.close(oldFd);
    }
    return fd;
  }

  #readChunk(fd: Fd, offset: number, id: Uint8Array, bytes: number): Uint8Array | undefined {
    const into = this.#buffer.subarray(0, bytes);
    try {
      if (readFully(this.#ground.posix, fd, into, offset) < bytes) return undefined;
    } catch {
      // A bad sector is a reason to ask the hub, not to give up.
      return undefined;
    }
    return equalBytes(blake3(into), id) ? into : undefined;
  }
}

/** Reads until the buffer is full or the file ends. @returns how many bytes */
export function readFully(posix: Posix, fd: Fd, into: Uint8Array, position: number): number {
  let got = 0;
  while (got < into.length) {
    const count = posix.read(fd, got === 0 ? into : into.subarray(got), position + got);
    if (count === 0) break;
    got += count;
  }
  return got;
}
