import assert from 'node:assert';

import { LIMITS } from '../model/limits.ts';
import type { Outlet } from './outlet.ts';
import type { ScanChunkKind, ScanPart } from './protocol.ts';
import { RecentIds } from './recent-ids.ts';

/** Most chunks of one event: what one offer of the protocol holds (docs/spec/wire.md). */
const MOST_CHUNKS = 1024;
/** Most pages that wait for the chunks of their entries to fill a bundle. */
const MOST_PAGES = 64;
/** Content that repeats mostly does so nearby; the hub knows the rest. */
const RECENT_IDS = 16 * 1024;

type PendingPage = { readonly id: Uint8Array; readonly bytes: Uint8Array | null };

/**
 * Collects chunks in pooled buffers and sends them in such an order that every chunk goes before what names it:
 * data before the lists and pages whose entries need it, a page's bytes before the page.
 */
export class ChunkSender {
  readonly #outlet: Outlet;
  readonly #bundleBytes: number;
  readonly #recent = new RecentIds(RECENT_IDS);
  readonly #ids = new Uint8Array(MOST_CHUNKS * LIMITS.idBytes);
  readonly #offsets = new Uint32Array(MOST_CHUNKS);
  readonly #lengths = new Uint32Array(MOST_CHUNKS);
  #arena: Buffer | null = null;
  #used = 0;
  #count = 0;
  #pages: PendingPage[] = [];
  #pageBytes = 0;

  /** @param bundleBytes a buffer with as much in it is sent */
  constructor(outlet: Outlet, bundleBytes: number) {
    this.#outlet = outlet;
    this.#bundleBytes = bundleBytes;
  }

  /** Room for a chunk of up to `bytes` bytes to be read into; valid until the next call of this object. */
  room(bytes: number): Buffer {
    if (this.#arena !== null && this.#used + bytes > this.#arena.length) this.#sendChunks('data');
    this.#arena ??= Buffer.from(this.#outlet.takeArena());
    assert(bytes <= this.#arena.length, 'a chunk is longer than an arena');
    return this.#arena.subarray(this.#used, this.#used + bytes);
  }

  /** Makes the first `bytes` bytes of the room given last a chunk, unless it was sent just before. */
  add(id: Uint8Array, bytes: number): void {
    if (this.#recent.has(id)) return;
    this.#recent.add(id);
    this.#note(id, bytes);
    if (this.#used >= this.#bundleBytes || this.#count === MOST_CHUNKS) this.#sendChunks('data');
    if (this.#count === 0 && this.#pages.length > 0) this.#sendPages();
  }

  /** Adds a chunk that lies elsewhere; it is copied. */
  addCopy(id: Uint8Array, chunk: Uint8Array): void {
    if (this.#recent.has(id)) return;
    this.room(chunk.length).set(chunk);
    this.add(id, chunk.length);
  }

  /** Sends a list chunk of a long file that is being read, and what it says of the file. */
  list(list: Uint8Array, part: ScanPart): void {
    this.#sendChunks('data');
    const arena = Uint8Array.from(list);
    const ids = Uint8Array.from(part.id);
    const event = {
      t: 'chunks',
      kind: 'list',
      arena: arena.buffer,
      pooled: false,
      ids,
      offsets: Uint32Array.of(0),
      lengths: Uint32Array.of(list.length),
    } as const;
    this.#outlet.emit(event, [arena.buffer]);
    this.#outlet.emit(part, []);
  }

  /** Sends a page, soon, behind all chunks that were added before. @param bytes null if they needn't be sent */
  page(id: Uint8Array, bytes: Uint8Array | null): void {
    this.#pages.push({ id, bytes });
    this.#pageBytes += bytes === null ? 0 : bytes.length;
    if (this.#pages.length >= MOST_PAGES || this.#pageBytes >= this.#bundleBytes) this.flush();
  }

  /** Sends all that is held back. */
  flush(): void {
    this.#sendChunks('data');
    if (this.#pages.length > 0) this.#sendPages();
  }

  #note(id: Uint8Array, bytes: number): void {
    this.#ids.set(id, this.#count * LIMITS.idBytes);
    this.#offsets[this.#count] = this.#used;
    this.#lengths[this.#count] = bytes;
    this.#count++;
    this.#used += bytes;
  }

  #sendChunks(kind: ScanChunkKind): void {
    if (this.#arena === null || this.#count === 0) return;
    const arena = this.#arena.buffer as ArrayBuffer;
    const ids = this.#ids.slice(0, this.#count * LIMITS.idBytes);
    const offsets = this.#offsets.slice(0, this.#count);
    const lengths = this.#lengths.slice(0, this.#count);
    this.#arena = null;
    this.#used = 0;
    this.#count = 0;
    const event = { t: 'chunks', kind, arena, pooled: true, ids, offsets, lengths } as const;
    this.#outlet.emit(event, [arena, ids.buffer, offsets.buffer, lengths.buffer]);
  }

  /** All data must have been sent. Pages take a pooled buffer too: a slow hub must not make them pile up. */
  #sendPages(): void {
    const pages = this.#pages;
    this.#pages = [];
    this.#pageBytes = 0;
    for (const { id, bytes } of pages) {
      if (bytes === null) continue;
      if (this.#arena !== null && this.#used + bytes.length > this.#arena.length)
        this.#sendChunks('page');
      this.#arena ??= Buffer.from(this.#outlet.takeArena());
      this.#arena.set(bytes, this.#used);
      this.#note(id, bytes.length);
    }
    this.#sendChunks('page');
    for (const { id, bytes } of pages)
      this.#outlet.emit({ t: 'page', id, isKnown: bytes === null }, []);
  }
}
