import type { IconNode } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

import { Icon } from './icon.tsx';

/** A few short choices side by side, one of them chosen. */
export function Segmented<T extends string>(props: {
  label: string;
  value: T;
  options: readonly { readonly value: T; readonly label: string; readonly icon?: IconNode }[];
  onChange: (value: T) => void;
  /** Takes the whole width. */
  wide?: boolean;
}) {
  const name = useId();
  return (
    <div
      role="radiogroup"
      aria-label={props.label}
      class={`flex gap-1 rounded-lg border border-line bg-base-200 p-1 ${props.wide === true ? 'w-full' : 'w-fit'}`}
    >
      {props.options.map(({ value, label, icon }) => (
        <label
          key={value}
          class="flex min-h-8 flex-1 cursor-pointer items-center justify-center gap-1.5 rounded-md px-3 text-sm font-medium whitespace-nowrap text-muted has-checked:bg-base-100 has-checked:text-base-content has-checked:ring-1 has-checked:ring-line has-focus-visible:outline-2 has-focus-visible:outline-primary max-side:min-h-10"
        >
          <input
            type="radio"
            class="sr-only"
            name={name}
            checked={value === props.value}
            onChange={() => props.onChange(value)}
          />
          {icon && <Icon of={icon} size={16} />}
          {label}
        </label>
      ))}
    </div>
  );
}

/** Choices that need a sentence each, one below the other. */
export function ChoiceCards<T extends string>(props: {
  label: string;
  value: T;
  options: readonly {
    readonly value: T;
    readonly title: ComponentChildren;
    readonly text?: ComponentChildren;
  }[];
  onChange: (value: T) => void;
  columns?: boolean;
}) {
  const name = useId();
  return (
    <div
      role="radiogroup"
      aria-label={props.label}
      class={`grid gap-2 ${props.columns === true ? 'sm:grid-cols-2' : ''}`}
    >
      {props.options.map(({ value, title, text }) => (
        <label
          key={value}
          class="flex cursor-pointer items-start gap-3 rounded-xl border border-line p-3 hover:bg-hover has-checked:border-primary has-checked:bg-good-soft has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-primary"
        >
          <input
            type="radio"
            class="radio radio-primary mt-0.5 shrink-0"
            name={name}
            checked={value === props.value}
            onChange={() => props.onChange(value)}
          />
          <span class="min-w-0">
            <span class="block text-sm font-semibold">{title}</span>
            {text !== undefined && <span class="block text-xs text-muted">{text}</span>}
          </span>
        </label>
      ))}
    </div>
  );
}
