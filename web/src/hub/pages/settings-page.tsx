import type { ComponentChildren } from 'preact';

import type { HubState } from '../../../../src/console/api/hub-api.ts';
import { Card } from '../../shared/components/card.tsx';
import { CopyButton } from '../../shared/components/copy-button.tsx';
import { RelativeTime } from '../../shared/components/figures.tsx';
import { AppearanceFields } from '../../shared/shell/appearance.tsx';
import { Page } from '../../shared/shell/page.tsx';
import { showName } from '../../shared/show-name.tsx';
import { hubText } from '../i18n/text.ts';
import { hubState } from '../state.ts';
import { PasswordForm } from './password-form.tsx';
import { SignOutButton } from './sign-out-button.tsx';

export function SettingsPage() {
  const text = hubText.value;
  const state = hubState.value;
  if (state === null) return null;
  return (
    <Page title={text.navSettings}>
      <div class="grid items-start gap-4 side:gap-6 lg:grid-cols-2">
        <div class="flex min-w-0 flex-col gap-4 side:gap-6">
          <Card title={text.appearance}>
            <AppearanceFields />
          </Card>
          <About hub={state.hub} />
        </div>
        <div class="flex min-w-0 flex-col gap-4 side:gap-6">
          <Card title={text.passwordTitle}>
            <PasswordForm />
          </Card>
          <Card title={text.thisBrowser}>
            <p class="mb-4 text-sm text-muted">{text.thisBrowserText}</p>
            <SignOutButton />
          </Card>
        </div>
      </div>
    </Page>
  );
}

function About({ hub }: { hub: HubState['hub'] }) {
  const text = hubText.value;
  return (
    <Card title={text.about}>
      <dl class="flex flex-col gap-4 text-sm">
        <Fact label={text.hubName}>{showName(hub.name)}</Fact>
        <Fact label={text.program}>
          <bdi>{hub.program}</bdi>
        </Fact>
        <Fact label={text.runningSince}>
          <RelativeTime ms={hub.startedMs} />
        </Fact>
        <Fact label={text.admission}>{hub.open ? text.admissionOpen : text.admissionClosed}</Fact>
        <div>
          <dt class="text-xs text-muted">{text.fingerprint}</dt>
          <dd class="flex items-center gap-2">
            <code class="min-w-0 font-mono text-xs break-all">{grouped(hub.fingerprint)}</code>
            <CopyButton bare text={hub.fingerprint} />
          </dd>
          <dd class="mt-1 text-xs text-muted">{text.fingerprintHint}</dd>
        </div>
      </dl>
    </Card>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div>
      <dt class="text-xs text-muted">{label}</dt>
      <dd class="font-medium">{children}</dd>
    </div>
  );
}

/** Easier to compare by eye. */
function grouped(hex: string): string {
  return hex.match(/.{1,8}/g)?.join(' ') ?? hex;
}
