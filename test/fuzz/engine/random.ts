/** Numbers that are the same at every run of one seed: mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 32 bits. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** 0 to `count` - 1; 0 if there is nothing to choose from. */
  below(count: number): number {
    return count <= 1 ? 0 : this.next() % count;
  }

  /** Small numbers more often than large ones, 1 to `most`. */
  short(most: number): number {
    const bits = this.below(Math.ceil(Math.log2(most + 1)) + 1);
    return Math.min(most, 1 + this.below(2 ** bits));
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }
}
