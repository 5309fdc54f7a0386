import { CircleCheck, ClockArrowDown, Minus, Signature, Unplug, Wifi } from 'lucide';

import { RelativeTime } from '../../shared/components/figures.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { formatTime } from '../../shared/format.ts';
import { copiesText } from '../i18n/text.ts';
import type { DestinationLine, Held } from './copy-table.ts';

/** What one destination holds of one backup. */
export function CopyCell({ held }: { held: Held | undefined }) {
  const text = copiesText.value;
  if (held === undefined) {
    return (
      <span class="inline-flex items-center text-muted">
        <Icon of={Minus} size={16} />
        <span class="sr-only">{text.noCopy}</span>
      </span>
    );
  }
  const isNewest = held.behind === 0;
  const evidence = [
    text.holds(formatTime(held.snapshotTimeMs)),
    `${text.verifiedAt} ${formatTime(held.verifiedMs)}`,
    held.provenMs === null ? text.notProven : `${text.provenAt} ${formatTime(held.provenMs)}`,
    held.signed ? text.signed : text.unsigned,
  ];
  return (
    <span class="flex flex-col" title={evidence.join('\n')}>
      <span
        class={`inline-flex items-center gap-1.5 text-sm font-semibold whitespace-nowrap ${isNewest ? 'text-success' : 'text-warning'}`}
      >
        <Icon of={isNewest ? CircleCheck : ClockArrowDown} size={16} />
        {isNewest ? text.newest : text.behind(held.behind)}
        {held.signed && (
          <>
            <Icon of={Signature} size={14} class="text-muted" />
            <span class="sr-only">{text.signed}</span>
          </>
        )}
      </span>
      <span class="text-xs whitespace-nowrap text-muted">
        {held.provenMs === null ? text.verifiedAt : text.provenAt}{' '}
        <RelativeTime ms={held.provenMs ?? held.verifiedMs} />
      </span>
    </span>
  );
}

/** Whether a destination is there, or since when it isn't. */
export function Presence({ of: destination }: { of: DestinationLine }) {
  const text = copiesText.value;
  return (
    <span
      class={`inline-flex items-center gap-1 text-xs font-normal whitespace-nowrap ${destination.connected ? 'text-success' : 'text-muted'}`}
    >
      <Icon of={destination.connected ? Wifi : Unplug} size={14} />
      {destination.connected ? (
        text.connected
      ) : (
        <span>
          {text.lastSeen} <RelativeTime ms={destination.lastSeenMs} />
        </span>
      )}
    </span>
  );
}
