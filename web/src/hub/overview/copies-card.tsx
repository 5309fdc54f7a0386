import { ArrowRight, ShieldAlert, ShieldCheck, UserPlus } from 'lucide';

import type { CopyMatrix } from '../../../../src/console/api/hub-api.ts';
import { Button } from '../../shared/components/button.tsx';
import { Card, EmptyState, Skeleton } from '../../shared/components/card.tsx';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { CopyCountPill } from '../copies/copy-words.tsx';
import { SetWarning } from '../copies/set-head.tsx';
import { SetName } from '../copies/set-name.tsx';
import type { Followed } from '../follow.ts';
import { copiesText, liveText } from '../i18n/text.ts';

type SetLine = CopyMatrix['sets'][number];

/** As many fit on a first look; warnings come first. */
const SHOWN = 6;

/** The answer to the question that a hub is there for, at a glance. */
export function CopiesCard({ matrix }: { matrix: Followed<CopyMatrix> }) {
  const text = liveText.value;
  const sets = matrix.data?.sets;
  return (
    <Card
      title={text.question}
      aside={
        sets !== undefined &&
        sets.length > 0 && (
          <a href="/copies" class="link inline-flex items-center gap-1 text-sm">
            {text.toCopies}
            <Icon of={ArrowRight} size={16} />
          </a>
        )
      }
    >
      {matrix.failure !== null && (
        <FailureAlert failure={matrix.failure} onRetry={matrix.refresh} />
      )}
      {sets === undefined ? (
        matrix.failure === null && <Skeleton lines={4} class="h-12" />
      ) : sets.length === 0 ? (
        <EmptyState
          icon={UserPlus}
          title={text.noSets}
          text={text.noSetsText}
          action={
            <Button look="primary" href="/people">
              {text.invite}
            </Button>
          }
        />
      ) : (
        <Answer sets={sets} />
      )}
    </Card>
  );
}

function Answer({ sets }: { sets: readonly SetLine[] }) {
  const text = liveText.value;
  const lacking = sets.filter(({ warning }) => warning !== null);
  const isGood = lacking.length === 0;
  const shown = [...lacking, ...sets.filter(({ warning }) => warning === null)].slice(0, SHOWN);
  return (
    <>
      <p
        class={`flex items-start gap-3 rounded-xl p-4 font-semibold ${isGood ? 'bg-good-soft text-success' : 'bg-warn-soft text-warning'}`}
        role="status"
      >
        <Icon of={isGood ? ShieldCheck : ShieldAlert} size={22} />
        <span class="text-base-content">
          {isGood ? text.allGood(sets.length) : text.someLack(lacking.length, sets.length)}
        </span>
      </p>
      <ul class="mt-2 divide-y divide-line">
        {shown.map((set) => (
          <li
            key={`${set.key.user}\n${set.key.host}\n${set.key.set}`}
            class="flex items-center justify-between gap-4 py-3 last:pb-0"
          >
            <div class="flex min-w-0 flex-col gap-1">
              <SetName of={set.key} />
              <SetWarning set={set} />
            </div>
            <CopyCountPill set={set} />
          </li>
        ))}
      </ul>
      {sets.length > SHOWN && (
        <p class="mt-3 text-xs text-muted">{copiesText.value.moreSets(sets.length - SHOWN)}</p>
      )}
    </>
  );
}
