import { Field } from '../../shared/components/field.tsx';
import { TextInput } from '../../shared/components/inputs.tsx';
import { hubText } from '../i18n/text.ts';
import { LEAST_CHARACTERS } from './password-strength.ts';
import { StrengthMeter } from './strength-meter.tsx';

export type NewPassword = { readonly password: string; readonly again: string };

export function isUsable({ password, again }: NewPassword): boolean {
  return Array.from(password).length >= LEAST_CHARACTERS && password === again;
}

/** A new password, twice, with a hint at its strength. */
export function NewPasswordFields(props: {
  value: NewPassword;
  label: string;
  /** Says what is lacking; not before somebody tried. */
  isTried: boolean;
  autoFocus?: boolean;
  onChange: (value: NewPassword) => void;
}) {
  const text = hubText.value;
  const { value, isTried, onChange } = props;
  const isShort = Array.from(value.password).length < LEAST_CHARACTERS;
  return (
    <>
      <div class="flex flex-col gap-2.5">
        <Field
          label={props.label}
          hint={text.passwordHint}
          error={isTried && isShort ? text.passwordShort : null}
        >
          <TextInput
            isPassword
            autoComplete="new-password"
            maxLength={1024}
            autoFocus={props.autoFocus === true}
            value={value.password}
            onInput={(password) => onChange({ ...value, password })}
          />
        </Field>
        <StrengthMeter password={value.password} />
      </div>
      <Field
        label={text.passwordAgain}
        error={isTried && !isShort && value.again !== value.password ? text.passwordsDiffer : null}
      >
        <TextInput
          isPassword
          autoComplete="new-password"
          maxLength={1024}
          value={value.again}
          onInput={(again) => onChange({ ...value, again })}
        />
      </Field>
    </>
  );
}
