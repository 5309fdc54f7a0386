import { Plus, Server } from 'lucide';
import { useState } from 'preact/hooks';

import type { KnownHub } from '../../../../src/console/api/client-api.ts';
import type { Failure } from '../../../../src/console/api/common.ts';
import { toFailure } from '../../shared/api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card, Skeleton } from '../../shared/components/card.tsx';
import { ConfirmDialog } from '../../shared/components/dialog.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { StatePill } from '../../shared/components/state-pill.tsx';
import { showToast } from '../../shared/components/toast.tsx';
import { AppearanceFields } from '../../shared/shell/appearance.tsx';
import { Page } from '../../shared/shell/page.tsx';
import { nameText, showName } from '../../shared/show-name.tsx';
import { chooseHub, forgetHub } from '../api.ts';
import { clientText } from '../i18n/text.ts';
import { clientState } from '../state.ts';

export function SettingsPage() {
  const text = clientText.value;
  return (
    <Page title={text.navSettings} lead={text.settingsLead} narrow>
      <HubsCard />
      <Card title={text.appearance}>
        <AppearanceFields />
      </Card>
      <AboutCard />
    </Page>
  );
}

function HubsCard() {
  const text = clientText.value;
  const state = clientState.value;
  const [failure, setFailure] = useState<Failure | null>(null);
  const [leaving, setLeaving] = useState<KnownHub | null>(null);
  const act = async (action: () => Promise<unknown>) => {
    setFailure(null);
    try {
      await action();
    } catch (error) {
      setFailure(toFailure(error));
    }
  };
  const forget = async ({ fingerprint, name }: KnownHub) => {
    setLeaving(null);
    await forgetHub({ fingerprint, name });
    showToast(text.forgotten);
  };
  return (
    <Card
      title={text.hubs}
      aside={
        <Button size="small" icon={Plus} href="/login">
          {text.addHub}
        </Button>
      }
      flush
    >
      {failure !== null && (
        <div class="px-5 py-3">
          <FailureAlert failure={failure} />
        </div>
      )}
      {state === null && (
        <div class="p-5">
          <Skeleton class="h-12" />
        </div>
      )}
      <ul class="divide-y divide-line">
        {state?.hubs.map((hub, index) => (
          <HubRow
            key={`${hub.fingerprint} ${hub.name}`}
            hub={hub}
            isCurrent={index === 0}
            onUse={() =>
              void act(() => chooseHub({ fingerprint: hub.fingerprint, name: hub.name }))
            }
            onForget={() => setLeaving(hub)}
          />
        ))}
      </ul>
      {leaving !== null && (
        <ConfirmDialog
          title={text.forgetTitle}
          text={text.forgetText(nameText(leaving.addresses[0] ?? leaving.name))}
          action={text.forget}
          onConfirm={() => void act(() => forget(leaving))}
          onClose={() => setLeaving(null)}
        />
      )}
    </Card>
  );
}

function HubRow(props: {
  hub: KnownHub;
  isCurrent: boolean;
  onUse: () => void;
  onForget: () => void;
}) {
  const text = clientText.value;
  const { hub } = props;
  return (
    <li class="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-4">
      <span class="grid size-9 shrink-0 place-items-center rounded-lg bg-base-300">
        <Icon of={Server} />
      </span>
      <div class="min-w-0 flex-1 basis-44">
        <p class="flex flex-wrap items-center gap-2 font-semibold">
          {showName(`${hub.name}@${hub.addresses[0] ?? ''}`)}
          {props.isCurrent && <StatePill tone="good">{text.inUse}</StatePill>}
        </p>
        {hub.addresses.length > 1 && (
          <p class="text-xs text-muted">{showName(hub.addresses.slice(1).join(', '))}</p>
        )}
        <p class="truncate text-xs text-muted" title={hub.fingerprint}>
          {text.fingerprint} <span class="font-mono">{hub.fingerprint.slice(0, 24)}…</span>
        </p>
      </div>
      <div class="flex gap-2">
        {!props.isCurrent && (
          <Button size="small" onClick={props.onUse}>
            {text.takeHub}
          </Button>
        )}
        <Button size="small" look="danger" onClick={props.onForget}>
          {text.forget}
        </Button>
      </div>
    </li>
  );
}

function AboutCard() {
  const text = clientText.value;
  const state = clientState.value;
  return (
    <Card title={text.about}>
      <p class="text-sm text-muted">{text.aboutText}</p>
      <dl class="mt-4 grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1.5 text-sm">
        <dt class="text-muted">{text.version}</dt>
        <dd>{state?.program ?? '…'}</dd>
        <dt class="text-muted">{text.machine}</dt>
        <dd>{state === null ? '…' : showName(state.host)}</dd>
      </dl>
    </Card>
  );
}
