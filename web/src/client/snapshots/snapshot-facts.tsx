import { ChevronLeft, ChevronRight } from 'lucide';

import type { Path, SnapshotLine } from '../../../../src/console/api/common.ts';
import { Button } from '../../shared/components/button.tsx';
import { RelativeTime } from '../../shared/components/figures.tsx';
import { formatBytes } from '../../shared/format.ts';
import { sharedText } from '../../shared/i18n/text.ts';
import { nameText, showName } from '../../shared/show-name.tsx';
import { snapshotsText } from './i18n/text.ts';
import { folderPlace } from './places.ts';
import { CopiesWord } from './time-line.tsx';

/** Of so many copies it is told when each was last known to be good. */
const MOST_COPIES = 3;

/** How much, and where there are copies. */
export function Facts({ snapshot, isNewest }: { snapshot: SnapshotLine; isNewest: boolean }) {
  const text = snapshotsText.value;
  const { held } = snapshot;
  return (
    <span class="flex flex-col gap-0.5 text-sm">
      <span class="flex flex-wrap items-center gap-x-2">
        {sharedText.value.files(snapshot.files)} · {sharedText.value.folders(snapshot.dirs)} ·{' '}
        {formatBytes(snapshot.bytes)}
        {(isNewest || snapshot.copies.length > 0 || snapshot.held !== null) && (
          <CopiesWord snapshot={snapshot} />
        )}
      </span>
      {snapshot.copies
        .slice(0, MOST_COPIES)
        .map(({ destination, name, verifiedMs, provenMs, signed }) => (
          <span key={destination} class="text-xs">
            <bdi>{nameText(name)}</bdi>: {provenMs === null ? text.verified : text.proven}{' '}
            <RelativeTime ms={provenMs ?? verifiedMs} />
            {signed && ` · ${text.signed}`}
          </span>
        ))}
      {held !== null && snapshot.copies.length === 0 && (
        <span class="text-xs">{text.heldText(held.changed, held.deleted, held.of)}</span>
      )}
      <span class="text-xs">
        {text.from} {showName(snapshot.sourcePath)}
      </span>
    </span>
  );
}

/** The same folder, earlier and later. */
export function Neighbours(props: {
  older: SnapshotLine | null;
  newer: SnapshotLine | null;
  folder: Path;
}) {
  const text = snapshotsText.value;
  const { older, newer, folder } = props;
  if (older === null && newer === null) return null;
  return (
    <span class="flex text-sm">
      <Button
        look="quiet"
        size="small"
        icon={ChevronLeft}
        disabled={older === null}
        {...(older !== null && { href: folderPlace(older.id, older.key, folder) })}
      >
        <span class="max-sm:sr-only">{text.older}</span>
      </Button>
      <Button
        look="quiet"
        size="small"
        class="flex-row-reverse"
        icon={ChevronRight}
        disabled={newer === null}
        {...(newer !== null && { href: folderPlace(newer.id, newer.key, folder) })}
      >
        <span class="max-sm:sr-only">{text.newer}</span>
      </Button>
    </span>
  );
}
