import { useEffect, useState } from 'preact/hooks';

import { formatPercent } from '../../shared/format.ts';
import { liveText } from '../i18n/text.ts';
import { hubState } from '../state.ts';

/** So that who listens is told, and not talked down. */
const PERIOD_MS = 10_000;

function sentence(): string {
  const state = hubState.peek();
  if (state === null || state.runsTotal === 0) return '';
  let done = 0;
  let total = 0;
  for (const { progress } of state.runs) {
    done += progress?.bytes ?? 0;
    total += progress?.total ?? 0;
  }
  return liveText.peek().announceRuns(state.runsTotal, formatPercent(done, total));
}

/** Tells screen readers how far the runs are, every ten seconds at most. */
export function RunsAnnouncer() {
  const [said, setSaid] = useState('');
  useEffect(() => {
    const timer = setInterval(() => setSaid(sentence()), PERIOD_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="sr-only" role="status" aria-live="polite">
      {said}
    </p>
  );
}
