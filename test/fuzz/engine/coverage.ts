/** Which places of the instrumented code an input reached, and about how often. */

/** Counters of one byte, which instrumented code counts up; see instrument.ts. */
export const COUNTERS: Uint8Array = new Uint8Array(1 << 17);

const WORDS = new BigUint64Array(COUNTERS.buffer);

/** How often, in eight classes: a loop that is left after other rounds is something new. */
const CLASSES = Uint8Array.from({ length: 256 }, (_, count) => {
  if (count < 4) return count === 0 ? 0 : 1 << (count - 1);
  return 1 << (count < 8 ? 3 : count < 16 ? 4 : count < 32 ? 5 : count < 128 ? 6 : 7);
});

/** What all inputs so far have reached. */
export class Coverage {
  readonly #seen: Uint8Array = new Uint8Array(COUNTERS.length);
  #used = 0;

  /** @param used - counters that are in use by now */
  begin(used: number): void {
    this.#used = used;
    COUNTERS.fill(0, 0, used);
  }

  /** Takes in what was reached since {@link begin}. @returns whether any of it was new */
  end(): boolean {
    let isNew = false;
    const words = (this.#used + 7) >> 3;
    for (let word = 0; word < words; word++) {
      if (WORDS[word] === 0n) continue;
      for (let at = word * 8; at < word * 8 + 8; at++) {
        const reached = CLASSES[COUNTERS[at] as number] as number;
        if ((reached & ~(this.#seen[at] as number)) === 0) continue;
        this.#seen[at] = (this.#seen[at] as number) | reached;
        isNew = true;
      }
    }
    return isNew;
  }

  has(counter: number): boolean {
    return this.#seen[counter] !== 0;
  }
}
