import { ArrowRight, Coffee } from 'lucide';

import type { CopyMatrix, HubState } from '../../../../src/console/api/hub-api.ts';
import { Card, EmptyState } from '../../shared/components/card.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { Page } from '../../shared/shell/page.tsx';
import { useFollowed } from '../follow.ts';
import { hubText, liveText } from '../i18n/text.ts';
import { CopiesCard } from '../overview/copies-card.tsx';
import { HubFigures } from '../overview/figures.tsx';
import { HeldCard } from '../overview/held-card.tsx';
import { ListeningCard } from '../overview/listening-card.tsx';
import { RunRow } from '../runs/run-row.tsx';
import { RunsAnnouncer } from '../runs/runs-announcer.tsx';
import { hubState } from '../state.ts';

const RUNS_SHOWN = 4;

export function OverviewPage() {
  const state = hubState.value;
  const matrix = useFollowed<CopyMatrix>('/api/copies', state?.historyVersion);
  if (state === null) return null;
  return (
    <Page title={hubText.value.navOverview}>
      <HubFigures state={state} />
      <div class="grid items-start gap-4 side:gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] xl:grid-cols-[minmax(0,1fr)_22rem]">
        <div class="flex min-w-0 flex-col gap-4 side:gap-6">
          <HeldCard count={state.held} version={state.historyVersion} />
          <CopiesCard matrix={matrix} />
        </div>
        <div class="flex min-w-0 flex-col gap-4 side:gap-6">
          <ListeningCard state={state} />
          <RunsNow state={state} />
        </div>
      </div>
      <RunsAnnouncer />
    </Page>
  );
}

function RunsNow({ state }: { state: HubState }) {
  const text = liveText.value;
  return (
    <Card
      title={text.runsNow}
      flush
      aside={
        state.runsTotal > RUNS_SHOWN && (
          <a href="/runs" class="link inline-flex items-center gap-1 text-sm">
            {text.toRuns}
            <Icon of={ArrowRight} size={16} />
          </a>
        )
      }
    >
      {state.runs.length === 0 ? (
        <EmptyState icon={Coffee} title={text.runsEmpty} text={text.runsEmptyText} />
      ) : (
        <ul class="divide-y divide-line">
          {state.runs.slice(0, RUNS_SHOWN).map((run) => (
            <li key={run.run}>
              <RunRow run={run} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
