import type { SharedRange } from '../base/shared-arena.ts';
import type { ChunkTable } from '../chunk/bundle-jobs.ts';
import { LIMITS } from '../model/limits.ts';
import { idPrint } from './fingerprint-table.ts';
import type { WantKind } from './protocol.ts';

/** Most chunks outstanding, whatever their length: the protocol allows 8192 on one stream. */
const MOST_OUTSTANDING = 4096;
/** What of the window may still be outstanding when asking goes on. */
const REFILL_BELOW = 0.75;
/** Most ids in one message. */
const MOST_AT_ONCE = 1024;
/** What fits a number that needs no memory of its own. */
const KEY_MASK = 0x3fff_ffff;

/** Gets the chunk, valid during the call only, or null if the hub has not got it. */
export type Deliver = (bytes: Uint8Array | null) => void;

/** Those whose ids begin alike hang together; there are never more than may be outstanding. */
type Want = {
  readonly id: Uint8Array;
  readonly bytes: number;
  readonly deliver: Deliver;
  also: Deliver[] | null;
  next: Want | null;
};

type Unsent = { readonly ids: Uint8Array; count: number };

/** What was asked for and is not here yet, held within a window of bytes. */
export class Wants {
  readonly #windowBytes: number;
  readonly #send: (kind: WantKind, ids: Uint8Array) => void;
  readonly #wants = new Map<number, Want>();
  readonly #unsent: Record<WantKind, Unsent> = { page: unsent(), list: unsent(), data: unsent() };
  #outstandingBytes = 0;
  #isFull = false;
  /** Chunks that were asked for and have not come. */
  outstanding = 0;

  constructor(windowBytes: number, send: (kind: WantKind, ids: Uint8Array) => void) {
    this.#windowBytes = windowBytes;
    this.#send = send;
  }

  /**
   * Whether a chunk of this length may be asked for. One is always allowed. Once the window was full, a quarter of it has to
   * come before more is asked for: the hub sends whole records where all of one is wanted at a time, and else has to take it apart.
   */
  hasRoom(bytes: number): boolean {
    if (this.outstanding === 0) return true;
    const filled = Math.max(
      (this.#outstandingBytes + bytes) / this.#windowBytes,
      (this.outstanding + 1) / MOST_OUTSTANDING,
    );
    this.#isFull = filled > (this.#isFull ? REFILL_BELOW : 1);
    return !this.#isFull;
  }

  isWanted(id: Uint8Array): boolean {
    return this.#find(id) !== null;
  }

  /** Waits for a chunk with those who have asked for it already. @returns false if nobody has */
  join(id: Uint8Array, deliver: Deliver): boolean {
    const known = this.#find(id);
    if (known === null) return false;
    known.also ??= [];
    known.also.push(deliver);
    return true;
  }

  /**
   * Asks for a chunk, or waits with those who have.
   * @param id kept, so it must not change
   * @param bytes its length, as far as known
   */
  add(kind: WantKind, id: Uint8Array, bytes: number, deliver: Deliver): void {
    if (this.join(id, deliver)) return;
    const key = idPrint(id, 0) & KEY_MASK;
    const next = this.#wants.get(key) ?? null;
    this.#wants.set(key, { id, bytes, deliver, also: null, next });
    this.outstanding++;
    this.#outstandingBytes += bytes;
    const { ids, count } = this.#unsent[kind];
    ids.set(id, count * LIMITS.idBytes);
    if (++this.#unsent[kind].count >= MOST_AT_ONCE) this.#flush(kind);
  }

  /** Hands chunks to all who wait for them. What nobody wants is ignored. */
  arrived({ memory, at }: SharedRange, { ids, offsets, lengths }: ChunkTable): void {
    for (let row = 0; row < lengths.length; row++) {
      const want = this.#take(ids, row * LIMITS.idBytes);
      if (want === null) continue;
      settle(want, new Uint8Array(memory, at + (offsets[row] as number), lengths[row]));
    }
  }

  /** Tells all who wait for these that the hub has not got them. */
  lacking(ids: Uint8Array): void {
    for (let at = 0; at + LIMITS.idBytes <= ids.length; at += LIMITS.idBytes) {
      const want = this.#take(ids, at);
      if (want !== null) settle(want, null);
    }
  }

  /** Sends what was asked for since. */
  flush(): void {
    this.#flush('page');
    this.#flush('list');
    this.#flush('data');
  }

  #flush(kind: WantKind): void {
    const { ids, count } = this.#unsent[kind];
    if (count === 0) return;
    this.#unsent[kind].count = 0;
    this.#send(kind, ids.slice(0, count * LIMITS.idBytes));
  }

  #find(id: Uint8Array): Want | null {
    let want = this.#wants.get(idPrint(id, 0) & KEY_MASK) ?? null;
    while (want !== null && !isAt(id, 0, want.id)) want = want.next;
    return want;
  }

  #take(ids: Uint8Array, at: number): Want | null {
    const key = idPrint(ids, at) & KEY_MASK;
    let before: Want | null = null;
    let want = this.#wants.get(key) ?? null;
    while (want !== null && !isAt(ids, at, want.id)) {
      before = want;
      want = want.next;
    }
    if (want === null) return null;
    if (before !== null) before.next = want.next;
    else if (want.next !== null) this.#wants.set(key, want.next);
    else this.#wants.delete(key);
    this.outstanding--;
    this.#outstandingBytes -= want.bytes;
    return want;
  }
}

function unsent(): Unsent {
  return { ids: new Uint8Array(MOST_AT_ONCE * LIMITS.idBytes), count: 0 };
}

function settle({ deliver, also }: Want, bytes: Uint8Array | null): void {
  deliver(bytes);
  if (also !== null) for (const other of also) other(bytes);
}

/** Whether the id stands there. A loop, as that needs no view. */
function isAt(ids: Uint8Array, at: number, id: Uint8Array): boolean {
  for (let i = 0; i < LIMITS.idBytes; i++) if (ids[at + i] !== id[i]) return false;
  return true;
}
