import { useState } from 'preact/hooks';

import type { Failure } from '../../../../src/console/api/common.ts';
import { postJson, toFailure } from '../../shared/api.ts';
import { Alert, FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { Field } from '../../shared/components/field.tsx';
import { TextInput } from '../../shared/components/inputs.tsx';
import { FrontPage } from '../../shared/shell/front-page.tsx';
import { showName } from '../../shared/show-name.tsx';
import { hubText } from '../i18n/text.ts';
import { session } from '../state.ts';
import { CommandLine } from './command-line.tsx';
import { useCountdown } from './countdown.ts';
import { waitDuration } from './wait-text.ts';

/** If the hub doesn't say how long. */
const UNKNOWN_WAIT_MS = 5000;

/** What was typed stays when it was wrong; who tries too often is told how long to wait. */
export function LoginPage({ hub }: { hub: string }) {
  const text = hubText.value;
  const [password, setPassword] = useState('');
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [waitUntilMs, setWaitUntil] = useState<number | null>(null);
  const waitMs = useCountdown(waitUntilMs);

  const signIn = async () => {
    setTried(true);
    if (password === '' || waitMs > 0) return;
    setBusy(true);
    try {
      await postJson('/api/session', { password });
      await session.refresh();
    } catch (error) {
      const why = toFailure(error);
      setFailure(why);
      if (why.code === 'too-many-tries')
        setWaitUntil(performance.now() + (why.waitMs ?? UNKNOWN_WAIT_MS));
    } finally {
      setBusy(false);
    }
  };
  const missing = isTried && password === '' ? text.passwordMissing : null;
  const wrong = failure?.code === 'wrong-password' ? text.wrongPassword : null;
  return (
    <FrontPage title={text.loginTitle} lead={showName(hub)}>
      <Card>
        <form
          class="flex flex-col gap-5"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void signIn();
          }}
        >
          <Field label={text.password} error={missing ?? wrong}>
            <TextInput
              isPassword
              autoFocus
              autoComplete="current-password"
              maxLength={1024}
              value={password}
              onInput={(typed) => {
                setPassword(typed);
                if (waitMs === 0) setFailure(null);
              }}
            />
          </Field>
          <LoginFailure failure={failure} waitMs={waitMs} />
          <Button look="primary" type="submit" size="large" busy={isBusy} disabled={waitMs > 0}>
            {text.signIn}
          </Button>
        </form>
      </Card>
      <div class="flex flex-col gap-2 text-sm text-muted">
        <p>{text.forgotPassword}</p>
        <CommandLine command="rbbackupd password DIR" />
      </div>
    </FrontPage>
  );
}

function LoginFailure({ failure, waitMs }: { failure: Failure | null; waitMs: number }) {
  const text = hubText.value;
  if (failure === null || failure.code === 'wrong-password') return null;
  if (failure.code !== 'too-many-tries') return <FailureAlert failure={failure} />;
  if (waitMs === 0) return <Alert tone="info" title={text.waitOver} />;
  return (
    <Alert tone="warn" title={text.waitTitle}>
      {/* Each second would be too much for who listens. */}
      <p aria-live="off">{text.waitText(waitDuration(waitMs))}</p>
    </Alert>
  );
}
