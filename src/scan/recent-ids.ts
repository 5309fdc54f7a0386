import { LIMITS } from '../model/limits.ts';

const ID_BYTES = LIMITS.idBytes;

/**
 * The ids that came last, in two generations: at least `most`, at most twice as many. Ids are told apart exactly;
 * the key only finds them. They are copied: hashes as they come hold on to far more memory than their 32 bytes.
 */
export class RecentIds {
  readonly #most: number;
  #young: Generation;
  #old: Generation | null = null;

  constructor(most: number) {
    this.#most = most;
    this.#young = new Generation(most);
  }

  /** Whether the id is remembered. */
  has(id: Uint8Array): boolean {
    const key = keyOf(id);
    return this.#young.has(key, id) || (this.#old?.has(key, id) ?? false);
  }

  /** Remembers an id. */
  add(id: Uint8Array): void {
    this.#young.add(keyOf(id), id);
    if (this.#young.count < this.#most) return;
    const empty = this.#old ?? new Generation(this.#most);
    empty.clear();
    this.#old = this.#young;
    this.#young = empty;
  }
}

class Generation {
  count = 0;
  readonly #places = new Map<number, number>();
  readonly #ids: Uint8Array;

  constructor(most: number) {
    this.#ids = new Uint8Array(most * ID_BYTES);
  }

  has(key: number, id: Uint8Array): boolean {
    const place = this.#places.get(key);
    if (place === undefined) return false;
    for (let i = 0; i < ID_BYTES; i++) if (this.#ids[place + i] !== id[i]) return false;
    return true;
  }

  add(key: number, id: Uint8Array): void {
    const place = this.count++ * ID_BYTES;
    this.#ids.set(id, place);
    this.#places.set(key, place);
  }

  clear(): void {
    this.count = 0;
    this.#places.clear();
  }
}

/** The first 48 bits. Ids are hashes: they spread by themselves. */
function keyOf(id: Uint8Array): number {
  const low = (id[0] as number) | ((id[1] as number) << 8) | ((id[2] as number) << 16);
  const high = (id[3] as number) | ((id[4] as number) << 8) | ((id[5] as number) << 16);
  return high * 0x1_00_00_00 + low;
}
