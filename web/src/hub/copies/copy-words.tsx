import { CircleCheck, CircleX, TriangleAlert } from 'lucide';

import { StatePill } from '../../shared/components/state-pill.tsx';
import type { Tone } from '../../shared/components/state-pill.tsx';
import { copiesText } from '../i18n/text.ts';
import { hubState } from '../state.ts';
import type { SetLine } from './copy-table.ts';

const ICONS = { good: CircleCheck, warn: TriangleAlert, bad: CircleX } as const;

/** What is wrong with its copies, or that this is only because they are on their way; null: nothing. */
export function warningText(set: SetLine): string | null {
  const text = copiesText.value;
  if (isFirstUnderWay(set)) return text.firstUnderWay;
  return set.warning === null ? null : text.warnings[set.warning];
}

function isFirstUnderWay({ key, warning }: SetLine): boolean {
  if (warning !== 'never') return false;
  const runs = hubState.value?.runs ?? [];
  return runs.some(
    (run) => run.key.user === key.user && run.key.host === key.host && run.key.set === key.set,
  );
}

/** How bad it is. */
export function setTone(set: SetLine): Tone & keyof typeof ICONS {
  const { warning } = set;
  if (warning === null) return 'good';
  if (isFirstUnderWay(set)) return 'warn';
  return warning === 'none' || warning === 'never' ? 'bad' : 'warn';
}

/** "2 of 3 copies". */
export function CopyCountPill({ set }: { set: SetLine }) {
  const text = copiesText.value;
  const tone = setTone(set);
  const isHubOnly = set.asked === 0 && set.verified === 0 && set.warning === null;
  return (
    <StatePill tone={tone} icon={ICONS[tone]}>
      {isHubOnly ? text.hubOnly : text.copiesOf(set.verified, set.asked)}
    </StatePill>
  );
}
