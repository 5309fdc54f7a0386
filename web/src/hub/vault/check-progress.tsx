import type { CheckProgress } from '../../../../src/console/api/care-api.ts';
import { ProgressBar } from '../../shared/components/progress-bar.tsx';
import { formatBytes } from '../../shared/format.ts';
import { copiesText } from '../i18n/text.ts';

/** How far the check is: all is read first, then snapshots are gone through, and what is damaged is fetched. */
export function CheckProgressBar(props: { progress: CheckProgress; isHealing: boolean }) {
  const text = copiesText.value;
  const { readBytes, totalBytes, snapshots, snapshotsTotal } = props.progress;
  const isReading = snapshots === 0;
  const words = props.isHealing
    ? text.checkHealing
    : isReading
      ? text.checkReading(formatBytes(readBytes), formatBytes(totalBytes))
      : text.checkSnapshots(snapshots, snapshotsTotal);
  return (
    <div class="w-full">
      <p class="mb-2 text-sm">{words}</p>
      <ProgressBar
        label={text.checkUnderWay}
        done={isReading ? readBytes : snapshots}
        total={isReading ? totalBytes : snapshotsTotal}
        text={words}
        tone="active"
        unknown={props.isHealing}
      />
    </div>
  );
}
