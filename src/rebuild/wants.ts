import { concatBytes } from '../base/bytes.ts';
import { keyOf } from './fingerprint-table.ts';
import type { WantKind } from './protocol.ts';

/** Most chunks outstanding, whatever their length: the protocol allows 8192 on one stream. */
const MOST_OUTSTANDING = 4096;
/** Most ids in one message. */
const MOST_AT_ONCE = 1024;

/** Gets the chunk, valid during the call only, or null if the hub has not got it. */
export type Deliver = (bytes: Uint8Array | null) => void;

type Want = { readonly bytes: number; readonly deliver: Deliver[] };

/** What was asked for and is not here yet, held within a window of bytes. */
export class Wants {
  readonly #windowBytes: number;
  readonly #send: (kind: WantKind, ids: Uint8Array) => void;
  readonly #wants = new Map<string, Want>();
  readonly #unsent: Record<WantKind, Uint8Array[]> = { page: [], list: [], data: [] };
  #outstandingBytes = 0;

  constructor(windowBytes: number, send: (kind: WantKind, ids: Uint8Array) => void) {
    this.#windowBytes = windowBytes;
    this.#send = send;
  }

  get outstanding(): number {
    return this.#wants.size;
  }

  /** Whether a chunk of this length may be asked for. One is always allowed. */
  hasRoom(bytes: number): boolean {
    if (this.#wants.size === 0) return true;
    return (
      this.#wants.size < MOST_OUTSTANDING && this.#outstandingBytes + bytes <= this.#windowBytes
    );
  }

  isWanted(id: Uint8Array): boolean {
    return this.#wants.has(keyOf(id));
  }

  /** Asks for a chunk, or waits with those who have. @param bytes its length, as far as known */
  add(kind: WantKind, id: Uint8Array, bytes: number, deliver: Deliver): void {
    const key = keyOf(id);
    const known = this.#wants.get(key);
    if (known !== undefined) {
      known.deliver.push(deliver);
      return;
    }
    this.#wants.set(key, { bytes, deliver: [deliver] });
    this.#outstandingBytes += bytes;
    const unsent = this.#unsent[kind];
    unsent.push(Uint8Array.from(id));
    if (unsent.length >= MOST_AT_ONCE) this.#flush(kind);
  }

  /** Hands a chunk, or null, to all who wait for it. What nobody wants is ignored. */
  settle(id: Uint8Array, bytes: Uint8Array | null): void {
    const key = keyOf(id);
    const want = this.#wants.get(key);
    if (want === undefined) return;
    this.#wants.delete(key);
    this.#outstandingBytes -= want.bytes;
    for (const deliver of want.deliver) deliver(bytes);
  }

  /** Sends what was asked for since. */
  flush(): void {
    this.#flush('page');
    this.#flush('list');
    this.#flush('data');
  }

  #flush(kind: WantKind): void {
    const ids = this.#unsent[kind];
    if (ids.length === 0) return;
    this.#unsent[kind] = [];
    this.#send(kind, concatBytes(ids));
  }
}
