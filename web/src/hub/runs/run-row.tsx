import type { RunLine } from '../../../../src/console/api/hub-api.ts';
import { ProgressBar } from '../../shared/components/progress-bar.tsx';
import { formatBytes, formatDuration, formatPercent, formatRate } from '../../shared/format.ts';
import { sharedText } from '../../shared/i18n/text.ts';
import { isWholeKnown } from '../../shared/transfer/transfer-progress.tsx';
import { SetName } from '../copies/set-name.tsx';
import { PhasePill, copiesLine, runTitle } from './run-words.tsx';

/** A run in a few lines; all of it is one press away. */
export function RunRow({ run }: { run: RunLine }) {
  const { progress } = run;
  const copies = copiesLine(run);
  const isKnown = isWholeKnown(progress);
  const hasBegun = progress !== null && run.phase !== 'waiting' && run.phase !== 'queued';
  return (
    <a
      href="/runs"
      class="flex flex-col gap-2 px-5 py-4 hover:bg-hover focus-visible:outline-offset-[-2px]"
    >
      <span class="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <SetName of={run.key} />
        <PhasePill run={run} />
      </span>
      <ProgressBar
        slim
        label={runTitle(run)}
        done={progress?.bytes ?? 0}
        total={progress?.total ?? 0}
        unknown={hasBegun && !isKnown}
      />
      <span class="text-xs text-muted">
        {hasBegun && (
          <>
            {isKnown ? formatPercent(progress.bytes, progress.total) : formatBytes(progress.bytes)}{' '}
            · {formatRate(progress.rate)}
            {progress.leftMs !== null &&
              ` · ${sharedText.value.left(formatDuration(progress.leftMs))}`}
          </>
        )}
        {hasBegun && copies !== '' && ' · '}
        {copies}
      </span>
    </a>
  );
}
