import {
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleX,
  ClockArrowDown,
  Download,
  Unplug,
} from 'lucide';
import type { IconNode } from 'lucide';
import type { ComponentChildren } from 'preact';

import type { CopyState } from '../../../../src/console/api/common.ts';
import { sharedText } from '../i18n/text.ts';
import { Icon } from './icon.tsx';

export type Tone = 'good' | 'active' | 'warn' | 'bad' | 'idle';

const LOOKS: Readonly<Record<Tone, string>> = {
  good: 'bg-good-soft text-success',
  active: 'bg-active-soft text-info',
  warn: 'bg-warn-soft text-warning',
  bad: 'bg-bad-soft text-error',
  idle: 'bg-base-300 text-base-content',
};

/** A state: an icon and a word; the colour only repeats them. */
export function StatePill(props: { tone: Tone; icon?: IconNode; children: ComponentChildren }) {
  return (
    <span
      class={`inline-flex w-fit items-center gap-1.5 rounded-full py-0.5 ps-2 pe-2.5 text-xs font-semibold whitespace-nowrap ${LOOKS[props.tone]}`}
    >
      <Icon of={props.icon ?? CircleDot} size={14} />
      {props.children}
    </span>
  );
}

const COPY_TONES: Readonly<Record<CopyState, { tone: Tone; icon: IconNode }>> = {
  waiting: { tone: 'idle', icon: CircleDashed },
  receiving: { tone: 'active', icon: Download },
  behind: { tone: 'warn', icon: ClockArrowDown },
  verified: { tone: 'good', icon: CircleCheck },
  failed: { tone: 'bad', icon: CircleX },
  gone: { tone: 'bad', icon: Unplug },
};

/** The colour of a copy's bar and pill. */
export function copyTone(state: CopyState): Tone {
  return COPY_TONES[state].tone;
}

/** A copy's state, in the words of the command line. */
export function copyWord(state: CopyState): string {
  const text = sharedText.value;
  return {
    waiting: text.copyWaiting,
    receiving: text.copyReceiving,
    behind: text.copyBehind,
    verified: text.copyVerified,
    failed: text.copyFailedState,
    gone: text.copyGone,
  }[state];
}

export function CopyStatePill({ state }: { state: CopyState }) {
  const { tone, icon } = COPY_TONES[state];
  return (
    <StatePill tone={tone} icon={icon}>
      {copyWord(state)}
    </StatePill>
  );
}
