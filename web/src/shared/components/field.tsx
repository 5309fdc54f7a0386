import { createContext } from 'preact';
import type { ComponentChildren } from 'preact';
import { useContext, useId } from 'preact/hooks';

import { sharedText } from '../i18n/text.ts';

type Wiring = {
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
};
const FieldContext = createContext<Wiring | null>(null);

/** For a control inside a `Field`: spread it on the element that takes the focus. */
export function useFieldProps(): {
  id?: string;
  'aria-describedby'?: string | undefined;
  'aria-invalid'?: boolean | undefined;
} {
  const field = useContext(FieldContext);
  if (field === null) return {};
  return {
    id: field.id,
    'aria-describedby': field.describedBy,
    'aria-invalid': field.invalid || undefined,
  };
}

/** A label, one control, a hint and what is wrong with it. */
export function Field(props: {
  label: ComponentChildren;
  hint?: ComponentChildren;
  /** A sentence; null or left out: nothing is wrong. */
  error?: string | null;
  optional?: boolean;
  class?: string;
  children: ComponentChildren;
}) {
  const id = useId();
  const hasError = typeof props.error === 'string' && props.error !== '';
  const described = [props.hint === undefined ? '' : `${id}-hint`, hasError ? `${id}-error` : '']
    .filter((part) => part !== '')
    .join(' ');
  return (
    <div class={`flex flex-col gap-1.5 ${props.class ?? ''}`}>
      <label for={id} class="text-sm font-semibold">
        {props.label}
        {props.optional === true && (
          <span class="font-normal text-muted"> · {sharedText.value.optional}</span>
        )}
      </label>
      <FieldContext.Provider
        value={{ id, describedBy: described === '' ? undefined : described, invalid: hasError }}
      >
        {props.children}
      </FieldContext.Provider>
      {props.hint !== undefined && (
        <p id={`${id}-hint`} class="text-xs text-muted">
          {props.hint}
        </p>
      )}
      {hasError && (
        <p id={`${id}-error`} class="text-xs font-medium text-error" role="alert">
          {props.error}
        </p>
      )}
    </div>
  );
}
