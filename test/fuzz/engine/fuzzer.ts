import { concatBytes } from '../../../src/base/bytes.ts';
import type { Coverage } from './coverage.ts';
import { mutate } from './mutate.ts';
import type { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';
import { tryInput } from './try-input.ts';

const MOST_BYTES = 4096;
/** Tries to make an input shorter that showed a fault. */
const SHORTENINGS = 400;
/** Different faults of one target that are worth telling. */
const MOST_FAULTS = 10;

export type Fault = { readonly input: Uint8Array; readonly error: Error };

/** Sees what the instrumented code counted; without it an input is never found to be new. */
export type Watch = { readonly coverage: Coverage; readonly counters: () => number };

/** Feeds one target with mutations of a pool of inputs, which grows by those that reach something new. */
export class Fuzzer {
  readonly pool: Uint8Array[] = [];
  readonly faults: Map<string, Fault> = new Map<string, Fault>();
  runs = 0;
  readonly #target: FuzzTarget;
  readonly #random: Random;
  readonly #watch: Watch | null;
  readonly #onInput: (input: Uint8Array) => void;

  /** @param onInput - is called before each input is tried */
  constructor(
    target: FuzzTarget,
    random: Random,
    watch: Watch | null = null,
    onInput: (input: Uint8Array) => void = () => undefined,
  ) {
    this.#target = target;
    this.#random = random;
    this.#watch = watch;
    this.#onInput = onInput;
  }

  /** Tries an input as it is; into the pool it comes if it is new, or if nothing can tell. */
  async add(input: Uint8Array): Promise<void> {
    const isNew = await this.#try(input);
    if (isNew || this.#watch === null) this.pool.push(input);
  }

  /** One mutation. */
  async step(): Promise<void> {
    const { mend, words = [], mostBytes = MOST_BYTES } = this.#target;
    const random = this.#random;
    // What was found last leads on most often.
    const late = this.pool.at(-1 - random.below(Math.min(16, this.pool.length)));
    const input = (random.below(4) === 0 ? late : undefined) ?? random.pick(this.pool);
    const mutated = mutate(input, random.pick(this.pool), words, random, mostBytes);
    const tried = mend !== undefined && random.below(2) === 0 ? mend(mutated) : mutated;
    if (await this.#try(tried)) this.pool.push(tried);
  }

  async #try(input: Uint8Array): Promise<boolean> {
    this.runs++;
    this.#onInput(input);
    this.#watch?.coverage.begin(this.#watch.counters());
    const error = await tryInput(this.#target, input);
    const isNew = this.#watch?.coverage.end() ?? false;
    if (error !== null && this.faults.size < MOST_FAULTS && !this.faults.has(kindOf(error))) {
      this.faults.set(kindOf(error), { error, input: await this.#shorten(input, kindOf(error)) });
    }
    return isNew && error === null;
  }

  /** The same fault by a shorter input. */
  async #shorten(input: Uint8Array, kind: string): Promise<Uint8Array> {
    let best = input;
    let left = SHORTENINGS;
    for (let size = best.length >> 1; size >= 1 && left > 0; size >>= 1) {
      for (let at = 0; at < best.length && left > 0; left--) {
        const shorter = concatBytes([best.subarray(0, at), best.subarray(at + size)]);
        this.#onInput(shorter);
        const error = await tryInput(this.#target, shorter);
        if (error !== null && kindOf(error) === kind) best = shorter;
        else at += size;
      }
    }
    return best;
  }
}

/** Faults of one kind have one cause, most likely: numbers don't count. */
function kindOf(error: Error): string {
  const place = /\n\s+at .*?src\/\S+/.exec(error.stack ?? '')?.[0] ?? '';
  return `${error.name}: ${error.message} ${place}`.replaceAll(/\d+/g, '#').slice(0, 300);
}

/** The least of some inputs that reaches all that they reach together; short ones first. */
export async function minimise(
  target: FuzzTarget,
  inputs: readonly Uint8Array[],
  watch: Watch,
): Promise<Uint8Array[]> {
  const kept: Uint8Array[] = [];
  for (const input of inputs.toSorted((a, b) => a.length - b.length)) {
    watch.coverage.begin(watch.counters());
    await tryInput(target, input);
    if (watch.coverage.end()) kept.push(input);
  }
  return kept;
}
