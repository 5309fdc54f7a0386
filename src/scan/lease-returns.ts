/** A lease of the scanning thread that its user no longer needs, or only the first `keptBytes` of. */
export type LeaseReturn = { readonly lease: number; readonly keptBytes: number };

/** Most leases that are out at a time. */
export const MOST_LEASES = 64;

/** A lease comes back at most twice before its number is used again: once in part, once in whole. */
const PLACES = 2 * MOST_LEASES;
const WORDS_PER_PLACE = 2;
/** Words: whether to stop, how often something was said, how many returns were written and read. */
const STOP = 0;
const SAID = 1;
const WRITTEN = 2;
const READ = 3;
const FIRST_PLACE = 4;
/** How long to sleep at most, should the other thread end without a word. */
const SLEEP_MS = 1000;

/** What the thread that scans is told by the one that uses its memory, which has no need of its event loop. */
export class LeaseReturns {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array<SharedArrayBuffer>;

  /** @param memory of the other thread's object; none: new */
  constructor(
    memory: SharedArrayBuffer = new SharedArrayBuffer((FIRST_PLACE + PLACES * WORDS_PER_PLACE) * 4),
  ) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
  }

  /** Asks the scan to end. */
  stop(): void {
    Atomics.store(this.#words, STOP, 1);
    this.#wake();
  }

  get isStopped(): boolean {
    return Atomics.load(this.#words, STOP) !== 0;
  }

  /** Of the one thread that uses the memory. There is always room. */
  give({ lease, keptBytes }: LeaseReturn): void {
    const written = Atomics.load(this.#words, WRITTEN);
    const at = placeOf(written);
    this.#words[at] = lease;
    this.#words[at + 1] = keptBytes;
    Atomics.store(this.#words, WRITTEN, (written + 1) | 0);
    this.#wake();
  }

  /** The next one, for the thread that scans; null if there is none. */
  take(): LeaseReturn | null {
    const read = Atomics.load(this.#words, READ);
    if (read === Atomics.load(this.#words, WRITTEN)) return null;
    const at = placeOf(read);
    const taken = { lease: this.#words[at] as number, keptBytes: this.#words[at + 1] as number };
    Atomics.store(this.#words, READ, (read + 1) | 0);
    return taken;
  }

  /** Sleeps until there is something to take, or the scan is to end, or for a second. @returns whether it slept */
  wait(): boolean {
    const said = Atomics.load(this.#words, SAID);
    const isIdle = Atomics.load(this.#words, WRITTEN) === Atomics.load(this.#words, READ);
    const mustSleep = isIdle && !this.isStopped;
    if (mustSleep) Atomics.wait(this.#words, SAID, said, SLEEP_MS);
    return mustSleep;
  }

  #wake(): void {
    Atomics.add(this.#words, SAID, 1);
    Atomics.notify(this.#words, SAID);
  }
}

/** Counters run through all 32-bit numbers, which are a multiple of the places. */
function placeOf(counter: number): number {
  return FIRST_PLACE + (counter & (PLACES - 1)) * WORDS_PER_PLACE;
}
