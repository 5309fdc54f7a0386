import { LoaderCircle, SlidersHorizontal } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';

import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Icon } from '../components/icon.tsx';
import { ToastHost } from '../components/toast.tsx';
import type { LinkState } from '../events.ts';
import { sharedText } from '../i18n/text.ts';
import { AppearanceFields } from './appearance.tsx';
import { BottomBar } from './bottom-bar.tsx';
import { Brand } from './brand.tsx';
import { useLostLink } from './lost-link.ts';
import { Badge } from './nav-item.tsx';
import type { NavItem } from './nav-item.tsx';

type Props = {
  /** Under the brand: which hub, who. */
  subtitle: ComponentChildren;
  nav: readonly NavItem[];
  link: LinkState;
  /** At the foot of the sidebar. */
  foot?: ComponentChildren;
  children: ComponentChildren;
};

/** The frame of every page: a sidebar from 900 px on, below that a bar at the top and one at the bottom. */
export function Shell({ subtitle, nav, link, foot, children }: Props) {
  const text = sharedText.value;
  const { path } = useLocation();
  const [isMenuOpen, setMenuOpen] = useState(false);
  const current = currentItem(nav, path);
  const openMenu = () => setMenuOpen(true);
  return (
    <div class="min-h-dvh side:grid side:grid-cols-[15.5rem_minmax(0,1fr)]">
      <a href="#content" class="skip-link btn btn-primary">
        {text.skipToContent}
      </a>
      <aside class="sticky top-0 hidden h-dvh flex-col gap-6 border-e border-line px-3 py-5 side:flex">
        <div class="px-3">
          <Brand />
          <div class="mt-1 text-xs text-muted">{subtitle}</div>
        </div>
        <nav
          aria-label={text.navigation}
          class="flex flex-1 flex-col gap-0.5 overflow-y-auto p-0.5"
        >
          {nav.map((item) => (
            <a
              key={item.href}
              href={item.href}
              class="row-button text-sm"
              aria-current={item === current ? 'page' : undefined}
            >
              <Icon of={item.icon} />
              <span class="flex-1">{item.label}</span>
              <Badge count={item.badge} />
            </a>
          ))}
        </nav>
        <div class="flex flex-col gap-2 px-0.5">
          {foot}
          <button type="button" class="row-button text-sm text-muted" onClick={openMenu}>
            <Icon of={SlidersHorizontal} />
            {text.theme}
          </button>
        </div>
      </aside>
      <div class="flex min-h-dvh min-w-0 flex-col pb-16 side:pb-0">
        <header class="sticky top-0 z-20 flex items-center justify-between gap-3 border-b border-line bg-base-200 px-4 py-2 side:hidden">
          <div class="flex min-w-0 items-baseline gap-2.5">
            <Brand />
            <div class="min-w-0 truncate text-xs text-muted">{subtitle}</div>
          </div>
          <Button look="quiet" icon={SlidersHorizontal} label={text.theme} onClick={openMenu} />
        </header>
        <LostBanner link={link} />
        <main
          id="content"
          tabIndex={-1}
          class="mx-auto w-full max-w-[75rem] flex-1 px-4 py-6 sm:px-6 side:px-10 side:py-9"
        >
          {children}
        </main>
      </div>
      <BottomBar nav={nav} current={current} label={text.navigation} />
      {isMenuOpen && (
        <Dialog title={text.theme} onClose={() => setMenuOpen(false)}>
          <AppearanceFields />
        </Dialog>
      )}
      <ToastHost />
    </div>
  );
}

function currentItem(nav: readonly NavItem[], path: string): NavItem | undefined {
  const fits = nav.filter(
    ({ href }) => path === href || (href !== '/' && path.startsWith(`${href}/`)),
  );
  return fits.toSorted((one, other) => other.href.length - one.href.length)[0];
}

/** Says that nobody answers, once that has lasted; the space is taken only then. */
function LostBanner({ link }: { link: LinkState }) {
  const isLost = useLostLink(link);
  return (
    <div role="status" aria-live="polite" class="sticky top-14 z-20 side:top-0">
      {isLost && (
        <p class="flex items-center justify-center gap-2 border-b border-line bg-warn-soft px-4 py-2 text-sm font-medium text-warning">
          <Icon of={LoaderCircle} size={16} class="spin" />
          {sharedText.value.noAnswerBanner}
        </p>
      )}
    </div>
  );
}
