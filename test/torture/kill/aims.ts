/** Where a process is to be killed: the steps that matter for what is durable, one after the other, or anywhere. */

import type { Random } from '../../rebuild/random-tree.ts';

export const KINDS = ['origin', 'hub', 'destination', 'restore', 'verify', 'check'] as const;
export type Kind = (typeof KINDS)[number];

/** Calls of the system that change what is on a disk, or confirm it. */
const CALLS = [
  ['write'],
  ['writev'],
  ['pwrite64'],
  ['pwritev', 'pwritev2'],
  ['fsync'],
  ['fdatasync'],
  ['syncfs'],
  ['rename', 'renameat', 'renameat2'],
  ['link', 'linkat'],
  ['symlink', 'symlinkat'],
  ['unlink'],
  ['unlinkat'],
  ['mkdir', 'mkdirat'],
  ['rmdir'],
  ['ftruncate', 'truncate', 'fallocate'],
  ['fchmod', 'fchmodat', 'chmod'],
  ['utimensat'],
  ['fchown', 'fchownat'],
  ['fsetxattr', 'setxattr', 'fremovexattr'],
  ['copy_file_range', 'sendfile'],
] as const;

/** Kill it when one of its threads makes one of these calls for the n-th time, instead of the call. */
export type StepAim = { readonly at: 'step'; readonly calls: readonly string[]; readonly n: number };
/** Kill it when it has done so much of the work of a whole run, in time of its main thread on a processor. */
export type WorkAim = { readonly at: 'work'; readonly share: number };
export type Aim = StepAim | WorkAim;

export function aimText(aim: Aim): string {
  return aim.at === 'step' ? `${aim.calls[0]} ${aim.n}` : `${Math.round(aim.share * 100)} % of the work`;
}

type Walk = { readonly calls: readonly string[]; next: number; isOver: boolean; isUsed: boolean };

/** Which steps of each kind of process are still to be met. Each walk goes on until a process ends by itself. */
export class AimBook {
  readonly #walks = new Map<Kind, Walk[]>();
  readonly #passes = new Map<Kind, number>();
  readonly #stepPercent: number;

  /** @param stepPercent how many kills are at steps, one after the other; the others are anywhere */
  constructor(stepPercent: number) {
    this.#stepPercent = stepPercent;
    for (const kind of KINDS) this.#walks.set(kind, CALLS.map((calls) => newWalk(calls)));
  }

  /** How often all steps of a kind were met. */
  passes(kind: Kind): number {
    return this.#passes.get(kind) ?? 0;
  }

  next(kind: Kind, random: Random): Aim {
    if (random(100) >= this.#stepPercent) return { at: 'work', share: (15 + random(95)) / 100 };
    const walk = this.#walk(kind);
    return { at: 'step', calls: walk.calls, n: walk.next++ };
  }

  /** @param isWhole whether the process had a whole run before it, not the rest of one that was killed */
  ended(kind: Kind, aim: Aim, killed: boolean, isWhole: boolean): void {
    if (aim.at !== 'step') return;
    const walk = this.#walks.get(kind)?.find(({ calls }) => calls === aim.calls);
    if (walk === undefined) return;
    if (killed) walk.isUsed = true;
    else if (isWhole) walk.isOver = true;
  }

  #walk(kind: Kind): Walk {
    const walks = this.#walks.get(kind) ?? [];
    const open = walks.find(({ isOver }) => !isOver);
    if (open !== undefined) return open;
    this.#passes.set(kind, this.passes(kind) + 1);
    const again = walks.filter(({ isUsed }) => isUsed).map(({ calls }) => newWalk(calls));
    this.#walks.set(kind, again.map((walk) => ({ ...walk, isUsed: true })));
    return this.#walk(kind);
  }
}

function newWalk(calls: readonly string[]): Walk {
  return { calls, next: 1, isOver: false, isUsed: false };
}
