import type { Open } from './catalog-cases.ts';
import { catalogCopies } from './catalog-copies.ts';
import { catalogHistory } from './catalog-history.ts';
import { catalogPeople } from './catalog-people.ts';

/** What every adapter of the catalog has to do. */
export function catalogConformance(name: string, open: Open): void {
  catalogPeople(name, open);
  catalogHistory(name, open);
  catalogCopies(name, open);
}
