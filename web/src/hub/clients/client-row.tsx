import type { ClientLine } from '../../../../src/console/api/hub-api.ts';
import { RelativeTime } from '../../shared/components/figures.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { showName } from '../../shared/show-name.tsx';
import { liveText } from '../i18n/text.ts';
import { ROLE_ICONS, activityText } from './client-words.tsx';

/** The columns: who, what it does, device, since, heard. */
export const GRID =
  'grid grid-cols-[minmax(0,1.3fr)_minmax(0,1.2fr)_minmax(0,1fr)_7.5rem_7.5rem] items-center gap-x-4 px-5';

/** One client on a wide screen; the parent is the row. */
export function ClientRow({ client }: { client: ClientLine }) {
  return (
    <div role="presentation" class={`${GRID} h-full text-sm`}>
      <Who client={client} />
      <Doing client={client} />
      <Device client={client} />
      <span role="cell" class="truncate text-muted">
        <RelativeTime ms={client.sinceMs} />
      </span>
      <span role="cell" class="truncate text-muted">
        <RelativeTime ms={client.heardMs} />
      </span>
    </div>
  );
}

/** The same on a small screen, in some lines. */
export function ClientCard({ client }: { client: ClientLine }) {
  const text = liveText.value;
  return (
    <div
      role="presentation"
      class="flex h-full flex-col justify-center gap-1 overflow-hidden px-4 text-sm"
    >
      <Who client={client} />
      <Doing client={client} />
      <Device client={client} isInline />
      <span role="presentation" class="flex flex-col gap-x-4 text-xs text-muted sm:flex-row">
        <span role="cell">
          {text.since} <RelativeTime ms={client.sinceMs} />
        </span>
        <span role="cell">
          {text.heard} <RelativeTime ms={client.heardMs} />
        </span>
      </span>
    </div>
  );
}

function Who({ client }: { client: ClientLine }) {
  const role = liveText.value.roles[client.role];
  return (
    <span role="cell" class="flex min-w-0 items-center gap-3">
      <span class="grid size-9 shrink-0 place-items-center rounded-lg bg-base-300">
        <Icon of={ROLE_ICONS[client.role]} />
      </span>
      <span class="min-w-0">
        <span class="block truncate font-semibold">
          {showName(client.name === '' ? `${client.user}@${client.host}` : client.name)}
        </span>
        <span class="block truncate text-xs text-muted">
          {role}
          {client.name !== '' && <> · {showName(`${client.user}@${client.host}`)}</>}
        </span>
      </span>
    </span>
  );
}

function Doing({ client }: { client: ClientLine }) {
  const isBusy = client.activity === 'backing-up' || client.activity === 'receiving';
  return (
    <span role="cell" class={`truncate ${isBusy ? 'font-medium text-info' : 'text-muted'}`}>
      <bdi>{activityText(client)}</bdi>
    </span>
  );
}

function Device({ client, isInline = false }: { client: ClientLine; isInline?: boolean }) {
  if (isInline) {
    return (
      <span role="cell" class="truncate text-xs text-muted">
        {showName(client.device)} · {showName(client.address)}
      </span>
    );
  }
  return (
    <span role="cell" class="flex min-w-0 flex-col">
      <span class="truncate">{showName(client.device)}</span>
      <span class="truncate text-xs text-muted">{showName(client.address)}</span>
    </span>
  );
}
