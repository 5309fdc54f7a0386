import { Minus, Plus } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

import { sharedText } from '../i18n/text.ts';
import { useFieldProps } from './field.tsx';
import { Icon } from './icon.tsx';

type TextProps = {
  value: string;
  onInput: (value: string) => void;
  isPassword?: boolean;
  placeholder?: string;
  autoComplete?: string;
  mono?: boolean;
  required?: boolean;
  disabled?: boolean;
  autoFocus?: boolean;
  maxLength?: number;
  /** Only outside a `Field`. */
  label?: string;
  onEnter?: () => void;
};

export function TextInput(props: TextProps) {
  return (
    <input
      {...useFieldProps()}
      class={`input ${props.mono === true ? 'font-mono text-sm' : ''}`}
      {...(props.isPassword === true ? { type: 'password' } : { type: 'text' })}
      value={props.value}
      placeholder={props.placeholder}
      autoComplete={props.autoComplete ?? 'off'}
      autoCapitalize="off"
      spellcheck={false}
      required={props.required}
      disabled={props.disabled}
      autoFocus={props.autoFocus}
      maxLength={props.maxLength}
      aria-label={props.label}
      onInput={(event) => props.onInput(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || props.onEnter === undefined) return;
        event.preventDefault();
        props.onEnter();
      }}
    />
  );
}

/** Several lines. */
export function TextArea(props: Omit<TextProps, 'isPassword' | 'onEnter'> & { rows?: number }) {
  return (
    <textarea
      {...useFieldProps()}
      class={`textarea ${props.mono === true ? 'font-mono text-sm' : ''}`}
      rows={props.rows ?? 3}
      value={props.value}
      placeholder={props.placeholder}
      spellcheck={false}
      required={props.required}
      maxLength={props.maxLength}
      aria-label={props.label}
      onInput={(event) => props.onInput(event.currentTarget.value)}
    />
  );
}

/** A whole number with a button on either side. */
export function NumberStepper(props: {
  value: number;
  min: number;
  max: number;
  onChange: (value: number) => void;
}) {
  const field = useFieldProps();
  const text = sharedText.value;
  const change = (value: number) =>
    props.onChange(Math.min(props.max, Math.max(props.min, Math.trunc(value))));
  const side = 'btn btn-plain btn-square shrink-0';
  return (
    <div class="flex w-44 gap-1.5">
      <button
        type="button"
        class={side}
        aria-label={text.fewer}
        disabled={props.value <= props.min}
        onClick={() => change(props.value - 1)}
      >
        <Icon of={Minus} />
      </button>
      <input
        {...field}
        class="input min-w-0 text-center font-semibold"
        inputMode="numeric"
        role="spinbutton"
        aria-valuenow={props.value}
        aria-valuemin={props.min}
        aria-valuemax={props.max}
        value={props.value}
        onChange={(event) => {
          const typed = Number(event.currentTarget.value);
          if (Number.isFinite(typed)) change(typed);
          event.currentTarget.value = String(props.value);
        }}
        onKeyDown={(event) => {
          const step = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
          if (step === 0) return;
          event.preventDefault();
          change(props.value + step);
        }}
      />
      <button
        type="button"
        class={side}
        aria-label={text.more}
        disabled={props.value >= props.max}
        onClick={() => change(props.value + 1)}
      >
        <Icon of={Plus} />
      </button>
    </div>
  );
}

export type Option<T extends string> = { readonly value: T; readonly label: string };

export function Select<T extends string>(props: {
  value: T;
  options: readonly Option<T>[];
  onChange: (value: T) => void;
  label?: string;
  disabled?: boolean;
}) {
  return (
    <select
      {...useFieldProps()}
      class="select"
      aria-label={props.label}
      disabled={props.disabled}
      value={props.value}
      onChange={(event) => {
        const chosen = props.options.find(({ value }) => value === event.currentTarget.value);
        if (chosen !== undefined) props.onChange(chosen.value);
      }}
    >
      {props.options.map(({ value, label }) => (
        <option key={value} value={value} selected={value === props.value}>
          {label}
        </option>
      ))}
    </select>
  );
}

/** On or off, at once. */
export function Switch(props: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: ComponentChildren;
  hint?: ComponentChildren;
  disabled?: boolean;
}) {
  const id = useId();
  return (
    <div class="flex items-start gap-3">
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-checked={props.checked}
        class="toggle mt-0.5 shrink-0"
        checked={props.checked}
        disabled={props.disabled}
        aria-describedby={props.hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <div class="min-w-0">
        <label for={id} class="cursor-pointer text-sm font-semibold">
          {props.label}
        </label>
        {props.hint !== undefined && (
          <p id={`${id}-hint`} class="text-xs text-muted">
            {props.hint}
          </p>
        )}
      </div>
    </div>
  );
}
