import { formatSetKey } from '../../model/snapshot.ts';
import type { Offered } from '../../wire/messages-follow.ts';
import type { Mend } from '../../wire/messages-proof.ts';
import type { ToTake } from './transfer.ts';

/** What is to be taken next of each set, the newest alone. What is to be mended is mended on the way to it. */
export class SetQueue {
  readonly #waiting = new Map<string, ToTake>();

  has(name: string): boolean {
    return this.#waiting.has(name);
  }

  offer(offered: Offered): void {
    const name = formatSetKey(offered);
    this.#waiting.set(name, mending(offered, this.#waiting.get(name)));
  }

  mend({ user, host, set, snapshot }: Mend): void {
    const name = formatSetKey({ user, host, set });
    const key = { user, host, set };
    const none: Offered = { t: 'offered', ...key, run: null, snapshot, files: 0, bytes: 0 };
    // Should the run that waits be over by then, there is the snapshot.
    this.#waiting.set(name, { ...(this.#waiting.get(name) ?? none), snapshot, mends: true });
  }

  /** Takes out the first of a set of which this says that it may be begun. */
  next(mayBegin: (name: string) => boolean): ToTake | undefined {
    for (const [name, toTake] of this.#waiting) {
      if (!mayBegin(name)) continue;
      this.#waiting.delete(name);
      return toTake;
    }
    return undefined;
  }

  /** What was offered since this was taken out, and now stands for it; else the same. Takes it out. */
  overtaking(taken: ToTake): ToTake {
    const name = formatSetKey(taken);
    const newer = this.#waiting.get(name);
    this.#waiting.delete(name);
    return newer === undefined ? taken : mending(newer, taken);
  }

  /** What a run has just brought is the newest: it is what is to be mended, and not what was before it. */
  brought(taken: ToTake, snapshot: Uint8Array): void {
    const name = formatSetKey(taken);
    const next = this.#waiting.get(name);
    if (taken.run !== null && next?.mends === true && next.run === null)
      this.#waiting.set(name, { ...next, snapshot });
  }

  /** It is to be taken once more, unless something newer waits. */
  again(toTake: ToTake): void {
    const name = formatSetKey(toTake);
    if (!this.#waiting.has(name)) this.#waiting.set(name, toTake);
  }
}

function mending(toTake: ToTake, before: ToTake | undefined): ToTake {
  return before?.mends === true ? { ...toTake, mends: true } : toTake;
}
