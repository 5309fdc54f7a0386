import { randomInt } from 'node:crypto';

const FIRST_SLOTS = 1024;
const WORD = 0x1_0000_0000;
const MOST_SECOND = 2 ** 48;

/** Columns: the first number plus one, so that 0 says empty, and the second in two parts. */
type Slots = {
  readonly prints: Uint32Array;
  readonly firsts: Uint32Array;
  readonly lows: Uint32Array;
  readonly highs: Uint16Array;
};

/**
 * From a 32-bit fingerprint to pairs of numbers: open addressing on typed arrays, 14 bytes a slot, at most three quarters
 * full. A fingerprint proves nothing: whoever asks checks what he finds. Where a fingerprint begins to look is
 * secret and new for each table, and equal ones are capped, so a stranger who chooses ids can't make it slow.
 */
export class FingerprintTable {
  readonly #mostEqual: number;
  readonly #seed: number = randomInt(WORD - 1);
  #slots: Slots = newSlots(FIRST_SLOTS);
  #count = 0;

  /** @param mostEqual entries of one fingerprint that are kept; later ones are dropped */
  constructor(mostEqual: number) {
    this.#mostEqual = mostEqual;
  }

  get count(): number {
    return this.#count;
  }

  /** @param first below 2^32 - 1 @param second below 2^48; a pair beyond is dropped */
  add(print: number, first: number, second: number): void {
    if (first >= WORD - 1 || second >= MOST_SECOND) return;
    if ((this.#count + 1) * 4 > this.#slots.prints.length * 3) this.#grow();
    this.#put(print, first, second);
  }

  /** Calls `visit` for what was added under the fingerprint, oldest first, until it returns true. */
  find(print: number, visit: (first: number, second: number) => boolean): boolean {
    const { prints, firsts, lows, highs } = this.#slots;
    const mask = prints.length - 1;
    for (let slot = this.#start(print); ; slot = (slot + 1) & mask) {
      const first = firsts[slot] as number;
      if (first === 0) return false;
      if (prints[slot] !== print) continue;
      if (visit(first - 1, (highs[slot] as number) * WORD + (lows[slot] as number))) return true;
    }
  }

  #put(print: number, first: number, second: number): void {
    const { prints, firsts, lows, highs } = this.#slots;
    const mask = prints.length - 1;
    let equal = 0;
    for (let slot = this.#start(print); ; slot = (slot + 1) & mask) {
      if (firsts[slot] === 0) {
        prints[slot] = print;
        firsts[slot] = first + 1;
        lows[slot] = second % WORD;
        highs[slot] = Math.floor(second / WORD);
        this.#count++;
        return;
      }
      if (prints[slot] === print && ++equal >= this.#mostEqual) return;
    }
  }

  #start(print: number): number {
    let mixed = Math.imul(print ^ this.#seed, 0x9e3779b1);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
    return ((mixed ^ (mixed >>> 13)) >>> 0) & (this.#slots.prints.length - 1);
  }

  #grow(): void {
    const { prints, firsts, lows, highs } = this.#slots;
    this.#slots = newSlots(prints.length * 2);
    this.#count = 0;
    for (let slot = 0; slot < prints.length; slot++) {
      const first = firsts[slot] as number;
      if (first === 0) continue;
      const second = (highs[slot] as number) * WORD + (lows[slot] as number);
      this.#put(prints[slot] as number, first - 1, second);
    }
  }
}

function newSlots(count: number): Slots {
  return {
    prints: new Uint32Array(count),
    firsts: new Uint32Array(count),
    lows: new Uint32Array(count),
    highs: new Uint16Array(count),
  };
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
