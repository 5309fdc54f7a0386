/** What was killed so far, where, and how fast. */

import { writeFileSync } from 'node:fs';

import { KINDS } from './aims.ts';
import type { AimBook, Kind } from './aims.ts';

export type How = 'step' | 'random' | 'idle';

type KindCount = { step: number; random: number; idle: number; steps: Map<string, number> };

export class Tally {
  readonly #counts = new Map<Kind, KindCount>(
    KINDS.map((kind) => [kind, { step: 0, random: 0, idle: 0, steps: new Map() }]),
  );
  readonly #startMs = performance.now();
  readonly faults: string[] = [];
  kills = 0;
  rounds = 0;
  worlds = 0;
  /** Of whole trees, all that a copy must keep; and of vaults, every byte. */
  treesCompared = 0;
  vaultsRead = 0;
  snapshotsTold = 0;
  restoresCompared = 0;
  longestChain = 0;

  add(kind: Kind, how: How, step: string | null): void {
    const count = this.#counts.get(kind);
    if (count === undefined) return;
    this.kills++;
    count[how]++;
    if (step !== null) count.steps.set(step, (count.steps.get(step) ?? 0) + 1);
  }

  get minutes(): number {
    return (performance.now() - this.#startMs) / 60_000;
  }

  line(): string {
    const each = [...this.#counts].map(
      ([kind, { step, random, idle }]) => `${kind} ${step}+${random}+${idle}`,
    );
    const rate = (this.kills / Math.max(1e-6, this.minutes * 60)).toFixed(2);
    return `${this.minutes.toFixed(1)} min: ${this.kills} kills (${rate}/s; at steps + anywhere + idle: ${each.join(', ')}), ${this.rounds} rounds, ${this.treesCompared} trees compared, ${this.vaultsRead} vaults read, ${this.faults.length} faults`;
  }

  /** Everything, for a file that figures are taken from. */
  write(path: string, seed: number, book: AimBook): void {
    const kinds = Object.fromEntries(
      [...this.#counts].map(([kind, { step, random, idle, steps }]) => [
        kind,
        {
          kills: step + random + idle,
          atSteps: step,
          anywhere: random,
          idle,
          wholeWalks: book.walks(kind),
          lastStep: book.longest(kind),
          differentSteps: steps.size,
          steps: Object.fromEntries([...steps].toSorted(([, left], [, right]) => right - left)),
        },
      ]),
    );
    const {
      kills,
      rounds,
      worlds,
      treesCompared,
      vaultsRead,
      snapshotsTold,
      restoresCompared,
      longestChain,
      faults,
    } = this;
    const minutes = Math.round(this.minutes * 10) / 10;
    const numbers = {
      seed,
      minutes,
      kills,
      rounds,
      worlds,
      treesCompared,
      vaultsRead,
      snapshotsTold,
      restoresCompared,
      longestChain,
    };
    writeFileSync(path, `${JSON.stringify({ ...numbers, faults, kinds }, null, 2)}\n`);
  }
}
