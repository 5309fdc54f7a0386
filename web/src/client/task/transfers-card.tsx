import { CircleCheck, CircleX, Download, FolderDown, TriangleAlert } from 'lucide';
import type { IconNode } from 'lucide';

import type { Task, TransferLine } from '../../../../src/console/api/client-api.ts';
import { failureWords, messageText } from '../../shared/components/alert.tsx';
import { Card, EmptyState } from '../../shared/components/card.tsx';
import { RelativeTime } from '../../shared/components/figures.tsx';
import { ProgressBar } from '../../shared/components/progress-bar.tsx';
import { StatePill } from '../../shared/components/state-pill.tsx';
import type { Tone } from '../../shared/components/state-pill.tsx';
import { formatBytes, formatDuration, formatPercent, formatRate } from '../../shared/format.ts';
import { sharedText } from '../../shared/i18n/text.ts';
import { PathLine, nameText, showName } from '../../shared/show-name.tsx';
import { keyText } from '../forms/set-choice.tsx';
import { CurrentFile } from '../../shared/transfer/current-file.tsx';
import { taskText } from '../i18n/text.ts';

const STATES: Readonly<Record<TransferLine['state'], { tone: Tone; icon: IconNode }>> = {
  receiving: { tone: 'active', icon: Download },
  verified: { tone: 'good', icon: CircleCheck },
  incomplete: { tone: 'warn', icon: TriangleAlert },
  failed: { tone: 'bad', icon: CircleX },
};

/** The sets that came to this folder, and those on their way. */
export function TransfersCard({ task }: { task: Task }) {
  const text = taskText.value;
  return (
    <Card title={text.transfers} flush>
      {task.transfers.length === 0 ? (
        <EmptyState icon={FolderDown} title={text.transfersNone} />
      ) : (
        <ul class="divide-y divide-line">
          {task.transfers.map((transfer) => (
            <li key={`${keyText(transfer.key)} ${transfer.endedMs ?? 'now'}`} class="px-5 py-4">
              <TransferRow transfer={transfer} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function TransferRow({ transfer }: { transfer: TransferLine }) {
  const text = taskText.value;
  const { tone, icon } = STATES[transfer.state];
  const key = keyText(transfer.key);
  return (
    <div class="flex flex-col gap-2">
      <div class="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <span class="min-w-0 truncate font-semibold">{showName(key)}</span>
        <StatePill tone={tone} icon={icon}>
          {text.transferStates[transfer.state]}
        </StatePill>
      </div>
      {transfer.state === 'receiving' ? (
        <Coming transfer={transfer} name={nameText(key)} />
      ) : (
        <Came transfer={transfer} />
      )}
    </div>
  );
}

function Coming({ transfer, name }: { transfer: TransferLine; name: string }) {
  const shared = sharedText.value;
  const { progress, originFile } = transfer;
  if (progress === null) return <ProgressBar label={name} done={0} total={0} unknown />;
  return (
    <>
      <ProgressBar
        tone="active"
        label={name}
        done={progress.bytes}
        total={progress.total}
        unknown={progress.total === 0}
      />
      <p class="text-xs text-muted">
        {formatPercent(progress.bytes, progress.total)} ·{' '}
        {shared.ofTotal(formatBytes(progress.bytes), formatBytes(progress.total))} ·{' '}
        {shared.filesOf(progress.files, progress.filesTotal)} · {formatRate(progress.rate)}
        {progress.leftMs !== null && ` · ${shared.left(formatDuration(progress.leftMs))}`}
      </p>
      <div class="mt-1.5">
        <CurrentFile progress={progress} />
      </div>
      {originFile.path !== '' && (
        <p class="flex min-w-0 gap-1.5 text-xs text-muted">
          <span class="shrink-0">{taskText.value.originReads}</span>
          <PathLine path={originFile} />
        </p>
      )}
    </>
  );
}

function Came({ transfer }: { transfer: TransferLine }) {
  const { result, failure, endedMs } = transfer;
  return (
    <div class="text-xs text-muted">
      <p>
        {endedMs !== null && <RelativeTime ms={endedMs} />}
        {result !== null && (
          <>
            {' '}
            · {sharedText.value.files(result.files)} · {formatBytes(result.bytes)} ·{' '}
            {taskText.value.received} {formatBytes(result.receivedBytes)}
          </>
        )}
      </p>
      {failure !== null && (
        <p class="mt-1">
          <span class="font-semibold text-base-content">{failureWords(failure).title}.</span>{' '}
          {failureWords(failure).advice} <bdi lang="en">{messageText(failure.message)}</bdi>
        </p>
      )}
    </div>
  );
}
