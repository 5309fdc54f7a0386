import { Field } from '../../shared/components/field.tsx';
import { TextInput } from '../../shared/components/inputs.tsx';
import { clientText } from '../i18n/text.ts';

/** Undefined if nothing was entered, null if it is no port. */
export function parseLocalPort(text: string): number | undefined | null {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const port = Number(trimmed);
  return /^\d{1,5}$/.test(trimmed) && port <= 65_535 ? port : null;
}

export function LocalPortField(props: { value: string; onInput: (value: string) => void }) {
  const text = clientText.value;
  return (
    <Field
      label={text.localPort}
      optional
      hint={text.localPortHint}
      error={parseLocalPort(props.value) === null ? text.localPortWrong : null}
    >
      <TextInput value={props.value} maxLength={5} onInput={props.onInput} />
    </Field>
  );
}
