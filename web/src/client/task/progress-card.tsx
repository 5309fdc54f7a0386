import type { Task } from '../../../../src/console/api/client-api.ts';
import { Card } from '../../shared/components/card.tsx';
import { formatDuration, formatPercent } from '../../shared/format.ts';
import { sharedText } from '../../shared/i18n/text.ts';
import { TransferProgress } from '../../shared/transfer/transfer-progress.tsx';
import { taskText } from '../i18n/text.ts';
import { Announcer } from './announcer.tsx';
import { taskTitle } from './task-words.tsx';

/** How far it is. Nothing before anything moves. */
export function ProgressCard({ task }: { task: Task }) {
  const { progress } = task;
  const text = taskText.value;
  if (progress === null) return null;
  const percent = formatPercent(progress.bytes, progress.total);
  const left =
    progress.leftMs === null ? '' : sharedText.value.left(formatDuration(progress.leftMs));
  return (
    <Card>
      <TransferProgress
        progress={progress}
        title={taskTitle(task)}
        {...(task.state === 'copying' && { note: text.copyingText })}
      />
      <Announcer text={text.announce(percent, left)} />
    </Card>
  );
}
