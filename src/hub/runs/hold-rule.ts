import type { Held } from '../../catalog/held.ts';

/** How much of a set a run may change and delete before its snapshot is held back (docs/adr/0014). */
export type HoldRule = {
  /** Of the files of the newest released snapshot, 0 to 1. */
  readonly share: number;
  /** So many in any case. */
  readonly files: number;
};

export const DEFAULT_HOLD_RULE: HoldRule = { share: 0.5, files: 100 };

/** Whether it is more than the rule allows. With a share of 1 nothing is. */
export function isTooMuch({ changed, deleted, of }: Held, { share, files }: HoldRule): boolean {
  return changed + deleted > Math.max(files, share * of);
}
