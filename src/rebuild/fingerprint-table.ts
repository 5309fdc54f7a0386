import { randomInt } from 'node:crypto';

const FIRST_SLOTS = 1024;
const WORD = 0x1_0000_0000;

/**
 * From a 32-bit fingerprint to numbers: open addressing on typed arrays, 20 bytes a slot, at most three quarters
 * full. A fingerprint proves nothing: whoever asks checks what he finds. Where a fingerprint begins to look is
 * secret and new for each table, and equal ones are capped, so a stranger who chooses ids can't make it slow.
 */
export class FingerprintTable {
  readonly #mostEqual: number;
  readonly #seed: number = randomInt(WORD - 1);
  #prints: Uint32Array = new Uint32Array(FIRST_SLOTS);
  /** Two numbers a slot; the first plus one, so that 0 says empty. */
  #values: Float64Array = new Float64Array(FIRST_SLOTS * 2);
  #count = 0;

  /** @param mostEqual entries of one fingerprint that are kept; later ones are dropped */
  constructor(mostEqual: number) {
    this.#mostEqual = mostEqual;
  }

  get count(): number {
    return this.#count;
  }

  add(print: number, first: number, second: number): void {
    if ((this.#count + 1) * 4 > this.#prints.length * 3) this.#grow();
    this.#put(print, first, second);
  }

  /** Calls `visit` for what was added under the fingerprint, oldest first, until it returns true. */
  find(print: number, visit: (first: number, second: number) => boolean): boolean {
    const mask = this.#prints.length - 1;
    for (let slot = this.#start(print); ; slot = (slot + 1) & mask) {
      const first = this.#values[slot * 2] as number;
      if (first === 0) return false;
      if (this.#prints[slot] === print && visit(first - 1, this.#values[slot * 2 + 1] as number))
        return true;
    }
  }

  #put(print: number, first: number, second: number): void {
    const mask = this.#prints.length - 1;
    let equal = 0;
    for (let slot = this.#start(print); ; slot = (slot + 1) & mask) {
      if (this.#values[slot * 2] === 0) {
        this.#prints[slot] = print;
        this.#values[slot * 2] = first + 1;
        this.#values[slot * 2 + 1] = second;
        this.#count++;
        return;
      }
      if (this.#prints[slot] === print && ++equal >= this.#mostEqual) return;
    }
  }

  #start(print: number): number {
    let mixed = Math.imul(print ^ this.#seed, 0x9e3779b1);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
    return ((mixed ^ (mixed >>> 13)) >>> 0) & (this.#prints.length - 1);
  }

  #grow(): void {
    const prints = this.#prints;
    const values = this.#values;
    this.#prints = new Uint32Array(prints.length * 2);
    this.#values = new Float64Array(values.length * 2);
    this.#count = 0;
    for (let slot = 0; slot < prints.length; slot++) {
      const first = values[slot * 2] as number;
      if (first !== 0) this.#put(prints[slot] as number, first - 1, values[slot * 2 + 1] as number);
    }
  }
}

/** The fingerprint of the chunk id that begins there: its first four bytes. */
export function idPrint(ids: Uint8Array, at: number = 0): number {
  return (
    (((ids[at] as number) << 24) |
      ((ids[at + 1] as number) << 16) |
      ((ids[at + 2] as number) << 8) |
      (ids[at + 3] as number)) >>>
    0
  );
}

/** A key for maps: the bytes as text of one character each. */
export function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
