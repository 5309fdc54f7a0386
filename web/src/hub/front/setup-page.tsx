import { useState } from 'preact/hooks';

import type { Failure } from '../../../../src/console/api/common.ts';
import { postJson, toFailure } from '../../shared/api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { FrontPage } from '../../shared/shell/front-page.tsx';
import { hubText } from '../i18n/text.ts';
import { session } from '../state.ts';
import { NewPasswordFields, isUsable } from './new-password-fields.tsx';

/** The first start, on the hub's own machine. */
export function SetupPage() {
  const text = hubText.value;
  const [draft, setDraft] = useState({ password: '', again: '' });
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);

  const save = async () => {
    setTried(true);
    if (!isUsable(draft)) return;
    setBusy(true);
    setFailure(null);
    try {
      await postJson('/api/setup', { password: draft.password });
      await session.refresh();
    } catch (error) {
      setFailure(toFailure(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <FrontPage title={text.setupTitle} lead={text.setupLead}>
      <Card>
        <form
          class="flex flex-col gap-5"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <NewPasswordFields
            label={text.password}
            value={draft}
            isTried={isTried}
            autoFocus
            onChange={setDraft}
          />
          {failure !== null && <FailureAlert failure={failure} />}
          <Button look="primary" type="submit" size="large" busy={isBusy}>
            {text.setPassword}
          </Button>
        </form>
      </Card>
    </FrontPage>
  );
}
