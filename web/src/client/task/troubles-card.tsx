import { useState } from 'preact/hooks';

import type { Task } from '../../../../src/console/api/client-api.ts';
import { failureWords, messageText } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { sharedText } from '../../shared/i18n/text.ts';
import { PathLine } from '../../shared/show-name.tsx';
import { taskText } from '../i18n/text.ts';

const FIRST = 8;

/** What was left out, and why. Nothing if nothing was. */
export function TroublesCard({ task }: { task: Task }) {
  const text = taskText.value;
  const [showsAll, setShowsAll] = useState(false);
  if (task.troublesTotal === 0) return null;
  const shown = showsAll ? task.troubles : task.troubles.slice(0, FIRST);
  const rest = task.troublesTotal - shown.length;
  return (
    <Card title={text.skipped} flush>
      <p class="px-5 pb-3 text-sm text-muted">{text.skippedText(task.troublesTotal)}</p>
      <ul class="divide-y divide-line border-t border-line">
        {shown.map(({ path, code, message }, index) => (
          <li key={index} class="px-5 py-2.5 text-sm">
            <PathLine path={path} />
            <p class="text-xs text-muted" title={messageText(message)}>
              {failureWords({ code, message }).title}. {failureWords({ code, message }).advice}
            </p>
          </li>
        ))}
      </ul>
      {rest > 0 && (
        <div class="flex items-center gap-3 border-t border-line px-5 py-2.5 text-sm text-muted">
          <span>{text.skippedMore(rest)}</span>
          {!showsAll && task.troubles.length > FIRST && (
            <Button look="quiet" size="small" onClick={() => setShowsAll(true)}>
              {sharedText.value.more}
            </Button>
          )}
        </div>
      )}
    </Card>
  );
}
