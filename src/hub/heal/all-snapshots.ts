import type { Catalog, SnapshotCursor, SnapshotRow } from '../../catalog/catalog.ts';

const PAGE_ROWS = 1000;

/** Every snapshot that the catalog has, newest first. */
export function allSnapshots(catalog: Pick<Catalog, 'snapshots'>): SnapshotRow[] {
  const rows: SnapshotRow[] = [];
  let cursor: SnapshotCursor | null = null;
  do {
    const page = catalog.snapshots({}, PAGE_ROWS, cursor);
    rows.push(...page.rows);
    cursor = page.next;
  } while (cursor !== null);
  return rows;
}
