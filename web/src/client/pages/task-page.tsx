import { ListX } from 'lucide';
import { useRoute } from 'preact-iso';

import type { Task } from '../../../../src/console/api/client-api.ts';
import { Alert, messageText } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card, EmptyState, Skeleton } from '../../shared/components/card.tsx';
import { RateChart } from '../../shared/components/rate-chart.tsx';
import { sharedText } from '../../shared/i18n/text.ts';
import { Page } from '../../shared/shell/page.tsx';
import { clientText, taskText } from '../i18n/text.ts';
import { clientState, hasEnded, isBefore } from '../state.ts';
import { DestinationsCard } from '../task/destinations-card.tsx';
import { FilesCard } from '../task/files-card.tsx';
import { ProgressCard } from '../task/progress-card.tsx';
import { ResultCard } from '../task/result-card.tsx';
import { TaskActions } from '../task/task-actions.tsx';
import { TaskHeading, taskTitle } from '../task/task-words.tsx';
import { TransfersCard } from '../task/transfers-card.tsx';
import { TroublesCard } from '../task/troubles-card.tsx';
import { WaitingCard } from '../task/waiting-card.tsx';

export function TaskPage() {
  const { params } = useRoute();
  const state = clientState.value;
  const task = state?.tasks.find(({ id }) => id === params['id']);
  const back = { href: '/', label: clientText.value.navHome };
  if (task !== undefined) return <TaskView key={task.id} task={task} />;
  if (state === null) {
    return (
      <Page title={sharedText.value.loading} back={back}>
        <Skeleton lines={3} class="h-24" />
      </Page>
    );
  }
  return (
    <Page title={clientText.value.navHome} back={back}>
      <EmptyState
        icon={ListX}
        title={taskText.value.gone}
        action={
          <Button look="primary" href="/">
            {sharedText.value.toStart}
          </Button>
        }
      />
    </Page>
  );
}

function TaskView({ task }: { task: Task }) {
  const isReceive = task.request.kind === 'receive';
  const isMoving = task.state === 'running' || task.state === 'copying';
  const hasDestinations =
    task.request.kind === 'backup' &&
    !task.request.dryRun &&
    task.request.copies > 0 &&
    (task.copies.length > 0 || !(isBefore(task) || hasEnded(task)));
  return (
    <Page
      title={taskTitle(task)}
      heading={<TaskHeading task={task} />}
      back={{ href: '/', label: clientText.value.navHome }}
      actions={<TaskActions task={task} />}
    >
      <div
        class={
          hasDestinations
            ? 'grid gap-4 min-[1180px]:grid-cols-[minmax(0,1fr)_21rem] min-[1180px]:grid-rows-[auto_1fr]'
            : 'grid gap-4'
        }
      >
        <div class="flex min-w-0 flex-col gap-4 empty:hidden">
          <TaskNow task={task} />
        </div>
        {hasDestinations && (
          <div class="min-w-0 min-[1180px]:col-start-2 min-[1180px]:row-span-2">
            <DestinationsCard task={task} />
          </div>
        )}
        <div class="flex min-w-0 flex-col gap-4 empty:hidden">
          {isReceive && <TransfersCard task={task} />}
          {isMoving && task.rates.length > 0 && (
            <Card title={taskText.value.rate}>
              <RateChart rates={task.rates} />
            </Card>
          )}
          <TroublesCard task={task} />
        </div>
      </div>
      <FilesCard task={task} />
    </Page>
  );
}

/** Where it is, or what came of it. */
function TaskNow({ task }: { task: Task }) {
  const text = taskText.value;
  if (hasEnded(task)) return <ResultCard task={task} />;
  return (
    <>
      {task.offline !== null && (
        <Alert tone="warn" title={text.offlineTitle}>
          <p>{text.offlineText}</p>
          <p class="mt-1.5 text-xs text-muted">
            {sharedText.value.programSays} <bdi lang="en">{messageText(task.offline.message)}</bdi>
          </p>
        </Alert>
      )}
      {task.offline === null && <WaitingCard task={task} />}
      <ProgressCard task={task} />
    </>
  );
}
