import { CircleStop, HeartPulse, ShieldCheck, ShieldQuestion, ShieldX } from 'lucide';
import type { IconNode } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

import type { Failure } from '../../../../src/console/api/common.ts';
import type { VaultCare } from '../../../../src/console/api/care-api.ts';
import { deleteJson, postJson, toFailure } from '../../shared/api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card, Skeleton } from '../../shared/components/card.tsx';
import { RelativeTime } from '../../shared/components/figures.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { useFollowed } from '../follow.ts';
import { copiesText } from '../i18n/text.ts';
import { CheckProgressBar } from './check-progress.tsx';
import { CheckOutcomeView } from './check-outcome.tsx';
import { CareFacts } from './care-facts.tsx';

/** Whether the vault is whole: by the last check and the reading in the background; and a check from here. */
export function CheckCard({ version }: { version: number | undefined }) {
  const text = copiesText.value;
  const { data, failure, refresh } = useFollowed<VaultCare>('/api/check', version);
  return (
    <Card title={text.check}>
      {failure !== null && <FailureAlert failure={failure} onRetry={refresh} />}
      {data === null ? (
        failure === null && <Skeleton lines={3} class="h-24" />
      ) : (
        <div class="flex flex-col gap-4">
          <LastCheck care={data} />
          {data.outcome !== null && <CheckOutcomeView outcome={data.outcome} />}
          <CareFacts care={data} />
          <CheckNow care={data} onChanged={refresh} />
        </div>
      )}
    </Card>
  );
}

function LastCheck({ care: { lastCheck, outcome } }: { care: VaultCare }) {
  const text = copiesText.value;
  if (lastCheck === null) {
    return (
      <Verdict icon={ShieldQuestion} look="bg-base-300" title={text.checkNever}>
        {text.checkNeverText}
      </Verdict>
    );
  }
  return (
    <Verdict
      icon={lastCheck.ok ? ShieldCheck : ShieldX}
      look={lastCheck.ok ? 'bg-good-soft text-success' : 'bg-bad-soft text-error'}
      title={lastCheck.ok ? text.checkOk : text.checkBad}
    >
      <RelativeTime ms={lastCheck.timeMs} /> ·{' '}
      {lastCheck.readData ? text.checkRead : text.checkQuick}
      {!lastCheck.ok && (outcome?.damagedTotal ?? 0) === 0 && (
        <span class="mt-1 block">
          {text.checkBadText(lastCheck.damagedRecords, lastCheck.damagedSnapshots)}
        </span>
      )}
    </Verdict>
  );
}

/** The button, or how far it is. */
function CheckNow({ care, onChanged }: { care: VaultCare; onChanged: () => void }) {
  const text = copiesText.value;
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const act = async (what: () => Promise<unknown>) => {
    setBusy(true);
    setFailure(null);
    try {
      await what();
    } catch (error) {
      setFailure(toFailure(error));
    } finally {
      setBusy(false);
      onChanged();
    }
  };
  return (
    <div class="flex flex-col items-start gap-3 border-t border-line pt-4">
      {failure !== null && <FailureAlert failure={failure} />}
      {care.progress !== null ? (
        <>
          <CheckProgressBar progress={care.progress} isHealing={care.isHealing} />
          <Button
            icon={CircleStop}
            busy={isBusy}
            onClick={() => void act(() => deleteJson('/api/check'))}
          >
            {text.checkStop}
          </Button>
        </>
      ) : care.isChecking ? (
        <p class="text-sm">{text.checkElsewhere}</p>
      ) : (
        <>
          <Button
            icon={HeartPulse}
            busy={isBusy}
            onClick={() => void act(() => postJson('/api/check'))}
          >
            {text.checkNow}
          </Button>
          <p class="text-xs text-muted">{text.checkNowText}</p>
        </>
      )}
    </div>
  );
}

function Verdict(props: {
  icon: IconNode;
  look: string;
  title: string;
  children: ComponentChildren;
}) {
  return (
    <div class="flex items-start gap-3">
      <span class={`grid size-10 shrink-0 place-items-center rounded-xl ${props.look}`}>
        <Icon of={props.icon} size={20} />
      </span>
      <div class="min-w-0">
        <p class="font-semibold">{props.title}</p>
        <p class="text-sm text-muted">{props.children}</p>
      </div>
    </div>
  );
}
