import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import type { LoginRequest } from '../../../../src/console/api/client-api.ts';
import type { Failure } from '../../../../src/console/api/common.ts';
import { toFailure } from '../../shared/api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { Segmented } from '../../shared/components/choices.tsx';
import { Field } from '../../shared/components/field.tsx';
import { TextArea, TextInput } from '../../shared/components/inputs.tsx';
import { showToast } from '../../shared/components/toast.tsx';
import { FrontPage } from '../../shared/shell/front-page.tsx';
import { nameText } from '../../shared/show-name.tsx';
import { login } from '../api.ts';
import { AdvancedFold } from '../forms/advanced-fold.tsx';
import { LocalPortField, parseLocalPort } from '../forms/local-port-field.tsx';
import { clientText } from '../i18n/text.ts';
import { clientState } from '../state.ts';
import { KnownHubs } from './known-hubs.tsx';
import { NearbyHubs } from './nearby-hubs.tsx';

type Way = 'code' | 'name';
type Draft = { way: Way; code: string; server: string; name: string; localPort: string };

/** By an invitation, or by name at an open hub. What was typed stays until it has worked. */
export function LoginPage() {
  const text = clientText.value;
  const { route } = useLocation();
  const [draft, setDraft] = useState<Draft>({
    way: 'code',
    code: '',
    server: '',
    name: '',
    localPort: '',
  });
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));

  const connect = async () => {
    setTried(true);
    const request = requestOf(draft);
    if (request === null) return;
    setBusy(true);
    setFailure(null);
    try {
      const hub = await login(request);
      showToast(text.welcomeBack(nameText(`${hub.name}@${hub.addresses[0] ?? ''}`)));
      route('/');
    } catch (error) {
      setFailure(toFailure(error));
    } finally {
      setBusy(false);
    }
  };
  const hasHub = (clientState.value?.current ?? null) !== null;

  return (
    <FrontPage
      title={text.loginTitle}
      lead={text.loginLead}
      {...(hasHub && { back: { href: '/settings', label: text.navSettings } })}
    >
      <Card>
        <form
          class="flex flex-col gap-5"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void connect();
          }}
        >
          <Segmented
            label={text.loginHow}
            wide
            value={draft.way}
            options={[
              { value: 'code', label: text.loginByCode },
              { value: 'name', label: text.loginByName },
            ]}
            onChange={(way) => change({ way })}
          />
          <WayFields draft={draft} isTried={isTried} change={change} />
          <AdvancedFold>
            <LocalPortField
              value={draft.localPort}
              onInput={(localPort) => change({ localPort })}
            />
          </AdvancedFold>
          {failure !== null && <FailureAlert failure={failure} />}
          <Button look="primary" type="submit" size="large" busy={isBusy}>
            {isBusy ? text.connecting : text.connect}
          </Button>
        </form>
      </Card>
      <KnownHubs />
      <NearbyHubs
        onPick={(hub) => change({ way: 'name', server: `${hostText(hub.address)}:${hub.port}` })}
        onPickInvited={() => change({ way: 'code' })}
      />
    </FrontPage>
  );
}

function WayFields(props: {
  draft: Draft;
  isTried: boolean;
  change: (part: Partial<Draft>) => void;
}) {
  const text = clientText.value;
  const { draft, isTried, change } = props;
  const lacks = (value: string, words: string) => (isTried && value.trim() === '' ? words : null);
  if (draft.way === 'code') {
    return (
      <Field label={text.code} hint={text.codeHint} error={lacks(draft.code, text.codeMissing)}>
        <TextArea mono rows={3} value={draft.code} onInput={(code) => change({ code })} />
      </Field>
    );
  }
  return (
    <>
      <Field label={text.name} hint={text.nameHint} error={lacks(draft.name, text.nameMissing)}>
        <TextInput value={draft.name} maxLength={255} onInput={(name) => change({ name })} />
      </Field>
      <Field
        label={text.server}
        hint={text.serverHint}
        error={lacks(draft.server, text.serverMissing)}
      >
        <TextInput
          mono
          value={draft.server}
          maxLength={255}
          placeholder="192.168.1.20:7420"
          onInput={(server) => change({ server })}
        />
      </Field>
    </>
  );
}

/** Null if something in the form is not right; the fields say what. */
function requestOf(draft: Draft): LoginRequest | null {
  const port = parseLocalPort(draft.localPort);
  if (port === null) return null;
  const local = port === undefined ? {} : { localPort: port };
  if (draft.way === 'code') {
    const code = draft.code.replaceAll(/\s+/g, '');
    return code === '' ? null : { code, ...local };
  }
  const server = draft.server.trim();
  const name = draft.name.trim();
  return server === '' || name === '' ? null : { server, name, ...local };
}

function hostText(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
