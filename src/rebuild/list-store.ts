import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { ByteReader, ByteWriter, equalBytes } from '../base/bytes.ts';
import { blake3 } from '../base/hash.ts';
import { readAt } from '../base/durable-read.ts';
import { decodeList } from '../model/content.ts';
import type { Content } from '../model/entry.ts';
import { LIMITS } from '../model/limits.ts';
import { keyOf } from './fingerprint-table.ts';
import type { Journal } from './journal.ts';

/** Records of `lists`: id (32), length u32, the list chunk. */
const HEAD_BYTES = LIMITS.idBytes + 4;

type Place = { readonly fd: number | null; readonly offset: number; readonly bytes: number };

/**
 * The list chunks of this machine's long files: those of the committed tree in the file `lists`, those of this run in
 * the journal. Without them an old version of a long file could not be used, since its page only names lists. Losing
 * one costs a transfer, never more: each is checked against its id when it is read.
 */
export class ListStore {
  readonly #folder: string;
  readonly #places = new Map<string, Place>();
  #journal: Journal | null = null;
  #fd: number | null = null;

  constructor(folder: string) {
    this.#folder = folder;
    this.#open();
  }

  get size(): number {
    return this.#places.size;
  }

  /** From now on new lists go there. */
  useJournal(journal: Journal): void {
    this.#journal = journal;
  }

  /** A list chunk that stands in the journal. */
  note(id: Uint8Array, offset: number, bytes: number): void {
    this.#places.set(keyOf(id), { fd: null, offset, bytes });
  }

  put(id: Uint8Array, list: Uint8Array): void {
    if (this.#journal !== null) this.note(id, this.#journal.append('list', list), list.length);
  }

  find = (id: Uint8Array): Uint8Array | undefined => {
    const place = this.#places.get(keyOf(id));
    if (place === undefined) return undefined;
    const list =
      place.fd === null
        ? this.#journal?.read(place.offset, place.bytes)
        : readAt(place.fd, place.offset, place.bytes);
    if (list !== undefined && equalBytes(blake3(list), id)) return list;
    this.#places.delete(keyOf(id));
    return undefined;
  };

  /** Writes the lists of these contents to a new `lists`, durable (but for the folder) after. */
  write(contents: Iterable<Content>): void {
    const path = join(this.#folder, 'lists.new');
    const fd = openSync(path, 'w', 0o600);
    try {
      const written = new Set<string>();
      for (const content of contents) this.#writeBelow(fd, content, written);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(path, join(this.#folder, 'lists'));
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #writeBelow(fd: number, content: Content, written: Set<string>): void {
    if (content.depth === 0) return;
    for (const ref of content.refs) {
      if (ref.id === null || written.has(keyOf(ref.id))) continue;
      written.add(keyOf(ref.id));
      const list = this.find(ref.id);
      if (list === undefined) continue;
      const record = new ByteWriter(HEAD_BYTES + list.length);
      record.bytes(ref.id);
      record.u32(list.length);
      record.bytes(list);
      writeSync(fd, record.peek());
      this.#writeBelow(fd, decodeList(list, content.depth, ref.bytes), written);
    }
  }

  #open(): void {
    try {
      this.#fd = openSync(join(this.#folder, 'lists'), 'r');
    } catch {
      return;
    }
    for (let at = 0; ;) {
      const bytes = readAt(this.#fd, at, HEAD_BYTES);
      if (bytes.length < HEAD_BYTES) return;
      const head = new ByteReader(bytes);
      const id = head.bytes(LIMITS.idBytes);
      const length = head.u32();
      if (length > LIMITS.chunkBytes) return;
      this.#places.set(keyOf(id), { fd: this.#fd, offset: at + HEAD_BYTES, bytes: length });
      at += HEAD_BYTES + length;
    }
  }
}
