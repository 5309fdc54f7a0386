import type { CopyLine } from '../../../../src/console/api/common.ts';
import { messageText } from '../components/alert.tsx';
import { ProgressBar } from '../components/progress-bar.tsx';
import { CopyStatePill, copyTone } from '../components/state-pill.tsx';
import { formatBytes, formatPercent } from '../format.ts';
import { PathLine, nameText, showName } from '../show-name.tsx';

/** One destination of a run: its state, its bar, and what is being written there. */
export function CopyRow({ copy }: { copy: CopyLine }) {
  const isVerified = copy.state === 'verified';
  const total = isVerified ? Math.max(1, copy.total) : copy.total;
  const done = isVerified ? total : copy.bytes;
  return (
    <div class="flex flex-col gap-2">
      <div class="flex items-center justify-between gap-3">
        <span class="min-w-0 truncate text-sm font-semibold">{showName(copy.name)}</span>
        <CopyStatePill state={copy.state} />
      </div>
      <ProgressBar
        slim
        tone={copyTone(copy.state)}
        label={nameText(copy.name)}
        done={done}
        total={total}
      />
      <div class="flex min-w-0 items-baseline justify-between gap-3 text-xs text-muted">
        <CopyDetail copy={copy} />
        <span class="shrink-0">{formatPercent(done, total)}</span>
      </div>
    </div>
  );
}

function CopyDetail({ copy }: { copy: CopyLine }) {
  if (copy.message !== null) return <bdi lang="en">{messageText(copy.message)}</bdi>;
  const isMoving = copy.state === 'receiving' || copy.state === 'behind';
  if (isMoving && copy.file.path !== '') return <PathLine path={copy.file} />;
  return <span>{copy.total > 0 && formatBytes(copy.total)}</span>;
}
