import type { ComponentChildren } from 'preact';

import type { Progress } from '../../../../src/console/api/common.ts';
import { Figure } from '../components/card.tsx';
import { ProgressBar } from '../components/progress-bar.tsx';
import { formatBytes, formatCount, formatDuration, formatPercent, formatRate } from '../format.ts';
import { sharedText } from '../i18n/text.ts';
import { transferText } from '../i18n/transfer-text.ts';
import { CurrentFile } from './current-file.tsx';

/** As long as a folder is looked through, what is known of it grows with what is done: no part of a whole. */
export function isWholeKnown(progress: Progress | null): boolean {
  if (progress === null || progress.total === 0 || progress.filesTotal === 0) return false;
  const isInFile = progress.fileBytes < progress.fileTotal;
  return progress.bytes < progress.total || !isInFile;
}

/** The whole and the current file, each with its bar, the rate and the time left. */
export function TransferProgress(props: {
  /** Null: it has not said anything yet. */
  progress: Progress | null;
  /** What it is; for screen readers. */
  title: string;
  /** In place of the current file, when no more is read. */
  note?: ComponentChildren;
}) {
  const { progress, title, note } = props;
  const shared = sharedText.value;
  const done = progress?.bytes ?? 0;
  const total = progress?.total ?? 0;
  const isKnown = isWholeKnown(progress) || note !== undefined;
  const percent = formatPercent(done, total);
  const files = shared.filesOf(progress?.files ?? 0, progress?.filesTotal ?? 0);
  return (
    <div class="min-w-0">
      <div class="flex flex-wrap items-baseline justify-between gap-x-4">
        <p class="text-3xl font-semibold tracking-tight">
          {isKnown || done === 0 ? percent : formatBytes(done)}
        </p>
        <p class="text-sm text-muted">
          {isKnown
            ? shared.ofTotal(formatBytes(done), formatBytes(total))
            : transferText.value.lookingThrough}
        </p>
      </div>
      <div class="mt-2.5">
        <ProgressBar
          label={title}
          done={done}
          total={total}
          unknown={!isKnown}
          text={`${percent}, ${files}`}
        />
      </div>
      {note === undefined && <TransferFigures progress={progress} />}
      <div class="mt-5 border-t border-line pt-4">
        {note === undefined ? <CurrentFile progress={progress} /> : <p class="text-sm">{note}</p>}
      </div>
    </div>
  );
}

function TransferFigures({ progress }: { progress: Progress | null }) {
  const text = transferText.value;
  const left = progress?.leftMs ?? null;
  return (
    <dl class="mt-4 grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-3">
      <Figure label={text.rate}>{formatRate(progress?.rate ?? 0)}</Figure>
      <Figure label={text.timeLeft}>
        {left === null ? (
          <span class="text-base font-normal text-muted">{text.timeUnknown}</span>
        ) : (
          formatDuration(left)
        )}
      </Figure>
      <Figure label={text.files}>
        {formatCount(progress?.files ?? 0)}
        {progress !== null && progress.filesTotal > 0 && (
          <span class="text-sm font-normal text-muted"> / {formatCount(progress.filesTotal)}</span>
        )}
      </Figure>
    </dl>
  );
}
