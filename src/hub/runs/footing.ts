import { RbError } from '../../base/errors.ts';
import type { HubContext } from '../hub-context.ts';

/** What a run stands on: as long as neither grows, what the vault had when the run began is still there. */
export type Footing = {
  /** Records found damaged, as `hub.chunks.damageCount` counts them. */
  readonly damages: number;
  /** Times that records were lost because the disk did not confirm them. */
  readonly losses: number;
};

export function footingOf({ chunks, vault }: HubContext): Footing {
  return { damages: chunks.damageCount, losses: vault.losses };
}

/**
 * To be asked before a run is committed, and better before: an origin is told that the hub has a chunk when it has it, and
 * it may be gone since.
 * @throws RbError `missing-chunk`, `dir-unwritable`; running it again sends what is missing
 */
export function requireFooting(hub: HubContext, footing: Footing): void {
  const { damages, losses } = footingOf(hub);
  if (losses !== footing.losses) {
    throw new RbError(
      'dir-unwritable',
      "The hub's disk did not confirm what was written during the run; it is given up, and sent again when the backup is run again.",
      { retry: true },
    );
  }
  if (damages === footing.damages) return;
  throw new RbError(
    'missing-chunk',
    'Damage was found in the vault during the run, and it may have hit this run; run it again.',
    { retry: true },
  );
}
