import type { SnapshotLine } from '../../../../src/console/api/common.ts';
import type { HubSnapshots } from '../../../../src/console/api/hub-api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Card, Skeleton } from '../../shared/components/card.tsx';
import { RelativeTime } from '../../shared/components/figures.tsx';
import { formatBytes } from '../../shared/format.ts';
import { sharedText } from '../../shared/i18n/text.ts';
import { SetName } from '../copies/set-name.tsx';
import { useFollowed } from '../follow.ts';
import { liveText } from '../i18n/text.ts';

const SHOWN = 10;

/** The newest snapshots: what came of the last runs. */
export function Lately({ version }: { version: number }) {
  const text = liveText.value;
  const { data, failure, refresh } = useFollowed<HubSnapshots>('/api/snapshots', version);
  return (
    <Card title={text.lately} flush>
      {failure !== null && (
        <div class="px-5 pb-3">
          <FailureAlert failure={failure} onRetry={refresh} />
        </div>
      )}
      {data === null ? (
        <div class="p-5 pt-2">
          <Skeleton lines={3} class="h-10" />
        </div>
      ) : data.snapshots.length === 0 ? (
        <p class="px-5 pb-5 text-sm text-muted">{text.latelyNone}</p>
      ) : (
        <ul class="divide-y divide-line">
          {data.snapshots.slice(0, SHOWN).map((snapshot) => (
            <li key={snapshot.id}>
              <SnapshotRow snapshot={snapshot} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function SnapshotRow({ snapshot }: { snapshot: SnapshotLine }) {
  const text = liveText.value;
  return (
    <div class="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 px-5 py-3">
      <SetName of={snapshot.key} />
      <p class="flex flex-wrap items-baseline gap-x-4 text-xs text-muted">
        {snapshot.held !== null && <span class="font-medium text-warning">{text.heldBack}</span>}
        {snapshot.skipped > 0 && (
          <span class="font-medium text-warning">{text.skipped(snapshot.skipped)}</span>
        )}
        <span>{sharedText.value.files(snapshot.files)}</span>
        <span>{formatBytes(snapshot.bytes)}</span>
        {/* Copies move on to the next snapshot: none of an older one is no loss. */}
        {snapshot.copies.length > 0 && <span>{text.copyCount(snapshot.copies.length)}</span>}
        <RelativeTime ms={snapshot.timeMs} />
      </p>
    </div>
  );
}
