import type { Clock } from '../base/clock.ts';
import { isRbError } from '../base/errors.ts';
import type { SharedLease } from '../base/shared-arena.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { decompress } from '../chunk/compress.ts';
import { decodeBundle, decodeBundleHead } from '../model/bundle.ts';
import type { Bundle, BundleHead } from '../model/bundle.ts';
import type { Place, Vault } from '../vault/vault.ts';
import type { HubEvent } from './hub-context.ts';
import { chunkKey } from './runs/chunk-key.ts';

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

type Plain = { readonly bytes: Uint8Array; readonly at: Map<string, readonly [number, number]> };

/**
 * Reads chunks from the vault and deals with damage on the way: a record that can't be read is forgotten, so that the
 * next run sends its chunks again, and another copy is looked for. From then on no older snapshot counts as
 * whole (see {@link damagedSinceMs}), since nobody knows which of them named the chunk.
 */
export class ChunkSource {
  readonly #vault: Vault;
  readonly #catalog: Catalog;
  readonly #clock: Clock;
  readonly #log: (event: HubEvent) => void;
  readonly #plain = new Map<Place, Plain>();
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
        await this.#forget(place, error.message);
      }
    }
  }

  /** The plain bytes of a chunk, a view that must not be changed; undefined as above. */
  async plain(id: Uint8Array): Promise<Uint8Array | undefined> {
    const place = this.#vault.find(id);
    const cached = place === undefined ? undefined : this.#plain.get(place);
    if (cached !== undefined) return slice(cached, id);
    const found = await this.record(id);
    if (found === undefined) return undefined;
    const plain = openPlain(decodeBundle(found.record.bytes));
    found.record.release();
    this.#keep(found.place, plain);
    return slice(plain, id);
  }

  #keep(place: Place, plain: Plain): void {
    if (this.#plain.has(place)) return;
    this.#plain.set(place, plain);
    this.#plainBytes += plain.bytes.length;
    for (const [oldest, { bytes }] of this.#plain) {
      if (this.#plainBytes <= PLAIN_CACHE_BYTES || oldest === place) break;
      this.#plain.delete(oldest);
      this.#plainBytes -= bytes.length;
    }
  }

  async #forget(place: Place, why: string): Promise<void> {
    this.#damageCount++;
    const nowMs = Math.max(this.#clock.nowMs(), this.damagedSinceMs);
    this.#catalog.setSetting(DAMAGED_SINCE, String(nowMs));
    this.#log({
      level: 'error',
      event: 'damage',
      message: `${why} It is left aside; the next backup of each set sends again what is missing.`,
    });
    await this.#vault.forget(place);
  }
}

/** The plain bytes of a bundle that was verified when it came; a view on its record if that is stored plain. */
export function plainOf(bundle: Bundle): Uint8Array {
  return bundle.head.codec === 'stored'
    ? bundle.body
    : decompress(bundle.body, bundle.head.plainBytes);
}

function openPlain(bundle: Bundle): Plain {
  const at = new Map<string, readonly [number, number]>();
  for (const { id, offset, bytes } of bundle.chunks) at.set(chunkKey(id), [offset, offset + bytes]);
  const bytes = bundle.head.codec === 'stored' ? bundle.body.slice() : plainOf(bundle);
  return { bytes, at };
}

function slice(plain: Plain, id: Uint8Array): Uint8Array | undefined {
  const range = plain.at.get(chunkKey(id));
  return range === undefined ? undefined : plain.bytes.subarray(range[0], range[1]);
}
