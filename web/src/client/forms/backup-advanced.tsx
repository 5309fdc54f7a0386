import { Field } from '../../shared/components/field.tsx';
import { Select, Switch, TextArea } from '../../shared/components/inputs.tsx';
import { clientText } from '../i18n/text.ts';
import { AdvancedFold } from './advanced-fold.tsx';
import type { BackupDraft, Wait } from './backup-draft.ts';
import { LimitField } from './limit-field.tsx';
import { LocalPortField } from './local-port-field.tsx';

type Props = { draft: BackupDraft; change: (part: Partial<BackupDraft>) => void };

export function ExcludeField({ draft, change }: Props) {
  const text = clientText.value;
  return (
    <Field label={text.exclude} optional hint={text.excludeHint}>
      <TextArea mono rows={2} value={draft.exclude} onInput={(exclude) => change({ exclude })} />
    </Field>
  );
}

export function BackupAdvanced({ draft, change }: Props) {
  const text = clientText.value;
  const waits: readonly { value: Wait; label: string }[] = [
    { value: 'forever', label: text.waitForever },
    { value: '10m', label: text.waitMinutes(10) },
    { value: '1h', label: text.waitHours(1) },
    { value: '1d', label: text.waitHours(24) },
  ];
  return (
    <AdvancedFold>
      <Switch
        label={text.recursive}
        hint={text.recursiveHint}
        checked={draft.recursive}
        onChange={(recursive) => change({ recursive })}
      />
      <Field label={text.waitFor}>
        <Select value={draft.wait} options={waits} onChange={(wait) => change({ wait })} />
      </Field>
      <LimitField value={draft.limit} onInput={(limit) => change({ limit })} />
      <LocalPortField value={draft.localPort} onInput={(localPort) => change({ localPort })} />
    </AdvancedFold>
  );
}
