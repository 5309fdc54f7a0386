import { useState } from 'preact/hooks';

import type { User, UserLimits } from '../../../../src/console/api/hub-api.ts';
import { putJson, toFailure } from '../../shared/api.ts';
import type { Failure } from '../../../../src/console/api/common.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Dialog } from '../../shared/components/dialog.tsx';
import { Field } from '../../shared/components/field.tsx';
import { TextInput } from '../../shared/components/inputs.tsx';
import { showToast } from '../../shared/components/toast.tsx';
import { formatBytes } from '../../shared/format.ts';
import { sharedText } from '../../shared/i18n/text.ts';
import { nameText } from '../../shared/show-name.tsx';
import { peopleText } from '../i18n/text.ts';

const FORM = 'limits';
/** What one of what is typed stands for. */
const UNITS = {
  storedBytes: 1024 ** 3,
  sets: 1,
  connections: 1,
  bytesPerSecond: 1024 ** 2,
} as const satisfies Record<keyof UserLimits, number>;
type Key = keyof UserLimits;
type Draft = Record<Key, string>;

const KEYS = Object.keys(UNITS) as Key[];

function draftOf(limits: UserLimits): Draft {
  const shown = (key: Key): string => {
    const limit = limits[key];
    return limit === null ? '' : String(Number((limit / UNITS[key]).toPrecision(6)));
  };
  return {
    storedBytes: shown('storedBytes'),
    sets: shown('sets'),
    connections: shown('connections'),
    bytesPerSecond: shown('bytesPerSecond'),
  };
}

/** Undefined: what was typed is no limit. */
function limitOf(typed: string, unit: number): number | null | undefined {
  if (typed.trim() === '') return null;
  const limit = Math.round(Number(typed.trim().replace(',', '.')) * unit);
  return Number.isSafeInteger(limit) && limit > 0 ? limit : undefined;
}

/** What one user may take of the hub. */
export function LimitsDialog(props: { user: User; onClose: () => void; onDone: () => void }) {
  const text = peopleText.value;
  const { user } = props;
  const name = nameText(user.name);
  const [draft, setDraft] = useState(() => draftOf(user.limits));
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);

  const save = async () => {
    const limits = Object.fromEntries(KEYS.map((key) => [key, limitOf(draft[key], UNITS[key])]));
    if (Object.values(limits).includes(undefined)) return;
    setBusy(true);
    try {
      await putJson(`/api/users/${encodeURIComponent(user.name)}/limits`, limits);
      showToast(text.limitsSaved(name));
      props.onDone();
      props.onClose();
    } catch (error) {
      setFailure(toFailure(error));
      setBusy(false);
    }
  };
  const field = (key: Key, label: string, hint?: string) => (
    <Field
      label={label}
      hint={hint}
      error={limitOf(draft[key], UNITS[key]) === undefined ? text.limitWrong : null}
    >
      <TextInput
        value={draft[key]}
        maxLength={16}
        onInput={(value) => setDraft((before) => ({ ...before, [key]: value }))}
      />
    </Field>
  );
  return (
    <Dialog
      title={text.limitsOf(name)}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{sharedText.value.cancel}</Button>
          <Button look="primary" type="submit" form={FORM} busy={isBusy}>
            {text.limitsSave}
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
          void save();
        }}
      >
        <p class="text-sm text-muted">{text.limitsLead}</p>
        {field('storedBytes', text.limitBytes, text.limitBytesHint(formatBytes(user.storedBytes)))}
        {field('sets', text.limitSets)}
        {field('connections', text.limitConnections)}
        {field('bytesPerSecond', text.limitRate, text.limitRateHint)}
        {failure !== null && <FailureAlert failure={failure} />}
      </form>
    </Dialog>
  );
}
