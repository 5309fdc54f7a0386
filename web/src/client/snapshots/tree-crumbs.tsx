import { ChevronRight, House } from 'lucide';
import { useEffect, useRef } from 'preact/hooks';

import type { Path } from '../../../../src/console/api/common.ts';
import { Icon } from '../../shared/components/icon.tsx';
import { showName } from '../../shared/show-name.tsx';
import { snapshotsText } from './i18n/text.ts';
import { ROOT, pathId, stepsTo } from './tree-path.ts';

/** Each folder on the way to the one that is shown. */
export function TreeCrumbs({ path, hrefOf }: { path: Path; hrefOf: (path: Path) => string }) {
  const text = snapshotsText.value;
  const steps = stepsTo(path);
  const list = useRef<HTMLOListElement>(null);
  const shown = useRef(pathId(path));
  useEffect(() => {
    if (shown.current === pathId(path)) return;
    shown.current = pathId(path);
    // The link that led here is gone: whoever goes on by keyboard is where the page says what it shows.
    if (document.activeElement === document.body) {
      list.current?.querySelector<HTMLElement>('[aria-current]')?.focus({ preventScroll: true });
    }
  });
  const look =
    'flex min-h-9 items-center rounded-md px-1.5 hover:bg-hover aria-[current]:font-semibold';
  return (
    <nav aria-label={text.path} class="min-w-0">
      <ol ref={list} class="flex flex-wrap items-center text-sm">
        <li>
          <a
            href={hrefOf(ROOT)}
            class={`${look} gap-1.5`}
            aria-current={steps.length === 0 ? 'location' : undefined}
          >
            <Icon of={House} size={16} />
            <span class={steps.length > 0 ? 'max-lg:sr-only' : ''}>{text.topFolder}</span>
          </a>
        </li>
        {steps.map(({ name, at }, index) => (
          <li key={pathId(at)} class="flex min-w-0 items-center">
            <Icon of={ChevronRight} size={14} class="text-muted" />
            <a
              href={hrefOf(at)}
              class={`${look} max-w-56`}
              aria-current={index === steps.length - 1 ? 'location' : undefined}
            >
              <span class="truncate">{showName(name)}</span>
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}
