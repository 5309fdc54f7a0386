import type { Progress } from '../../../../src/console/api/common.ts';
import { ProgressBar } from '../components/progress-bar.tsx';
import { formatBytes } from '../format.ts';
import { sharedText } from '../i18n/text.ts';
import { transferText } from '../i18n/transfer-text.ts';
import { PathLine } from '../show-name.tsx';

/** Two lines and a bar; their room is kept when no file is read. Null: the transfer has not said anything yet. */
export function CurrentFile({ progress }: { progress: Progress | null }) {
  const text = transferText.value;
  const hasFile = progress !== null && progress.file.path !== '';
  const done = progress?.fileBytes ?? 0;
  const total = progress?.fileTotal ?? 0;
  return (
    <div class="flex min-h-16 flex-col gap-1.5">
      <div class="flex items-baseline justify-between gap-4 text-xs text-muted">
        <span>{text.currentFile}</span>
        <span class="whitespace-nowrap">
          {total > 0 && sharedText.value.ofTotal(formatBytes(done), formatBytes(total))}
        </span>
      </div>
      {hasFile ? (
        <PathLine path={progress.file} class="text-sm" />
      ) : (
        <span class="text-sm text-muted">{text.noFileYet}</span>
      )}
      <ProgressBar slim tone="active" label={text.currentFile} done={done} total={total} />
    </div>
  );
}
