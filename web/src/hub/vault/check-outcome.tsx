import type { CheckOutcome, DamagedSnapshot } from '../../../../src/console/api/care-api.ts';
import { Alert, FailureAlert } from '../../shared/components/alert.tsx';
import { formatTime } from '../../shared/format.ts';
import { nameText } from '../../shared/show-name.tsx';
import { SetName } from '../copies/set-name.tsx';
import { copiesText } from '../i18n/text.ts';

/** What came of the last check from here: what was fetched again, and which snapshots are damaged still. */
export function CheckOutcomeView({ outcome }: { outcome: CheckOutcome }) {
  const text = copiesText.value;
  const { problem, healedChunks, from, damaged, damagedTotal } = outcome;
  if (problem?.code === 'interrupted') return <p class="text-sm">{text.checkStopped}</p>;
  return (
    <>
      {problem !== null && <FailureAlert failure={problem} />}
      {healedChunks > 0 && (
        <Alert tone="good" title={text.healed(healedChunks)}>
          {text.healedFrom(from.map(nameText).join(', '))}
        </Alert>
      )}
      {damagedTotal > 0 && (
        <div>
          <h3 class="text-sm font-semibold text-error">{text.damagedNow(damagedTotal)}</h3>
          <p class="text-sm text-muted">{text.damagedHow}</p>
          <ul class="mt-2 divide-y divide-line">
            {damaged.map((snapshot) => (
              <li key={snapshot.id} class="py-2">
                <Damaged snapshot={snapshot} />
              </li>
            ))}
          </ul>
          {damagedTotal > damaged.length && (
            <p class="text-xs text-muted">{text.moreDamaged(damagedTotal - damaged.length)}</p>
          )}
        </div>
      )}
    </>
  );
}

function Damaged({ snapshot }: { snapshot: DamagedSnapshot }) {
  return (
    <>
      <SetName of={snapshot.key} />
      <p class="text-xs text-muted">
        {formatTime(snapshot.timeMs)} · {copiesText.value.problems(snapshot.problems)}
      </p>
    </>
  );
}
