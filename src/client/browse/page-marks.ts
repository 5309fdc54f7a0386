/** Words of an id that are compared: 16 bytes, which nobody can make two pages share. */
const WORDS = 4;
const FIRST_SLOTS = 1024;

/** A number for each of many pages, 40 bytes a page: which ones a search has been through, and what it found there. */
export class PageMarks {
  readonly #most: number;
  #keys: Uint32Array = new Uint32Array(FIRST_SLOTS * WORDS);
  /** A mark plus one; 0 where there is none. */
  #marks: Uint32Array = new Uint32Array(FIRST_SLOTS);
  #count = 0;

  /** @param most when there are more, all are forgotten: then pages are looked through again */
  constructor(most: number) {
    this.#most = most;
  }

  get(id: Uint8Array): number | undefined {
    const mark = this.#marks[this.#slotOf(wordsOf(id))] as number;
    return mark === 0 ? undefined : mark - 1;
  }

  /** @param mark at least 0 */
  set(id: Uint8Array, mark: number): void {
    if (this.#count >= this.#most) this.#clear();
    if ((this.#count + 1) * 2 > this.#marks.length) this.#grow();
    this.#put(wordsOf(id), mark + 1);
  }

  #put(words: Uint32Array, mark: number): void {
    const slot = this.#slotOf(words);
    if (this.#marks[slot] === 0) this.#count++;
    this.#keys.set(words, slot * WORDS);
    this.#marks[slot] = mark;
  }

  #slotOf(words: Uint32Array): number {
    const mask = this.#marks.length - 1;
    let slot = (words[0] as number) & mask;
    while (this.#marks[slot] !== 0 && !this.#isAt(slot, words)) slot = (slot + 1) & mask;
    return slot;
  }

  #isAt(slot: number, words: Uint32Array): boolean {
    for (let i = 0; i < WORDS; i++) if (this.#keys[slot * WORDS + i] !== words[i]) return false;
    return true;
  }

  #grow(): void {
    const [keys, marks] = [this.#keys, this.#marks];
    this.#keys = new Uint32Array(keys.length * 2);
    this.#marks = new Uint32Array(marks.length * 2);
    this.#count = 0;
    for (const [slot, mark] of marks.entries())
      if (mark !== 0) this.#put(keys.subarray(slot * WORDS, (slot + 1) * WORDS), mark);
  }

  #clear(): void {
    this.#keys = new Uint32Array(FIRST_SLOTS * WORDS);
    this.#marks = new Uint32Array(FIRST_SLOTS);
    this.#count = 0;
  }
}

const words = new Uint32Array(WORDS);

/** The same array each time. */
function wordsOf(id: Uint8Array): Uint32Array {
  for (let i = 0, at = 0; i < WORDS; i++, at += 4)
    words[i] =
      (id[at] as number) |
      ((id[at + 1] as number) << 8) |
      ((id[at + 2] as number) << 16) |
      ((id[at + 3] as number) << 24);
  return words;
}
