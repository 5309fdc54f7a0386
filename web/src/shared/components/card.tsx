import type { IconNode } from 'lucide';
import type { ComponentChildren } from 'preact';

import { Icon } from './icon.tsx';

/** A part of a page with a border round it. */
export function Card(props: {
  title?: ComponentChildren;
  /** Beside the title. */
  aside?: ComponentChildren;
  /** Without space inside, for lists and tables that reach the border. */
  flush?: boolean;
  class?: string;
  children?: ComponentChildren;
}) {
  const hasHead = props.title !== undefined || props.aside !== undefined;
  return (
    <section class={`card min-w-0 ${props.class ?? ''}`}>
      {hasHead && (
        <header class="flex min-h-10 flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 pt-4">
          {props.title !== undefined && <h2>{props.title}</h2>}
          {props.aside}
        </header>
      )}
      <div class={props.flush === true ? 'pt-2' : `px-5 pb-5 ${hasHead ? 'pt-3' : 'pt-5'}`}>
        {props.children}
      </div>
    </section>
  );
}

/** Nothing here yet: one sentence, and one button that does the next thing. */
export function EmptyState(props: {
  icon: IconNode;
  title: ComponentChildren;
  text?: ComponentChildren;
  action?: ComponentChildren;
}) {
  return (
    <div class="flex flex-col items-center gap-2 px-4 py-8 text-center">
      <span class="mb-2 grid size-14 place-items-center rounded-2xl bg-good-soft text-primary">
        <Icon of={props.icon} size={26} />
      </span>
      <p class="font-semibold">{props.title}</p>
      {props.text !== undefined && <p class="max-w-md text-sm text-muted">{props.text}</p>}
      {props.action !== undefined && <div class="mt-3">{props.action}</div>}
    </div>
  );
}

/** Room for what is on its way, so that nothing jumps when it comes. */
export function Skeleton({ lines = 1, class: extra = 'h-5' }: { lines?: number; class?: string }) {
  return (
    <div class="flex flex-col gap-2.5" aria-hidden="true">
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} class={`skeleton w-full ${extra}`} />
      ))}
    </div>
  );
}

/** A figure with its name. */
export function Figure(props: {
  label: ComponentChildren;
  children: ComponentChildren;
  note?: ComponentChildren;
}) {
  return (
    <div class="min-w-0">
      <dt class="text-xs text-muted">{props.label}</dt>
      <dd class="truncate text-lg font-semibold tracking-tight">{props.children}</dd>
      {props.note !== undefined && <dd class="text-xs text-muted">{props.note}</dd>}
    </div>
  );
}
