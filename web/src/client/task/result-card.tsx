import { CircleCheck, CircleSlash, TriangleAlert } from 'lucide';
import type { IconNode } from 'lucide';

import type { Task, TaskResult } from '../../../../src/console/api/client-api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Card, Figure } from '../../shared/components/card.tsx';
import { CopyButton } from '../../shared/components/copy-button.tsx';
import { RelativeTime } from '../../shared/components/figures.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { formatBytes, formatCount, formatDuration } from '../../shared/format.ts';
import { sharedText } from '../../shared/i18n/text.ts';
import { showName } from '../../shared/show-name.tsx';
import { taskText } from '../i18n/text.ts';
import { isDryRun } from './task-words.tsx';

/** How it ended, and what is where now. */
export function ResultCard({ task }: { task: Task }) {
  const { result, failure } = task;
  if (task.state === 'failed' && failure !== null) return <FailureAlert failure={failure} />;
  return (
    <Card>
      <div class="flex flex-col gap-5">
        <Ending task={task} />
        {task.state === 'incomplete' && failure !== null && (
          <FailureAlert tone="warn" failure={failure} />
        )}
        {result !== null && <Kept task={task} result={result} />}
        {result !== null && <Figures task={task} result={result} />}
      </div>
    </Card>
  );
}

function Ending({ task }: { task: Task }) {
  const { title, text, icon, look } = endingWords(task);
  return (
    <div class="flex items-start gap-4">
      <span class={`grid size-11 shrink-0 place-items-center rounded-xl ${look}`}>
        <Icon of={icon} size={24} />
      </span>
      <div class="min-w-0">
        <p class="text-lg font-semibold tracking-tight">{title}</p>
        {text !== '' && <p class="text-sm text-muted">{text}</p>}
        <p class="mt-0.5 text-xs text-muted first-letter:uppercase">
          <RelativeTime ms={task.endedMs ?? task.startedMs} />
        </p>
      </div>
    </div>
  );
}

function endingWords(task: Task): { title: string; text: string; icon: IconNode; look: string } {
  const words = taskText.value;
  if (task.state === 'cancelled') {
    const look = 'bg-base-300';
    return { title: words.cancelledTitle, text: words.cancelledText, icon: CircleSlash, look };
  }
  if (task.state === 'incomplete') {
    const text = task.request.kind === 'backup' ? words.incompleteText : words.incompleteOther;
    const look = 'bg-warn-soft text-warning';
    return { title: words.incompleteTitle, text, icon: TriangleAlert, look };
  }
  const good = { icon: CircleCheck, look: 'bg-good-soft text-primary' };
  if (isDryRun(task)) return { title: words.doneDry, text: words.doneDryText, ...good };
  const title = {
    backup: words.doneBackup,
    receive: words.doneReceive,
    restore: words.doneRestore,
    verify: words.doneVerify,
  }[task.request.kind];
  const verified = task.copies.filter(({ state }) => state === 'verified').length;
  const asked = task.request.kind === 'backup' ? task.request.copies : 0;
  const text = asked === 0 ? '' : `${capital(sharedText.value.copiesVerified(verified, asked))}.`;
  return { title, text, ...good };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Which snapshot it is, and of what set. */
function Kept({ task, result }: { task: Task; result: TaskResult }) {
  const text = taskText.value;
  if (result.snapshot === null) return null;
  return (
    <div class="flex items-center justify-between gap-3 rounded-xl bg-base-200 py-1.5 ps-4 pe-1.5">
      <p class="min-w-0 text-sm">
        <span class="text-muted">{text.snapshot} </span>
        <a href={`/snapshots/${result.snapshot}`} class="link font-mono" title={result.snapshot}>
          {result.snapshot.slice(0, 12)}
        </a>
        {task.set !== null && <span class="text-muted"> · {showName(task.set)}</span>}
      </p>
      <CopyButton bare text={result.snapshot} />
    </div>
  );
}

function Figures({ task, result }: { task: Task; result: TaskResult }) {
  const text = taskText.value;
  const shared = sharedText.value;
  const isDry = isDryRun(task);
  const isOrigin = task.request.kind === 'backup';
  const figures: [label: string, value: string, note?: string][] = [
    [
      text.overall,
      formatBytes(result.bytes),
      `${shared.files(result.files)}, ${shared.folders(result.dirs)}`,
    ],
    [text.changed, formatCount(result.changed)],
  ];
  if (result.deleted > 0) figures.push([text.deletedFiles, formatCount(result.deleted)]);
  if (result.mended > 0) figures.push([text.mended, formatCount(result.mended)]);
  if (isDry) figures.push([text.planned, formatBytes(result.plannedBytes)]);
  else if (isOrigin) figures.push([text.sent, formatBytes(result.sentBytes)]);
  else figures.push([text.received, formatBytes(result.receivedBytes)]);
  if (!isOrigin) figures.push([text.reused, formatBytes(result.reusedBytes)]);
  figures.push([text.took, formatDuration(result.seconds * 1000)]);
  return (
    <dl class="grid grid-cols-2 gap-x-4 gap-y-4 border-t border-line pt-4 sm:grid-cols-3 lg:grid-cols-4">
      {figures.map(([label, value, note]) => (
        <Figure key={label} label={label} note={note}>
          {value}
        </Figure>
      ))}
    </dl>
  );
}
