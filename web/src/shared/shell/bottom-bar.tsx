import { Ellipsis } from 'lucide';
import { useState } from 'preact/hooks';

import { Dialog } from '../components/dialog.tsx';
import { Icon } from '../components/icon.tsx';
import { sharedText } from '../i18n/text.ts';
import { Badge } from './nav-item.tsx';
import type { NavItem } from './nav-item.tsx';

/** More would be too narrow to read and to touch at 360 px. */
const MOST_IN_BAR = 5;
const BAR_ITEM =
  'relative flex h-15 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 px-0.5 text-2xs text-muted focus-visible:outline-offset-[-3px] aria-[current]:font-semibold aria-[current]:text-primary';

/** The navigation of small screens; what does not fit is behind the last one. */
export function BottomBar(props: {
  nav: readonly NavItem[];
  current: NavItem | undefined;
  label: string;
}) {
  const text = sharedText.value;
  const [isOpen, setOpen] = useState(false);
  const fits = props.nav.length <= MOST_IN_BAR;
  const inBar = fits ? props.nav : props.nav.slice(0, MOST_IN_BAR - 1);
  const rest = props.nav.slice(inBar.length);
  const isInRest = props.current !== undefined && rest.includes(props.current);
  return (
    <nav
      aria-label={props.label}
      class="fixed inset-x-0 bottom-0 z-20 flex border-t border-line bg-base-100 pb-[env(safe-area-inset-bottom)] side:hidden"
    >
      {inBar.map((item) => (
        <a
          key={item.href}
          href={item.href}
          aria-current={item === props.current ? 'page' : undefined}
          class={BAR_ITEM}
        >
          <Icon of={item.icon} size={20} />
          <span class="max-w-full truncate">{item.label}</span>
        </a>
      ))}
      {!fits && (
        <button
          type="button"
          aria-haspopup="dialog"
          aria-current={isInRest ? 'true' : undefined}
          class={BAR_ITEM}
          onClick={() => setOpen(true)}
        >
          <Icon of={Ellipsis} size={20} />
          <span class="max-w-full truncate">{text.more}</span>
        </button>
      )}
      {isOpen && (
        <Dialog title={text.more} onClose={() => setOpen(false)}>
          <ul class="flex flex-col gap-1">
            {rest.map((item) => (
              <li key={item.href}>
                <a
                  href={item.href}
                  class="row-button"
                  aria-current={item === props.current ? 'page' : undefined}
                  onClick={() => setOpen(false)}
                >
                  <Icon of={item.icon} />
                  <span class="flex-1">{item.label}</span>
                  <Badge count={item.badge} />
                </a>
              </li>
            ))}
          </ul>
        </Dialog>
      )}
    </nav>
  );
}
