import { ChevronLeft, SlidersHorizontal } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { ToastHost } from '../components/toast.tsx';
import { sharedText } from '../i18n/text.ts';
import { AppearanceFields } from './appearance.tsx';
import { Mark } from './brand.tsx';

/** A page without the shell: login, setup, and what is said before there is anything to move about in. */
export function FrontPage(props: {
  title: string;
  lead?: ComponentChildren;
  wide?: boolean;
  back?: { readonly href: string; readonly label: string };
  children?: ComponentChildren;
}) {
  const [isMenuOpen, setMenuOpen] = useState(false);
  useLayoutEffect(() => {
    document.title = `${props.title} · rbbackup`;
  }, [props.title]);
  return (
    <div class="flex min-h-dvh flex-col">
      <header class="flex justify-between p-3">
        {props.back === undefined ? (
          <span />
        ) : (
          <Button look="quiet" icon={ChevronLeft} href={props.back.href}>
            {props.back.label}
          </Button>
        )}
        <Button
          look="quiet"
          icon={SlidersHorizontal}
          label={sharedText.value.theme}
          onClick={() => setMenuOpen(true)}
        />
      </header>
      <main
        class={`mx-auto flex w-full flex-1 flex-col gap-6 px-4 pb-16 ${props.wide === true ? 'max-w-4xl' : 'max-w-md'}`}
      >
        <header class="flex flex-col items-center gap-3 text-center">
          <Mark size={44} />
          <h1>{props.title}</h1>
          {props.lead !== undefined && (
            <div class="max-w-md text-pretty text-muted">{props.lead}</div>
          )}
        </header>
        {props.children}
      </main>
      {isMenuOpen && (
        <Dialog title={sharedText.value.theme} onClose={() => setMenuOpen(false)}>
          <AppearanceFields />
        </Dialog>
      )}
      <ToastHost />
    </div>
  );
}
