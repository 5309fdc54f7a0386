import type { Open } from './catalog-cases.ts';
import { catalogCopies } from './catalog-copies.ts';
import { catalogHeld } from './catalog-held.ts';
import { catalogHistory } from './catalog-history.ts';
import { catalogLacking } from './catalog-lacking.ts';
import { catalogLimits } from './catalog-limits.ts';
import { catalogPeople } from './catalog-people.ts';
import { catalogProofs } from './catalog-proofs.ts';

/** What every adapter of the catalog has to do. */
export function catalogConformance(name: string, open: Open): void {
  catalogPeople(name, open);
  catalogHistory(name, open);
  catalogHeld(name, open);
  catalogCopies(name, open);
  catalogProofs(name, open);
  catalogLimits(name, open);
  catalogLacking(name, open);
}
