/** Most answers kept: a hostile tree may name a new owner for every file. */
const MOST_ANSWERS = 4096;

/** Answers to questions that are asked again and again, "there is none" included. Bounded. */
export class Remembered<Key, Value> {
  readonly #answers = new Map<Key, Value>();
  readonly #ask: (key: Key) => Value;

  constructor(ask: (key: Key) => Value) {
    this.#ask = ask;
  }

  get(key: Key): Value {
    if (this.#answers.has(key)) return this.#answers.get(key) as Value;
    if (this.#answers.size >= MOST_ANSWERS) this.#answers.clear();
    const answer = this.#ask(key);
    this.#answers.set(key, answer);
    return answer;
  }
}
