import { ChevronLeft } from 'lucide';
import { Compass } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/card.tsx';
import { Icon } from '../components/icon.tsx';
import { sharedText } from '../i18n/text.ts';

type Props = {
  /** Of the document too. */
  title: string;
  /** In place of the title on the page, where it holds more than text. */
  heading?: ComponentChildren;
  lead?: ComponentChildren;
  /** Beside the title. */
  actions?: ComponentChildren;
  back?: { readonly href: string; readonly label: string };
  /** For forms and texts, which are hard to read when wide. */
  narrow?: boolean;
  children: ComponentChildren;
};

let isFirstPage = true;

/** A page below the shell: its title is the document's, and has the focus when one has come here by a link. */
export function Page(props: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    document.title = `${props.title} · rbbackup`;
  }, [props.title]);
  useLayoutEffect(() => {
    if (!isFirstPage) heading.current?.focus({ preventScroll: true });
    isFirstPage = false;
  }, []);
  return (
    <div class={`mx-auto flex flex-col gap-6 ${props.narrow === true ? 'max-w-2xl' : ''}`}>
      <header class="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div class="min-w-0 flex-1 basis-72">
          {props.back && (
            <a
              href={props.back.href}
              class="mb-2 -ms-1 inline-flex min-h-6 items-center gap-0.5 rounded text-sm text-muted hover:text-base-content"
            >
              <Icon of={ChevronLeft} size={16} />
              {props.back.label}
            </a>
          )}
          <h1 ref={heading} tabIndex={-1}>
            {props.heading ?? props.title}
          </h1>
          {props.lead !== undefined && (
            <div class="mt-1.5 text-pretty text-muted">{props.lead}</div>
          )}
        </div>
        {props.actions !== undefined && (
          <div class="flex flex-wrap gap-2 max-sm:w-full max-sm:*:flex-auto">{props.actions}</div>
        )}
      </header>
      {props.children}
    </div>
  );
}

export function NotFoundPage() {
  const text = sharedText.value;
  return (
    <Page title={text.notFoundTitle}>
      <EmptyState
        icon={Compass}
        title={text.notFoundText}
        action={
          <Button look="primary" href="/">
            {text.toStart}
          </Button>
        }
      />
    </Page>
  );
}
