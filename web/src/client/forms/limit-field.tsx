import { Field } from '../../shared/components/field.tsx';
import { TextInput } from '../../shared/components/inputs.tsx';
import { clientText } from '../i18n/text.ts';

const MIB = 1024 * 1024;
const LEAST_BYTES_PER_SEC = 1024;

/** From MiB a second. Undefined if nothing was entered, null if it is no rate. */
export function parseLimit(text: string): number | undefined | null {
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') return undefined;
  const bytes = Math.round(Number(trimmed) * MIB);
  return Number.isSafeInteger(bytes) && bytes >= LEAST_BYTES_PER_SEC ? bytes : null;
}

export function LimitField(props: { value: string; onInput: (value: string) => void }) {
  const text = clientText.value;
  return (
    <Field
      label={text.limit}
      optional
      hint={text.limitHint}
      error={parseLimit(props.value) === null ? text.limitWrong : null}
    >
      <TextInput value={props.value} maxLength={9} onInput={props.onInput} />
    </Field>
  );
}
