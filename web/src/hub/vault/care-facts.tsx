import type { VaultCare } from '../../../../src/console/api/care-api.ts';
import { RelativeTime } from '../../shared/components/figures.tsx';
import { formatCount, formatPercent } from '../../shared/format.ts';
import { copiesText } from '../i18n/text.ts';

/** What the hub does by itself: the reading in the background, and what it tries to get back. */
export function CareFacts({ care }: { care: VaultCare }) {
  const text = copiesText.value;
  const { lackingChunks, isHealing } = care;
  return (
    <dl class="flex flex-col gap-3 border-t border-line pt-4 text-sm">
      <div>
        <dt class="text-muted">{text.scrub}</dt>
        <dd>
          <Scrub scrub={care.scrub} />
        </dd>
      </div>
      <div>
        <dt class="text-muted">{text.lacking}</dt>
        <dd>
          {lackingChunks === 0 ? (
            text.lackingNone
          ) : (
            <>
              <span class="font-semibold text-error">{formatCount(lackingChunks)}</span>{' '}
              {isHealing ? text.lackingHealing : text.lackingText}
            </>
          )}
        </dd>
      </div>
    </dl>
  );
}

function Scrub({ scrub }: Pick<VaultCare, 'scrub'>) {
  const text = copiesText.value;
  if (scrub === null) return <>{text.scrubNever}</>;
  const { startedMs, endedMs, doneBytes, totalBytes, damagedRecords } = scrub;
  return (
    <>
      {endedMs === null ? (
        <>
          {text.scrubAt(formatPercent(Math.min(doneBytes, totalBytes), totalBytes))} ·{' '}
          {text.scrubSince} <RelativeTime ms={startedMs} />
        </>
      ) : (
        <>
          {text.scrubEnded} <RelativeTime ms={endedMs} />
        </>
      )}
      {damagedRecords > 0 && (
        <span class="block font-medium text-error">{text.scrubDamaged(damagedRecords)}</span>
      )}
    </>
  );
}
