/** Where a process is to be killed: at each step that changes what is on disk, one after the other, or anywhere. */

import type { Random } from '../../rebuild/random-tree.ts';

export const KINDS = ['origin', 'hub', 'destination', 'restore', 'verify', 'check'] as const;
export type Kind = (typeof KINDS)[number];

/** Kill it instead of the n-th step of all its threads. */
export type StepAim = { readonly at: 'step'; readonly n: number };
/** Kill it when it has done so much of the work of a whole run, in time of its main thread on a processor. */
export type WorkAim = { readonly at: 'work'; readonly share: number };
export type Aim = StepAim | WorkAim;

export function aimText(aim: Aim): string {
  return aim.at === 'step' ? `step ${aim.n}` : `${Math.round(aim.share * 100)} % of the work`;
}

/** Which step of each kind of process is to be met next. A walk goes on until a process ends by itself before it. */
export class AimBook {
  readonly #next = new Map<Kind, number>();
  readonly #walks = new Map<Kind, number>();
  readonly #longest = new Map<Kind, number>();
  readonly #stepPercent: number;

  /** @param stepPercent how many kills are at steps; the others are anywhere */
  constructor(stepPercent: number) {
    this.#stepPercent = stepPercent;
  }

  next(kind: Kind, random: Random): Aim {
    if (random(100) >= this.#stepPercent) return { at: 'work', share: (15 + random(95)) / 100 };
    const n = this.#next.get(kind) ?? 1;
    this.#next.set(kind, n + 1);
    return { at: 'step', n };
  }

  /** @param isWhole whether the process had a whole run before it, not the rest of one that was killed */
  ended(kind: Kind, aim: Aim, killed: boolean, isWhole: boolean): void {
    if (aim.at !== 'step') return;
    if (killed) this.#longest.set(kind, Math.max(this.longest(kind), aim.n));
    // Another world may have begun the next walk already.
    else if (isWhole && (this.#next.get(kind) ?? 1) > aim.n) {
      this.#next.set(kind, 1);
      this.#walks.set(kind, this.walks(kind) + 1);
    }
  }

  /** How often all steps of a kind were met, from the first to the last. */
  walks(kind: Kind): number {
    return this.#walks.get(kind) ?? 0;
  }

  /** The last step at which one of a kind was killed. */
  longest(kind: Kind): number {
    return this.#longest.get(kind) ?? 0;
  }
}
