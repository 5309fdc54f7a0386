import { useLocation } from 'preact-iso';

import { NotFoundPage } from '../../shared/shell/page.tsx';
import { ComparePage } from './compare-page.tsx';
import { FindPage } from './find-page.tsx';
import { SNAPSHOTS, keyFrom } from './places.ts';
import { SetPage } from './set-page.tsx';
import { SetsPage } from './sets-page.tsx';
import { SnapshotPage } from './snapshot-page.tsx';

const SNAPSHOT_ID = /^[0-9a-f]{64}$/;

/** All pages below /snapshots. Their addresses say what they show; see places.ts. */
export function SnapshotsPage() {
  const { path, query } = useLocation();
  const key = keyFrom(query);
  const rest = path.slice(SNAPSHOTS.length + 1);
  if (rest === '') {
    return key === null ? <SetsPage /> : <SetPage key={JSON.stringify(key)} set={key} />;
  }
  if (rest === 'find') return <FindPage />;
  if (rest === 'compare' && key !== null) return <ComparePage set={key} />;
  if (SNAPSHOT_ID.test(rest)) return <SnapshotPage key={rest} id={rest} set={key} />;
  return <NotFoundPage />;
}
