import type { Task } from '../../../../src/console/api/client-api.ts';
import { Card } from '../../shared/components/card.tsx';
import { sharedText } from '../../shared/i18n/text.ts';
import { CopyRow } from '../../shared/transfer/copy-row.tsx';
import { taskText } from '../i18n/text.ts';
import { hasEnded } from '../state.ts';

/** The asked copies: who, how far, and in what state. */
export function DestinationsCard({ task }: { task: Task }) {
  const text = taskText.value;
  const asked = task.request.kind === 'backup' ? task.request.copies : 0;
  const verified = task.copies.filter(({ state }) => state === 'verified').length;
  return (
    <Card title={text.destinations} flush>
      <p class="px-5 text-sm text-muted first-letter:uppercase">
        {sharedText.value.copiesVerified(verified, asked)}
      </p>
      {task.copies.length === 0 ? (
        <p class="px-5 pt-2 pb-5 text-sm text-muted">{!hasEnded(task) && text.destinationsWait}</p>
      ) : (
        <ul class="mt-3 divide-y divide-line border-t border-line">
          {task.copies.map((copy) => (
            <li key={copy.destination} class="px-5 py-3.5">
              <CopyRow copy={copy} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
