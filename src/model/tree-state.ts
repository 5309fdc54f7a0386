import { ByteReader, ByteWriter, equalBytes } from '../base/bytes.ts';
import { RbError } from '../base/errors.ts';
import { blake3 } from '../base/hash.ts';
import { LIMITS } from './limits.ts';

/*
 * A tree state is what one side remembers of a tree that it has scanned or rebuilt: the pages, and beside each
 * entry the marks of the inode that held it. The origin uses it to leave unchanged files unread, a destination
 * to know what it put where. Local to a machine, never sent. Layout (little-endian):
 *   head: "RBTS" | version u8 (1) | has snapshot u8 | snapshot id (32, zeros if none)
 *   page: 1 u8 | page bytes u32 | entries u32 | page id (32) | page | check (8) | stamps
 *   end:  2 u8 | pages u32
 * stamps are columns: ino f64, ctime seconds f64, ctime nanoseconds u32, mark u8 for each entry; check is the
 * beginning of the BLAKE3 of these columns. The page is checked by its id.
 */

const MAGIC = 0x53544252;
const VERSION = 1;
const PAGE_RECORD = 1;
const END_RECORD = 2;
const CHECK_BYTES = 8;
const STAMP_BYTES = 21;

export const STATE_HEAD_BYTES: number = 6 + LIMITS.idBytes;
/** Bytes of a page record before the page itself. */
export const STATE_PAGE_HEAD_BYTES: number = 9 + LIMITS.idBytes;

/** What a stamp's `mark` says. */
export const MARKS = {
  /** The inode's numbers are not known: the entry counts as changed. */
  unknown: 0,
  /** Scanned at the origin, or put in place (or adopted) at a destination, with these numbers. */
  known: 1,
  /** At a destination: something that no transfer put there stands in its place. */
  blocked: 2,
} as const;

/** Columns beside the entries of one page. */
export type Stamps = {
  readonly ino: Float64Array;
  readonly ctimeSec: Float64Array;
  readonly ctimeNsec: Uint32Array;
  readonly mark: Uint8Array;
};

export type StatePage = {
  readonly id: Uint8Array;
  readonly page: Uint8Array;
  readonly stamps: Stamps;
};

/** Columns for `count` entries, all marked unknown, in one buffer of 21 bytes an entry. */
export function newStamps(
  count: number,
  buffer: ArrayBuffer = new ArrayBuffer(count * STAMP_BYTES),
): Stamps {
  return {
    ino: new Float64Array(buffer, 0, count),
    ctimeSec: new Float64Array(buffer, count * 8, count),
    ctimeNsec: new Uint32Array(buffer, count * 16, count),
    mark: new Uint8Array(buffer, count * 20, count),
  };
}

export function encodeStateHead(snapshot: Uint8Array | null): Uint8Array {
  const out = new ByteWriter(STATE_HEAD_BYTES);
  out.u32(MAGIC);
  out.u8(VERSION);
  out.u8(snapshot === null ? 0 : 1);
  out.bytes(snapshot ?? new Uint8Array(LIMITS.idBytes));
  return out.take();
}

export function encodeStatePage(state: StatePage): Uint8Array {
  const { ino, ctimeSec, ctimeNsec, mark } = state.stamps;
  const columns = [ino, ctimeSec, ctimeNsec, mark].map(
    (c) => new Uint8Array(c.buffer, c.byteOffset, c.byteLength),
  );
  const stamps = new ByteWriter(ino.length * STAMP_BYTES);
  for (const column of columns) stamps.bytes(column);
  const stampBytes = stamps.take();
  const out = new ByteWriter(
    STATE_PAGE_HEAD_BYTES + state.page.length + CHECK_BYTES + stampBytes.length,
  );
  out.u8(PAGE_RECORD);
  out.u32(state.page.length);
  out.u32(ino.length);
  out.bytes(state.id);
  out.bytes(state.page);
  out.bytes(blake3(stampBytes).subarray(0, CHECK_BYTES));
  out.bytes(stampBytes);
  return out.take();
}

export function encodeStateEnd(pages: number): Uint8Array {
  const out = new ByteWriter(5);
  out.u8(END_RECORD);
  out.u32(pages);
  return out.take();
}

/** Reads exactly `bytes` bytes at `offset`, or fewer at the end of the file; the result is not reused. */
export type ReadAt = (offset: number, bytes: number) => Uint8Array;

/**
 * Reads a tree state page by page, holding one page at a time.
 * @throws damaged-state on the first thing that is not as written (cut short, flipped bits, another version)
 */
export class TreeStateReader {
  /** The snapshot that this state is of, or null if it was never committed. */
  readonly snapshot: Uint8Array | null;
  readonly #readAt: ReadAt;
  #offset: number = STATE_HEAD_BYTES;
  #pages = 0;

  constructor(readAt: ReadAt) {
    this.#readAt = readAt;
    const head = new ByteReader(this.#read(0, STATE_HEAD_BYTES));
    if (head.u32() !== MAGIC || head.u8() !== VERSION) throw damaged();
    const hasSnapshot = head.u8();
    const snapshot = head.bytes(LIMITS.idBytes);
    const isPlain =
      hasSnapshot === 1 || (hasSnapshot === 0 && snapshot.every((byte) => byte === 0));
    if (!isPlain) throw damaged();
    this.snapshot = hasSnapshot === 1 ? snapshot : null;
  }

  /** The next page, or null behind the last one. */
  next(): StatePage | null {
    const kind = this.#read(this.#offset, 1)[0];
    if (kind === END_RECORD) {
      if (new ByteReader(this.#read(this.#offset + 1, 4)).u32() !== this.#pages) throw damaged();
      return null;
    }
    if (kind !== PAGE_RECORD) throw damaged();
    const head = new ByteReader(this.#read(this.#offset + 1, STATE_PAGE_HEAD_BYTES - 1));
    const pageBytes = head.u32();
    const count = head.u32();
    const id = head.bytes(LIMITS.idBytes);
    if (pageBytes > LIMITS.chunkBytes || count > LIMITS.pageEntries) throw damaged();
    const rest = this.#read(
      this.#offset + STATE_PAGE_HEAD_BYTES,
      pageBytes + CHECK_BYTES + count * STAMP_BYTES,
    );
    const page = rest.subarray(0, pageBytes);
    const check = rest.subarray(pageBytes, pageBytes + CHECK_BYTES);
    // Not rest.slice(): of a Buffer that would be a view, and columns need a buffer of their own.
    const stampBytes = Uint8Array.prototype.slice.call(rest, pageBytes + CHECK_BYTES);
    if (!equalBytes(check, blake3(stampBytes).subarray(0, CHECK_BYTES))) throw damaged();
    if (!equalBytes(id, blake3(page))) throw damaged();
    this.#offset += STATE_PAGE_HEAD_BYTES + rest.length;
    this.#pages++;
    return { id, page, stamps: newStamps(count, stampBytes.buffer) };
  }

  #read(offset: number, bytes: number): Uint8Array {
    const read = this.#readAt(offset, bytes);
    if (read.length !== bytes) throw damaged();
    return read;
  }
}

function damaged(): RbError {
  return new RbError(
    'damaged-state',
    'The memory of the last run is damaged; it is left aside and everything is read again.',
  );
}
