import { ChevronRight } from 'lucide';
import type { ComponentChildren } from 'preact';

import { Icon } from '../../shared/components/icon.tsx';
import { sharedText } from '../../shared/i18n/text.ts';

/** What few people need, folded away. */
export function AdvancedFold({ children }: { children: ComponentChildren }) {
  return (
    <details class="group">
      <summary class="-ms-1 flex min-h-8 w-fit list-none items-center gap-1 rounded px-1 text-sm font-medium text-muted hover:text-base-content max-side:min-h-10">
        <Icon of={ChevronRight} size={16} class="group-open:rotate-90" />
        {sharedText.value.advanced}
      </summary>
      <div class="flex flex-col gap-5 pt-4">{children}</div>
    </details>
  );
}
