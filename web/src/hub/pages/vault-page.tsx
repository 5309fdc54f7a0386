import type { VaultReport } from '../../../../src/console/api/hub-api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Card, Figure, Skeleton } from '../../shared/components/card.tsx';
import { formatBytes, formatRatio } from '../../shared/format.ts';
import { Page } from '../../shared/shell/page.tsx';
import { useFollowed } from '../follow.ts';
import { copiesText, hubText } from '../i18n/text.ts';
import { hubState } from '../state.ts';
import { CheckCard } from '../vault/check-card.tsx';
import { GrowthCard } from '../vault/growth-card.tsx';
import { SavingCard, WORTH_TELLING } from '../vault/saving-card.tsx';
import { SpaceCard } from '../vault/space-card.tsx';

/** What the hub itself keeps: how much, how it grows, and whether it is whole. */
export function VaultPage() {
  const text = copiesText.value;
  const { data, failure, refresh } = useFollowed<VaultReport>(
    '/api/vault',
    hubState.value?.historyVersion,
  );
  return (
    <Page title={hubText.value.navVault} lead={text.vaultLead}>
      {failure !== null && <FailureAlert failure={failure} onRetry={refresh} />}
      {data === null ? (
        failure === null && <Skeleton lines={3} class="h-40" />
      ) : (
        <>
          <Figures report={data} />
          <div class="grid items-start gap-4 side:gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
            <div class="flex min-w-0 flex-col gap-4 side:gap-6">
              <GrowthCard report={data} />
              <SavingCard report={data} />
            </div>
            <div class="flex min-w-0 flex-col gap-4 side:gap-6">
              <SpaceCard report={data} />
              <CheckCard version={hubState.value?.careVersion} />
            </div>
          </div>
        </>
      )}
    </Page>
  );
}

function Figures({ report }: { report: VaultReport }) {
  const text = copiesText.value;
  const ratio = report.standsForBytes / Math.max(1, report.storedBytes);
  return (
    <Card>
      <dl class="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3">
        <Figure label={text.kept} note={text.records(report.records)}>
          {formatBytes(report.storedBytes)}
        </Figure>
        <Figure label={text.standsFor} note={text.snapshots(report.snapshots)}>
          {formatBytes(report.standsForBytes)}
        </Figure>
        <Figure label={text.smaller}>
          {ratio < WORTH_TELLING ? '–' : text.times(formatRatio(ratio))}
        </Figure>
      </dl>
    </Card>
  );
}
