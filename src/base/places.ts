import { RbError } from './errors.ts';

/** So many may be at something at a time; others wait in order. */
export class Places {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /** Whether one would have to wait. */
  get isFull(): boolean {
    return this.#free === 0;
  }

  /**
   * Takes a place as soon as there is one.
   *
   * @returns gives it back; calling again does nothing
   * @throws RbError `interrupted` when the signal aborts before
   */
  async take(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw gaveUp();
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#leave();
    };
  }

  async #turn(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const come = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = (): void => {
        this.#waiting.delete(come);
        reject(gaveUp());
      };
      this.#waiting.add(come);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  /** The place goes to who waits longest, if anybody does. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}

function gaveUp(): RbError {
  return new RbError('interrupted', 'Given up before it was its turn.');
}
