import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';

/** Views of one thing. Arrow keys move between tabs; the content is that of the chosen one. */
export function Tabs<T extends string>(props: {
  label: string;
  value: T;
  tabs: readonly { readonly value: T; readonly label: ComponentChildren }[];
  onChange: (value: T) => void;
  children: ComponentChildren;
}) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = props.tabs.findIndex(({ value }) => value === props.value);
    const next = props.tabs[(at + step + props.tabs.length) % props.tabs.length];
    if (next === undefined) return;
    props.onChange(next.value);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.value}"]`)?.focus();
  };
  return (
    <>
      <div
        ref={list}
        role="tablist"
        aria-label={props.label}
        class="flex gap-1 overflow-x-auto border-b border-line"
        onKeyDown={move}
      >
        {props.tabs.map(({ value, label }) => (
          <button
            key={value}
            id={`${id}-${value}`}
            data-tab={value}
            type="button"
            role="tab"
            aria-selected={value === props.value}
            aria-controls={`${id}-panel`}
            tabIndex={value === props.value ? 0 : -1}
            class="-mb-px min-h-10 border-b-2 border-transparent px-3 text-sm font-medium whitespace-nowrap text-muted hover:text-base-content aria-selected:border-primary aria-selected:text-base-content"
            onClick={() => props.onChange(value)}
          >
            {label}
          </button>
        ))}
      </div>
      <div
        id={`${id}-panel`}
        role="tabpanel"
        aria-labelledby={`${id}-${props.value}`}
        tabIndex={0}
        class="pt-4"
      >
        {props.children}
      </div>
    </>
  );
}
