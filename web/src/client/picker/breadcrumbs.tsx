import { ChevronRight } from 'lucide';

import type { Path } from '../../../../src/console/api/common.ts';
import { Icon } from '../../shared/components/icon.tsx';
import { showName } from '../../shared/show-name.tsx';
import { clientText } from '../i18n/text.ts';

/** Each folder above the one that is shown. */
export function Breadcrumbs({ path, onOpen }: { path: Path; onOpen: (path: Path) => void }) {
  const crumbs = crumbsOf(path);
  return (
    <nav aria-label={clientText.value.pathLabel}>
      <ol class="flex flex-wrap items-center text-sm">
        {crumbs.map(({ name, at }, index) => (
          <li key={at.path} class="flex min-w-0 items-center">
            {index > 1 && <Icon of={ChevronRight} size={14} class="text-muted" />}
            <button
              type="button"
              class="max-w-48 min-w-6 truncate rounded-md px-1.5 py-1 hover:bg-hover aria-[current]:font-semibold"
              aria-current={index === crumbs.length - 1 ? 'location' : undefined}
              onClick={() => onOpen(at)}
            >
              {showName(name)}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

type Crumb = { readonly name: Path; readonly at: Path };

/** By the exact bytes where there are any: `/` is one byte in all of them. */
function crumbsOf(path: Path): Crumb[] {
  const bytes = path.pathBytes === undefined ? null : atob(path.pathBytes);
  const parts = (bytes ?? path.path).split('/').filter((part) => part !== '');
  const make = (text: string): Path =>
    bytes === null ? { path: text } : { path: text, pathBytes: btoa(text) };
  const crumbs: Crumb[] = [{ name: { path: '/' }, at: { path: '/' } }];
  let whole = '';
  for (const part of parts) {
    whole += `/${part}`;
    crumbs.push({ name: make(part), at: make(whole) });
  }
  const last = crumbs.at(-1);
  if (last !== undefined && crumbs.length > 1) crumbs[crumbs.length - 1] = { ...last, at: path };
  return crumbs;
}
