import { Copy, DatabaseBackup, Hourglass, ListOrdered, Play } from 'lucide';
import type { IconNode } from 'lucide';

import type { RunLine } from '../../../../src/console/api/hub-api.ts';
import { StatePill } from '../../shared/components/state-pill.tsx';
import type { Tone } from '../../shared/components/state-pill.tsx';
import { sharedText } from '../../shared/i18n/text.ts';
import { nameText } from '../../shared/show-name.tsx';
import { liveText } from '../i18n/text.ts';

const PHASES: Readonly<Record<RunLine['phase'], { tone: Tone; icon: IconNode }>> = {
  waiting: { tone: 'idle', icon: Hourglass },
  queued: { tone: 'idle', icon: ListOrdered },
  live: { tone: 'active', icon: Play },
  committing: { tone: 'active', icon: DatabaseBackup },
  committed: { tone: 'active', icon: Copy },
};

export function PhasePill({ run }: { run: RunLine }) {
  const { tone, icon } = PHASES[run.phase];
  return (
    <StatePill tone={tone} icon={icon}>
      {liveText.value.phases[run.phase]}
    </StatePill>
  );
}

/** For sentences and labels. */
export function runTitle({ key }: RunLine): string {
  return nameText(`${key.user}@${key.host}:${key.set}`);
}

/** How many copies it has, or how many are there to take them. */
export function copiesLine(run: RunLine): string {
  const text = sharedText.value;
  if (run.needed === 0 && run.copies.length === 0) return '';
  if (run.phase === 'waiting') return text.destinationsConnected(run.connected, run.needed);
  const verified = run.copies.filter(({ state }) => state === 'verified').length;
  return text.copiesVerified(verified, Math.max(run.needed, run.copies.length));
}
