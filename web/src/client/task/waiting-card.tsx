import { CircleDashed, Hourglass, ListOrdered, MonitorCheck, Plug, Radio } from 'lucide';
import type { IconNode } from 'lucide';
import type { ComponentChildren } from 'preact';

import type { Task } from '../../../../src/console/api/client-api.ts';
import { Card } from '../../shared/components/card.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { StatePill } from '../../shared/components/state-pill.tsx';
import { sharedText } from '../../shared/i18n/text.ts';
import { nameText, showName } from '../../shared/show-name.tsx';
import { taskText } from '../i18n/text.ts';

const MOST_SEATS = 16;

/** Why nothing moves yet; nothing if something does. */
export function WaitingCard({ task }: { task: Task }) {
  const text = taskText.value;
  switch (task.state) {
    case 'connecting':
      return <Calm icon={Plug} title={text.states.connecting} text={text.connectingText} />;
    case 'queued':
      return (
        <Calm icon={ListOrdered} title={text.states.queued} text={text.queuedText}>
          {task.queue !== null && (
            <p lang="en" class="mt-1 text-sm text-muted">
              {nameText(task.queue)}
            </p>
          )}
        </Calm>
      );
    case 'waiting':
      if (task.waiting !== null) return <ForDestinations waiting={task.waiting} />;
      return <Calm icon={Radio} title={text.readyTitle} text={text.readyText} />;
    default:
      return null;
  }
}

function Calm(props: {
  icon: IconNode;
  title: string;
  text: string;
  children?: ComponentChildren;
}) {
  return (
    <Card>
      <div role="status" class="flex items-start gap-4">
        <span class="grid size-11 shrink-0 place-items-center rounded-xl bg-good-soft text-primary">
          <Icon of={props.icon} size={22} />
        </span>
        <div class="min-w-0">
          <p class="text-lg font-semibold tracking-tight first-letter:uppercase">{props.title}</p>
          <p class="text-sm text-muted">{props.text}</p>
          {props.children}
        </div>
      </div>
    </Card>
  );
}

/** How many are there, who, and a seat for each that is still missing. */
function ForDestinations({ waiting }: { waiting: NonNullable<Task['waiting']> }) {
  const text = taskText.value;
  const { connected, needed, names } = waiting;
  const free = Math.max(0, Math.min(MOST_SEATS, needed) - names.length);
  return (
    <Calm
      icon={Hourglass}
      title={sharedText.value.destinationsConnected(connected, needed)}
      text={text.waitingHow}
    >
      <ul class="mt-4 flex flex-wrap gap-2">
        {names.map((name) => (
          <li key={name}>
            <StatePill tone="good" icon={MonitorCheck}>
              <span class="max-w-52 truncate">{showName(name)}</span>
            </StatePill>
          </li>
        ))}
        {Array.from({ length: free }, (_, index) => (
          <li key={index} aria-hidden="true">
            <span class="inline-flex items-center gap-1.5 rounded-full border border-dashed border-line py-0.5 ps-2 pe-2.5 text-xs text-muted">
              <Icon of={CircleDashed} size={14} />…
            </span>
          </li>
        ))}
      </ul>
      {names.length === 0 && <p class="mt-2 text-sm">{text.waitingNobody}</p>}
    </Calm>
  );
}
