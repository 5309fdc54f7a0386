import { Coffee } from 'lucide';

import { Card, EmptyState } from '../../shared/components/card.tsx';
import { Page } from '../../shared/shell/page.tsx';
import { hubText, liveText } from '../i18n/text.ts';
import { Lately } from '../runs/lately.tsx';
import { RunCard } from '../runs/run-card.tsx';
import { RunsAnnouncer } from '../runs/runs-announcer.tsx';
import { hubState } from '../state.ts';

/** What is on its way, live, and what came of the last. */
export function RunsPage() {
  const text = liveText.value;
  const state = hubState.value;
  if (state === null) return null;
  const { runs, runsTotal } = state;
  return (
    <Page title={hubText.value.navRuns} lead={text.runsLead}>
      {runs.length === 0 ? (
        <Card>
          <EmptyState icon={Coffee} title={text.runsEmpty} text={text.runsEmptyText} />
        </Card>
      ) : (
        runs.map((run) => <RunCard key={run.run} run={run} />)
      )}
      {runsTotal > runs.length && (
        <p class="text-sm text-muted">{text.runsShown(runs.length, runsTotal)}</p>
      )}
      <Lately version={state.historyVersion} />
      <RunsAnnouncer />
    </Page>
  );
}
