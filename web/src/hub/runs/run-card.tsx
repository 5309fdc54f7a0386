import type { RunLine } from '../../../../src/console/api/hub-api.ts';
import { Card } from '../../shared/components/card.tsx';
import { CopyLines } from '../../shared/transfer/copy-lines.tsx';
import { TransferProgress } from '../../shared/transfer/transfer-progress.tsx';
import { SetName } from '../copies/set-name.tsx';
import { liveText } from '../i18n/text.ts';
import { PhasePill, copiesLine, runTitle } from './run-words.tsx';

/** A run with its bars, as the client that makes it sees them, and each destination's. */
export function RunCard({ run }: { run: RunLine }) {
  const text = liveText.value;
  const waits = run.phase === 'waiting' || run.phase === 'queued';
  return (
    <Card title={<SetName of={run.key} />} aside={<PhasePill run={run} />}>
      <div class="grid gap-x-10 gap-y-6 lg:grid-cols-2">
        {waits && run.progress === null ? (
          <p class="text-sm text-muted">
            {run.phase === 'queued' ? text.queuedText : text.notBegun}
          </p>
        ) : (
          <TransferProgress
            progress={run.progress}
            title={runTitle(run)}
            {...(run.phase === 'committed' && { note: text.safeAtHub })}
          />
        )}
        <div class="min-w-0">
          <h3 class="mb-3 flex flex-wrap items-baseline justify-between gap-x-4 text-sm">
            {text.copies}
            <span class="text-xs font-normal text-muted">{copiesLine(run)}</span>
          </h3>
          {run.copies.length > 0 ? (
            <CopyLines copies={run.copies} />
          ) : (
            <p class="text-sm text-muted">{run.needed === 0 ? text.noCopies : text.copiesLater}</p>
          )}
        </div>
      </div>
    </Card>
  );
}
