import {
  ArchiveRestore,
  CircleCheck,
  CircleDot,
  CircleSlash,
  CircleX,
  Copy,
  FolderDown,
  FolderUp,
  Hourglass,
  ListOrdered,
  Play,
  Plug,
  ShieldCheck,
  TriangleAlert,
} from 'lucide';
import type { IconNode } from 'lucide';

import type { Task, TaskState } from '../../../../src/console/api/client-api.ts';
import type { Path } from '../../../../src/console/api/common.ts';
import { StatePill } from '../../shared/components/state-pill.tsx';
import type { Tone } from '../../shared/components/state-pill.tsx';
import { PathLine, nameText } from '../../shared/show-name.tsx';
import { taskText } from '../i18n/text.ts';

const STATES: Readonly<Record<TaskState, { tone: Tone; icon: IconNode }>> = {
  connecting: { tone: 'idle', icon: Plug },
  queued: { tone: 'idle', icon: ListOrdered },
  waiting: { tone: 'idle', icon: Hourglass },
  running: { tone: 'active', icon: Play },
  copying: { tone: 'active', icon: Copy },
  done: { tone: 'good', icon: CircleCheck },
  incomplete: { tone: 'warn', icon: TriangleAlert },
  failed: { tone: 'bad', icon: CircleX },
  cancelled: { tone: 'idle', icon: CircleSlash },
};

export function TaskStatePill({ task }: { task: Task }) {
  const { tone, icon } = STATES[task.state];
  return (
    <StatePill tone={tone} icon={icon}>
      {taskText.value.states[task.state]}
    </StatePill>
  );
}

const ICONS: Readonly<Record<Task['request']['kind'], IconNode>> = {
  backup: FolderUp,
  receive: FolderDown,
  restore: ArchiveRestore,
  verify: ShieldCheck,
};

export function taskIcon(task: Task): IconNode {
  return ICONS[task.request.kind] ?? CircleDot;
}

/** The folder of this machine that it is about. */
export function taskFolder({ request }: Task): Path {
  if (request.kind === 'backup') return request.source;
  return request.kind === 'restore' ? request.into : request.folder;
}

function verb({ request }: Task): string {
  const text = taskText.value;
  return {
    backup: text.backupOf,
    receive: text.copiesIn,
    restore: text.restoreInto,
    verify: text.verifyOf,
  }[request.kind];
}

export function isDryRun({ request }: Task): boolean {
  return request.kind === 'backup' && request.dryRun;
}

/** `Backup of Photos`, as text. */
export function taskTitle(task: Task): string {
  return `${verb(task)} ${lastPart(taskFolder(task))}`;
}

export function lastPart(path: Path): string {
  const parts = nameText(path)
    .split('/')
    .filter((part) => part !== '');
  return parts.at(-1) ?? '/';
}

/** Its title with the whole path below. */
export function TaskHeading({ task }: { task: Task }) {
  return (
    <>
      <span class="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <bdi class="min-w-0">{taskTitle(task)}</bdi>
        <TaskStatePill task={task} />
        {isDryRun(task) && <StatePill tone="idle">{taskText.value.dryRun}</StatePill>}
      </span>
      <PathLine path={taskFolder(task)} class="mt-1 text-sm font-normal tracking-normal" />
    </>
  );
}
