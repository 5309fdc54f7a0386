import { LIMITS } from '../model/limits.ts';

const ID_BYTES = LIMITS.idBytes;
/** Places for each id: a search meets one other, on average. */
const PLACES = 2;

/**
 * The ids that came last, in two generations: at least `most`, at most twice as many. Ids are told apart exactly;
 * the key only finds them. They are copied: what names them may go.
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

/** A table with open addressing: a Map of as many numbers costs four times the time, and garbage. */
class Generation {
  count = 0;
  readonly #mask: number;
  /** By place: the number of the id that stands there, counted from 1; 0 for none. */
  readonly #numbers: Uint32Array;
  readonly #keys: Uint32Array;
  readonly #ids: Uint8Array;

  constructor(most: number) {
    const places = 2 ** Math.ceil(Math.log2(most * PLACES));
    this.#mask = places - 1;
    this.#numbers = new Uint32Array(places);
    this.#keys = new Uint32Array(places);
    this.#ids = new Uint8Array(most * ID_BYTES);
  }

  has(key: number, id: Uint8Array): boolean {
    for (let place = key & this.#mask; ; place = (place + 1) & this.#mask) {
      const number = this.#numbers[place] as number;
      if (number === 0) return false;
      if (this.#keys[place] === key && this.#isAt(number - 1, id)) return true;
    }
  }

  add(key: number, id: Uint8Array): void {
    let place = key & this.#mask;
    while (this.#numbers[place] !== 0) place = (place + 1) & this.#mask;
    this.#ids.set(id, this.count++ * ID_BYTES);
    this.#numbers[place] = this.count;
    this.#keys[place] = key;
  }

  clear(): void {
    this.count = 0;
    this.#numbers.fill(0);
  }

  #isAt(index: number, id: Uint8Array): boolean {
    const at = index * ID_BYTES;
    for (let i = 0; i < ID_BYTES; i++) if (this.#ids[at + i] !== id[i]) return false;
    return true;
  }
}

/** The first 32 bits. Ids are hashes: they spread by themselves. */
function keyOf(id: Uint8Array): number {
  return (
    ((id[0] as number) |
      ((id[1] as number) << 8) |
      ((id[2] as number) << 16) |
      ((id[3] as number) << 24)) >>>
    0
  );
}
