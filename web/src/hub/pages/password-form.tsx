import { useState } from 'preact/hooks';

import type { Failure } from '../../../../src/console/api/common.ts';
import { putJson, toFailure } from '../../shared/api.ts';
import { Alert, FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Field } from '../../shared/components/field.tsx';
import { TextInput } from '../../shared/components/inputs.tsx';
import { showToast } from '../../shared/components/toast.tsx';
import { NewPasswordFields, isUsable } from '../front/new-password-fields.tsx';
import { waitDuration } from '../front/wait-text.ts';
import { hubText } from '../i18n/text.ts';

const EMPTY = { before: '', password: '', again: '' };

/** Changes the console's one password. */
export function PasswordForm() {
  const text = hubText.value;
  const [draft, setDraft] = useState(EMPTY);
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);

  const save = async () => {
    setTried(true);
    if (draft.before === '' || !isUsable(draft)) return;
    setBusy(true);
    setFailure(null);
    try {
      await putJson('/api/password', { before: draft.before, password: draft.password });
      setDraft(EMPTY);
      setTried(false);
      showToast(text.passwordChanged);
    } catch (error) {
      setFailure(toFailure(error));
    } finally {
      setBusy(false);
    }
  };
  const missing = isTried && draft.before === '' ? text.passwordMissing : null;
  const wrong = failure?.code === 'wrong-password' ? text.wrongPassword : null;
  return (
    <form
      class="flex flex-col gap-5"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Field label={text.passwordBefore} error={missing ?? wrong}>
        <TextInput
          isPassword
          autoComplete="current-password"
          maxLength={1024}
          value={draft.before}
          onInput={(before) => setDraft({ ...draft, before })}
        />
      </Field>
      <NewPasswordFields
        label={text.passwordNew}
        value={draft}
        isTried={isTried}
        onChange={(value) => setDraft({ ...draft, ...value })}
      />
      <ChangeFailure failure={failure} />
      <div>
        <Button look="primary" type="submit" busy={isBusy}>
          {text.changePassword}
        </Button>
      </div>
    </form>
  );
}

function ChangeFailure({ failure }: { failure: Failure | null }) {
  const text = hubText.value;
  if (failure === null || failure.code === 'wrong-password') return null;
  if (failure.code !== 'too-many-tries' || failure.waitMs === undefined) {
    return <FailureAlert failure={failure} />;
  }
  return (
    <Alert tone="warn" title={text.waitTitle}>
      <p>{text.waitText(waitDuration(failure.waitMs))}</p>
    </Alert>
  );
}
