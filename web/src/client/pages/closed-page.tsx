import { Terminal } from 'lucide';

import { Card } from '../../shared/components/card.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { FrontPage } from '../../shared/shell/front-page.tsx';
import { clientText } from '../i18n/text.ts';

/** This browser has no session: only the program itself can open one. */
export function ClosedPage() {
  const text = clientText.value;
  return (
    <FrontPage title={text.closedTitle} lead={text.closedText}>
      <Card>
        <p class="flex items-center gap-3">
          <Icon of={Terminal} class="text-primary" />
          <code class="font-mono text-sm select-all">rbbackup gui</code>
        </p>
      </Card>
    </FrontPage>
  );
}
