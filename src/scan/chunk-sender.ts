import { bufferOver, copyBytes } from '../base/bytes.ts';
import type { SharedLease } from '../base/shared-arena.ts';
import { bodyOffset } from '../model/bundle.ts';
import { CUT_RULE } from '../model/chunking.ts';
import { LIMITS } from '../model/limits.ts';
import type { Outlet } from './outlet.ts';
import type { ScanChunkKind, ScanPart } from './protocol.ts';
import { RecentIds } from './recent-ids.ts';

/** Most chunks of one event: what one offer of the protocol holds (docs/spec/wire.md). */
const MOST_CHUNKS = 1024;
/** Most pages that wait for the chunks of their entries to fill a bundle. */
const MOST_PAGES = 64;
/** Of a room, before the first chunk. */
const HEAD_BYTES = bodyOffset(MOST_CHUNKS);
/** The longest chunk that is read to where it is sent from. */
const SMALL_BYTES = CUT_RULE.minBytes;
/** Content that repeats mostly does so nearby; the hub knows the rest. */
const RECENT_IDS = 16 * 1024;

const NO_ROOM = Buffer.alloc(0);

type PendingPage = { readonly id: Uint8Array; readonly bytes: Uint8Array | null };

/**
 * Collects chunks in leased memory and sends them in such an order that every chunk goes before what names it:
 * data before the lists and pages whose entries need it, a page's bytes before the page.
 */
export class ChunkSender {
  readonly #outlet: Outlet;
  readonly #bundleBytes: number;
  readonly #recent = new RecentIds(RECENT_IDS);
  readonly #ids = new Uint8Array(MOST_CHUNKS * LIMITS.idBytes);
  readonly #offsets = new Uint32Array(MOST_CHUNKS);
  readonly #lengths = new Uint32Array(MOST_CHUNKS);
  #lease: SharedLease | null = null;
  #room: Buffer = NO_ROOM;
  #used = HEAD_BYTES;
  #count = 0;
  #pages: PendingPage[] = [];
  #pageBytes = 0;

  /** @param bundleBytes chunks of together so many bytes are sent */
  constructor(outlet: Outlet, bundleBytes: number) {
    this.#outlet = outlet;
    this.#bundleBytes = bundleBytes;
  }

  /** Room for a chunk of up to `bytes` bytes to be read into; valid until the next call of this object. */
  room(bytes: number): Buffer {
    if (this.#used + bytes > this.#room.length) this.#newRoom(bytes);
    return this.#room.subarray(this.#used, this.#used + bytes);
  }

  /** Makes the first `bytes` bytes of the room given last a chunk, unless it was sent just before. */
  add(id: Uint8Array, bytes: number): void {
    if (this.#recent.has(id)) return;
    this.#recent.add(id);
    this.#note(id, bytes);
    const isFull = this.#used - HEAD_BYTES >= this.#bundleBytes || this.#count === MOST_CHUNKS;
    if (isFull) this.#sendChunks('data');
    if (this.#count === 0 && this.#pages.length > 0) this.#sendPages();
  }

  /** Adds a chunk that lies elsewhere; it is copied. */
  addCopy(id: Uint8Array, chunk: Uint8Array): void {
    if (this.#recent.has(id)) return;
    copyBytes(chunk, this.room(chunk.length), 0);
    this.add(id, chunk.length);
  }

  /** Sends a list chunk of a long file that is being read, and what it says of the file. */
  list(list: Uint8Array, part: ScanPart): void {
    this.#sendChunks('data');
    copyBytes(list, this.room(list.length), 0);
    this.#note(part.id, list.length);
    this.#sendChunks('list');
    this.#outlet.emit({ ...part, id: Uint8Array.from(part.id) });
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

  /** What there is goes, and memory for `bytes` bytes more, and their like, is taken. */
  #newRoom(bytes: number): void {
    this.#sendChunks('data');
    this.#lease?.release();
    this.#lease = null;
    const lease = this.#outlet.take(HEAD_BYTES + Math.max(bytes, this.#bundleBytes + SMALL_BYTES));
    this.#lease = lease;
    this.#room = bufferOver(lease.bytes);
  }

  #sendChunks(kind: ScanChunkKind): void {
    if (this.#lease === null || this.#count === 0) return;
    const room = this.#lease.narrow({ ...this.#lease.range, length: this.#used });
    const ids = this.#ids.slice(0, this.#count * LIMITS.idBytes);
    const offsets = this.#offsets.slice(0, this.#count);
    const lengths = this.#lengths.slice(0, this.#count);
    this.#lease = null;
    this.#room = NO_ROOM;
    this.#used = HEAD_BYTES;
    this.#count = 0;
    this.#outlet.emit({ t: 'chunks', kind, room, ids, offsets, lengths });
  }

  /** All data must have been sent. Pages take leased memory too: a slow hub must not make them pile up. */
  #sendPages(): void {
    const pages = this.#pages;
    this.#pages = [];
    this.#pageBytes = 0;
    for (const { id, bytes } of pages) {
      if (bytes === null) continue;
      if (this.#used + bytes.length > this.#room.length) {
        this.#sendChunks('page');
        this.#newRoom(bytes.length);
      }
      copyBytes(bytes, this.#room, this.#used);
      this.#note(id, bytes.length);
    }
    this.#sendChunks('page');
    for (const { id, bytes } of pages)
      this.#outlet.emit({ t: 'page', id, isKnown: bytes === null });
  }
}
