import type { Task } from '../../../../src/console/api/client-api.ts';
import { failureWords } from '../../shared/components/alert.tsx';
import { RelativeTime } from '../../shared/components/figures.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { ProgressBar } from '../../shared/components/progress-bar.tsx';
import { StatePill } from '../../shared/components/state-pill.tsx';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatRate,
} from '../../shared/format.ts';
import { sharedText } from '../../shared/i18n/text.ts';
import { PathLine, showName } from '../../shared/show-name.tsx';
import { taskText } from '../i18n/text.ts';
import { hasEnded } from '../state.ts';
import { TaskStatePill, isDryRun, taskFolder, taskIcon, taskTitle } from './task-words.tsx';

/** A task in a list: what, how far, and a link to all of it. */
export function TaskRow({ task }: { task: Task }) {
  const { progress } = task;
  return (
    <a
      href={`/tasks/${task.id}`}
      class="flex items-start gap-4 px-5 py-4 hover:bg-hover focus-visible:outline-offset-[-2px]"
    >
      <span class="mt-0.5 grid size-9 shrink-0 place-items-center rounded-lg bg-base-300">
        <Icon of={taskIcon(task)} />
      </span>
      <span class="flex min-w-0 flex-1 flex-col gap-1.5">
        <span class="flex flex-wrap items-center gap-x-3 gap-y-1">
          <bdi class="min-w-0 font-semibold">{taskTitle(task)}</bdi>
          <TaskStatePill task={task} />
          {isDryRun(task) && <StatePill tone="idle">{taskText.value.dryRun}</StatePill>}
        </span>
        <PathLine path={taskFolder(task)} class="text-xs" />
        {progress !== null && !hasEnded(task) && (
          <ProgressBar
            slim
            label={taskTitle(task)}
            done={progress.bytes}
            total={progress.total}
            unknown={progress.total === 0}
          />
        )}
        <span class="text-xs text-muted">
          <TaskLine task={task} />
        </span>
      </span>
    </a>
  );
}

/** One line that says where it is, or what came of it. */
function TaskLine({ task }: { task: Task }) {
  const shared = sharedText.value;
  const text = taskText.value;
  if (hasEnded(task)) {
    return (
      <>
        <RelativeTime ms={task.endedMs ?? task.startedMs} />
        {task.failure !== null && <> · {failureWords(task.failure).title}</>}
        {task.result !== null && (
          <>
            {' '}
            · {shared.files(task.result.files)} · {formatBytes(task.result.bytes)}
          </>
        )}
        <Copies task={task} />
      </>
    );
  }
  if (task.offline !== null) return <>{text.offlineTitle}</>;
  if (task.waiting !== null) {
    return <>{shared.destinationsConnected(task.waiting.connected, task.waiting.needed)}</>;
  }
  const coming = task.transfers.find(({ state }) => state === 'receiving');
  if (coming !== undefined) {
    return (
      <>
        {text.transferStates.receiving}{' '}
        {showName(`${coming.key.user}@${coming.key.host}:${coming.key.set}`)}
        {coming.progress !== null &&
          ` · ${formatPercent(coming.progress.bytes, coming.progress.total)} · ${formatRate(coming.progress.rate)}`}
      </>
    );
  }
  if (task.request.kind === 'receive') return <>{text.readyTitle}</>;
  const { progress } = task;
  if (progress === null) return <>{text.states[task.state]}</>;
  return (
    <>
      {formatPercent(progress.bytes, progress.total)} · {formatCount(progress.files)} /{' '}
      {shared.files(progress.filesTotal)} · {formatRate(progress.rate)}
      {progress.leftMs !== null && ` · ${shared.left(formatDuration(progress.leftMs))}`}
      <Copies task={task} />
    </>
  );
}

function Copies({ task }: { task: Task }) {
  if (task.request.kind !== 'backup' || task.request.copies === 0 || task.request.dryRun) {
    return null;
  }
  const verified = task.copies.filter(({ state }) => state === 'verified').length;
  return <> · {sharedText.value.copiesVerified(verified, task.request.copies)}</>;
}
