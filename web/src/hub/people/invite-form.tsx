import { useState } from 'preact/hooks';

import type { Failure } from '../../../../src/console/api/common.ts';
import type {
  Duty,
  InviteRequest,
  NewInvitation,
  Rights,
} from '../../../../src/console/api/hub-api.ts';
import { postJson, toFailure } from '../../shared/api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { ChoiceCards } from '../../shared/components/choices.tsx';
import { Field } from '../../shared/components/field.tsx';
import { Select, TextArea, TextInput } from '../../shared/components/inputs.tsx';
import { sharedText } from '../../shared/i18n/text.ts';
import { peopleText } from '../i18n/text.ts';

export const INVITE_FORM = 'invite';
export const RIGHTS: readonly Rights[] = ['member', 'read-only', 'admin'];
export const DUTIES: readonly Duty[] = ['add', 'all', 'destination'];

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const VALID_HOURS = ['1', '24', '168', '720'] as const;
const MOST_ADDRESSES = 8;

type Hours = (typeof VALID_HOURS)[number];
type Draft = { user: string; rights: Rights; duty: Duty; hours: Hours; addresses: string };

function addressesOf({ addresses }: Draft): string[] {
  return addresses.split(/[\s,]+/).filter((address) => address !== '');
}

function requestOf(draft: Draft): InviteRequest | null {
  const user = draft.user.trim();
  const addresses = addressesOf(draft);
  if (user === '' || addresses.length > MOST_ADDRESSES) return null;
  const { rights, duty, hours } = draft;
  return { user, rights, duty, validMs: Number(hours) * HOUR_MS, addresses };
}

/** Who, with which rights, for how long. It keeps what was typed if it can't be made. */
export function InviteForm(props: {
  onBusy: (isBusy: boolean) => void;
  onMade: (made: NewInvitation) => void;
}) {
  const text = peopleText.value;
  const [draft, setDraft] = useState<Draft>({
    user: '',
    rights: 'member',
    duty: 'add',
    hours: '24',
    addresses: '',
  });
  const [isTried, setTried] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));

  const make = async () => {
    setTried(true);
    const request = requestOf(draft);
    if (request === null) return;
    props.onBusy(true);
    setFailure(null);
    try {
      props.onMade(await postJson<NewInvitation>('/api/invitations', request));
    } catch (error) {
      setFailure(toFailure(error));
    } finally {
      props.onBusy(false);
    }
  };
  return (
    <form
      id={INVITE_FORM}
      class="flex flex-col gap-5"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <p class="text-sm text-muted">{text.inviteLead}</p>
      <Field
        label={text.name}
        hint={text.nameHint}
        error={isTried && draft.user.trim() === '' ? text.nameMissing : null}
      >
        <TextInput
          autoFocus
          value={draft.user}
          maxLength={255}
          onInput={(user) => change({ user })}
        />
      </Field>
      <div class="flex flex-col gap-1.5">
        <p class="text-sm font-semibold">{text.rightsLabel}</p>
        <ChoiceCards
          label={text.rightsLabel}
          value={draft.rights}
          options={RIGHTS.map((value) => ({
            value,
            title: <span class="inline-block first-letter:uppercase">{text.rights[value]}</span>,
            text: text.rightsText[value],
          }))}
          onChange={(rights) => change({ rights })}
        />
      </div>
      <Field label={text.dutyLabel} hint={text.dutyText[draft.duty]}>
        <Select
          value={draft.duty}
          options={DUTIES.map((value) => ({ value, label: text.duty[value] }))}
          onChange={(duty) => change({ duty })}
        />
      </Field>
      <Field label={text.validFor}>
        <Select
          value={draft.hours}
          options={VALID_HOURS.map((value) => ({ value, label: durationText(Number(value)) }))}
          onChange={(hours) => change({ hours })}
        />
      </Field>
      <details class="group">
        <summary class="link w-fit text-sm">{sharedText.value.advanced}</summary>
        <Field
          class="mt-4"
          label={text.addresses}
          optional
          hint={text.addressesHint}
          error={isTried && addressesOf(draft).length > MOST_ADDRESSES ? text.addressesMany : null}
        >
          <TextArea
            mono
            rows={2}
            value={draft.addresses}
            placeholder="backup.example.org:7420"
            onInput={(addresses) => change({ addresses })}
          />
        </Field>
      </details>
      {failure !== null && <FailureAlert failure={failure} />}
    </form>
  );
}

function durationText(hours: number): string {
  const text = peopleText.value;
  return hours > DAY_HOURS ? text.days(hours / DAY_HOURS) : text.hours(hours);
}
