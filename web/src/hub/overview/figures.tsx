import { Activity, Database, HardDrive, MonitorSmartphone } from 'lucide';
import type { IconNode } from 'lucide';
import type { ComponentChildren } from 'preact';

import type { HubState } from '../../../../src/console/api/hub-api.ts';
import { Icon } from '../../shared/components/icon.tsx';
import { formatBytes, formatCount } from '../../shared/format.ts';
import { liveText } from '../i18n/text.ts';

/** Four figures, each a way to the page that tells more. */
export function HubFigures({ state }: { state: HubState }) {
  const text = liveText.value;
  const { clients, vault, runsTotal } = state;
  return (
    <div class="grid grid-cols-2 gap-3 side:gap-4 lg:grid-cols-4">
      <Tile
        href="/clients"
        icon={MonitorSmartphone}
        label={text.clientsNow}
        note={text.clientRoles(clients.origins, clients.destinations)}
      >
        {formatCount(clients.total)}
      </Tile>
      <Tile
        href="/runs"
        icon={Activity}
        label={text.runsNow}
        note={runsTotal === 0 ? text.runsNone : text.runsSome}
      >
        {formatCount(runsTotal)}
      </Tile>
      <Tile
        href="/vault"
        icon={Database}
        label={text.vaultSize}
        note={text.vaultSnapshots(vault.snapshots)}
      >
        {formatBytes(vault.storedBytes)}
      </Tile>
      <Tile
        href="/vault"
        icon={HardDrive}
        label={text.free}
        note={text.freeOf(formatBytes(vault.totalBytes))}
      >
        {formatBytes(vault.freeBytes)}
      </Tile>
    </div>
  );
}

function Tile(props: {
  href: string;
  icon: IconNode;
  label: string;
  note: string;
  children: ComponentChildren;
}) {
  return (
    <a
      href={props.href}
      class="card flex min-w-0 flex-col gap-0.5 p-4 transition-colors hover:border-primary side:p-5"
    >
      <span class="flex items-center gap-2 text-xs text-muted">
        <Icon of={props.icon} size={16} />
        <span class="min-w-0 truncate">{props.label}</span>
      </span>
      <span class="mt-1 text-2xl font-semibold tracking-tight whitespace-nowrap">
        {props.children}
      </span>
      <span class="text-xs text-muted">{props.note}</span>
    </a>
  );
}
