import { Coffee, FolderDown, FolderUp } from 'lucide';
import type { IconNode } from 'lucide';
import { useState } from 'preact/hooks';

import type { Task } from '../../../../src/console/api/client-api.ts';
import { toFailure } from '../../shared/api.ts';
import { failureWords } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card, EmptyState, Skeleton } from '../../shared/components/card.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { showToast } from '../../shared/components/toast.tsx';
import { Page } from '../../shared/shell/page.tsx';
import { removeTask } from '../api.ts';
import { clientText } from '../i18n/text.ts';
import { clientState, hasEnded } from '../state.ts';
import { TaskRow } from '../task/task-row.tsx';

export function HomePage() {
  const text = clientText.value;
  const tasks = clientState.value?.tasks ?? null;
  const ended = tasks?.filter(hasEnded) ?? [];
  return (
    <Page title={text.homeTitle}>
      <div class="grid gap-4 sm:grid-cols-2">
        <BigTask
          href="/backup"
          icon={FolderUp}
          title={text.backUpFolder}
          text={text.backUpFolderText}
          isMain
        />
        <BigTask
          href="/receive"
          icon={FolderDown}
          title={text.keepCopies}
          text={text.keepCopiesText}
        />
      </div>
      <Card title={text.atWork} flush>
        <AtWork tasks={tasks} />
      </Card>
      {ended.length > 0 && (
        <Card title={text.ended} aside={<ClearEnded tasks={ended} />} flush>
          <TaskList tasks={ended} />
        </Card>
      )}
    </Page>
  );
}

function BigTask(props: {
  href: string;
  icon: IconNode;
  title: string;
  text: string;
  isMain?: boolean;
}) {
  return (
    <a
      href={props.href}
      class="card group flex items-start gap-4 p-5 transition-colors hover:border-primary sm:p-6"
    >
      <span
        class={`grid size-12 shrink-0 place-items-center rounded-xl ${props.isMain === true ? 'bg-primary text-primary-content' : 'bg-good-soft text-primary'}`}
      >
        <Icon of={props.icon} size={24} />
      </span>
      <span class="min-w-0">
        <span class="block text-lg font-semibold tracking-tight">{props.title}</span>
        <span class="mt-0.5 block text-sm text-muted">{props.text}</span>
      </span>
    </a>
  );
}

function AtWork({ tasks }: { tasks: readonly Task[] | null }) {
  const text = clientText.value;
  if (tasks === null) {
    return (
      <div class="p-5 pt-2">
        <Skeleton lines={2} class="h-12" />
      </div>
    );
  }
  const atWork = tasks.filter((task) => !hasEnded(task));
  if (atWork.length === 0) {
    return <EmptyState icon={Coffee} title={text.atWorkNone} text={text.atWorkNoneText} />;
  }
  return <TaskList tasks={atWork} />;
}

function TaskList({ tasks }: { tasks: readonly Task[] }) {
  return (
    <ul class="divide-y divide-line">
      {tasks.map((task) => (
        <li key={task.id}>
          <TaskRow task={task} />
        </li>
      ))}
    </ul>
  );
}

function ClearEnded({ tasks }: { tasks: readonly Task[] }) {
  const text = clientText.value;
  const [isBusy, setBusy] = useState(false);
  const clear = async () => {
    setBusy(true);
    try {
      for (const { id } of tasks) await removeTask(id);
      showToast(text.cleared(tasks.length));
    } catch (error) {
      showToast(failureWords(toFailure(error)).title, 'bad');
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button look="quiet" size="small" busy={isBusy} onClick={() => void clear()}>
      {text.clearEnded}
    </Button>
  );
}
