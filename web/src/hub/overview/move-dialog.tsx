import { useState } from 'preact/hooks';

import type { Failure } from '../../../../src/console/api/common.ts';
import type { ListenRequest } from '../../../../src/console/api/hub-api.ts';
import { putJson, toFailure } from '../../shared/api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { ChoiceCards } from '../../shared/components/choices.tsx';
import { Dialog } from '../../shared/components/dialog.tsx';
import { Field } from '../../shared/components/field.tsx';
import { TextInput } from '../../shared/components/inputs.tsx';
import { showToast } from '../../shared/components/toast.tsx';
import { sharedText } from '../../shared/i18n/text.ts';
import { addressText, isEveryAddress } from '../address-text.ts';
import { liveText } from '../i18n/text.ts';

type Where = 'all' | 'self' | 'one';
type Draft = { where: Where; host: string; port: string };

const SELF = '127.0.0.1';
const FORM = 'move-listening';

function draftOf({ host, port }: ListenRequest): Draft {
  const where = isEveryAddress(host) ? 'all' : host === SELF ? 'self' : 'one';
  return { where, host: where === 'one' ? host : '', port: String(port) };
}

function portOf(text: string): number | null {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : -1;
  return port >= 0 && port <= 65_535 ? port : null;
}

/** Moves the hub to another address or port, or begins to listen there. The form stays if it can't. */
export function MoveDialog({ chosen, onClose }: { chosen: ListenRequest; onClose: () => void }) {
  const text = liveText.value;
  const [draft, setDraft] = useState(() => draftOf(chosen));
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const port = portOf(draft.port);
  const everyHost = isEveryAddress(chosen.host) ? chosen.host : '0.0.0.0';
  const host =
    draft.where === 'all' ? everyHost : draft.where === 'self' ? SELF : draft.host.trim();

  const move = async () => {
    setTried(true);
    if (port === null || host === '') return;
    setBusy(true);
    setFailure(null);
    try {
      await putJson('/api/listening', { host, port });
      showToast(text.moved(addressText(host, port)));
      onClose();
    } catch (error) {
      setFailure(toFailure(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={text.moveTitle}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{sharedText.value.cancel}</Button>
          <Button look="primary" type="submit" form={FORM} busy={isBusy}>
            {text.moveConfirm}
          </Button>
        </>
      }
    >
      <form
        id={FORM}
        class="flex flex-col gap-5"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void move();
        }}
      >
        <p class="text-sm text-muted">{text.moveText}</p>
        <ChoiceCards
          label={text.where}
          value={draft.where}
          options={[
            { value: 'all', title: text.whereAll, text: text.whereAllText },
            { value: 'self', title: text.whereSelf, text: text.whereSelfText },
            { value: 'one', title: text.whereOne, text: text.whereOneText },
          ]}
          onChange={(where) => change({ where })}
        />
        {draft.where === 'one' && (
          <Field
            label={text.oneAddress}
            error={isTried && host === '' ? text.addressMissing : null}
          >
            <TextInput
              mono
              value={draft.host}
              maxLength={255}
              placeholder="192.168.1.20"
              onInput={(typed) => change({ host: typed })}
            />
          </Field>
        )}
        <Field
          label={text.port}
          hint={text.portHint}
          error={isTried && port === null ? text.portWrong : null}
        >
          <TextInput
            mono
            value={draft.port}
            maxLength={5}
            onInput={(typed) => change({ port: typed })}
          />
        </Field>
        {failure !== null && <FailureAlert failure={failure} />}
      </form>
    </Dialog>
  );
}
