import type { Clock } from '../base/clock.ts';
import { copyBytes } from '../base/bytes.ts';
import { isRbError } from '../base/errors.ts';
import { SharedArena } from '../base/shared-arena.ts';
import type { SharedLease } from '../base/shared-arena.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { decompress } from '../chunk/compress.ts';
import { decodeBundle, decodeBundleHead } from '../model/bundle.ts';
import type { Bundle, BundleHead } from '../model/bundle.ts';
import { LIMITS } from '../model/limits.ts';
import type { Place, Vault } from '../vault/vault.ts';
import type { HubEvent } from './hub-context.ts';
import { chunkKey } from './runs/chunk-key.ts';
import { Signal } from './signal.ts';

/** Plain bytes of records that are kept: some tens of pages lie in one, and are asked for one by one. */
const PLAIN_CACHE_BYTES = 8 * 1024 * 1024;
/** Name of the setting that holds when damage was last found, in milliseconds since 1970. */
export const DAMAGED_SINCE = 'damagedSince';

export type FoundRecord = {
  /** To be released. */
  readonly record: SharedLease;
  readonly head: BundleHead;
  readonly place: Place;
};

type Plain = { readonly lease: SharedLease; readonly at: Map<string, readonly [number, number]> };

/**
 * Reads chunks from the vault and deals with damage on the way: a record that can't be read is forgotten, so that the
 * next run sends its chunks again, and another copy is looked for. From then on no older snapshot counts as
 * whole (see {@link damagedSinceMs}), since nobody knows which of them named the chunk.
 */
export class ChunkSource {
  /** A record was found damaged. */
  readonly damaged: Signal = new Signal();
  readonly #vault: Vault;
  readonly #catalog: Catalog;
  readonly #clock: Clock;
  readonly #log: (event: HubEvent) => void;
  readonly #plain = new Map<Place, Plain>();
  /** Where they lie. As array buffers they would be old when they go, and up to 64 MB of them wait for the next collection. */
  readonly #arena = new SharedArena(PLAIN_CACHE_BYTES + LIMITS.bundlePlainBytes);
  #plainBytes = 0;
  #damageCount = 0;

  constructor(vault: Vault, catalog: Catalog, clock: Clock, log: (event: HubEvent) => void) {
    this.#vault = vault;
    this.#catalog = catalog;
    this.#clock = clock;
    this.#log = log;
  }

  /** How many records were found damaged since the start. */
  get damageCount(): number {
    return this.#damageCount;
  }

  /** Snapshots stamped at or before this moment may lack something; 0 if damage was never found. */
  get damagedSinceMs(): number {
    return Number(this.#catalog.setting(DAMAGED_SINCE) ?? '0');
  }

  /** The record that holds a chunk; undefined if there is no readable one. */
  async record(id: Uint8Array): Promise<FoundRecord | undefined> {
    for (;;) {
      const place = this.#vault.find(id);
      if (place === undefined) return undefined;
      try {
        const record = await this.#vault.read(place);
        return { record, head: decodeBundleHead(record.bytes), place };
      } catch (error) {
        if (!isRbError(error, 'damaged-chunk') && !isRbError(error, 'missing-chunk')) throw error;
        // It was given up, or found out by somebody else, while it was read.
        if (this.#vault.find(id) !== place) continue;
        await this.leaveAside(place, error.message);
      }
    }
  }

  /** Reads the record of a chunk from the disk, whatever is in memory, and leaves it aside if it is damaged; and any other copy. */
  async recheck(id: Uint8Array): Promise<void> {
    let before: Place | undefined;
    for (let place = this.#vault.find(id); place !== before; place = this.#vault.find(id)) {
      if (place === undefined) return;
      before = place;
      try {
        (await this.#vault.reread(place)).release();
      } catch (error) {
        if (!isRbError(error, 'damaged-chunk') && !isRbError(error, 'missing-chunk')) throw error;
        await this.leaveAside(place, error.message);
      }
    }
  }

  /** What a record held is lost from here on, unless there is another copy. @param why a sentence, safe to print */
  async leaveAside(place: Place, why: string): Promise<void> {
    this.#damageCount++;
    const nowMs = Math.max(this.#clock.nowMs(), this.damagedSinceMs);
    this.#catalog.setSetting(DAMAGED_SINCE, String(nowMs));
    this.#log({
      level: 'error',
      event: 'damage',
      message: `${why} It is left aside; what is missing is fetched again from who holds a copy, or sent by the next backup.`,
    });
    await this.#vault.forget(place);
    this.damaged.notify();
  }

  /** It is known of each snapshot whether it is damaged: those that aren't marked count as whole again. */
  clearDamagedSince(): void {
    if (this.damagedSinceMs > 0) this.#catalog.setSetting(DAMAGED_SINCE, '0');
  }

  /** The plain bytes of a chunk, in a copy of the caller's; undefined as above. */
  async plain(id: Uint8Array): Promise<Uint8Array | undefined> {
    const place = this.#vault.find(id);
    const cached = place === undefined ? undefined : this.#plain.get(place);
    if (cached !== undefined) return slice(cached, id);
    const found = await this.record(id);
    if (found === undefined) return undefined;
    try {
      return slice(this.#open(found), id);
    } finally {
      found.record.release();
    }
  }

  /** The record's plain bytes, kept for others. */
  #open({ record, place }: FoundRecord): Plain {
    const known = this.#plain.get(place);
    if (known !== undefined) return known;
    const bundle = decodeBundle(record.bytes);
    this.#makeRoom(bundle.head.plainBytes);
    const lease = this.#arena.take(bundle.head.plainBytes);
    try {
      openInto(lease.bytes, bundle);
    } catch (error) {
      lease.release();
      throw error;
    }
    const at = new Map<string, readonly [number, number]>();
    for (const { id, offset, bytes } of bundle.chunks)
      at.set(chunkKey(id), [offset, offset + bytes]);
    const plain = { lease, at };
    this.#plain.set(place, plain);
    this.#plainBytes += lease.bytes.length;
    return plain;
  }

  /** Lets go of what was opened first until so many bytes fit. */
  #makeRoom(bytes: number): void {
    for (const [oldest, { lease }] of this.#plain) {
      if (this.#plainBytes + bytes <= PLAIN_CACHE_BYTES) return;
      this.#plain.delete(oldest);
      this.#plainBytes -= lease.bytes.length;
      lease.release();
    }
  }
}

/** Writes the plain bytes of a bundle that was verified when it came to `room`, which is exactly as long. */
export function openInto(room: Uint8Array, { head, body }: Bundle): void {
  const plain = head.codec === 'stored' ? body : decompress(body, head.plainBytes, room);
  // A library may have put them elsewhere.
  if (plain.buffer !== room.buffer || plain.byteOffset !== room.byteOffset)
    copyBytes(plain, room, 0);
}

function slice({ lease, at }: Plain, id: Uint8Array): Uint8Array | undefined {
  const range = at.get(chunkKey(id));
  return range === undefined ? undefined : copyOf(lease.bytes.subarray(range[0], range[1]));
}

/** In an array buffer that no other thread sees. */
function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length);
  copyBytes(bytes, copy, 0);
  return copy;
}
