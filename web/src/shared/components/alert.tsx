import { CircleAlert, CircleCheck, Info, RotateCcw, TriangleAlert } from 'lucide';
import type { ComponentChildren } from 'preact';

import type { Failure } from '../../../../src/console/api/common.ts';
import { failureText, sharedText } from '../i18n/text.ts';
import type { FailureWords } from '../i18n/failures-en.ts';
import { nameText } from '../show-name.tsx';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

const TONES = {
  good: { icon: CircleCheck, look: 'bg-good-soft', ink: 'text-success' },
  info: { icon: Info, look: 'bg-active-soft', ink: 'text-info' },
  warn: { icon: TriangleAlert, look: 'bg-warn-soft', ink: 'text-warning' },
  bad: { icon: CircleAlert, look: 'bg-bad-soft', ink: 'text-error' },
} as const;

/** Something worth knowing, in its place on the page. `bad` and `warn` are told to screen readers when they appear. */
export function Alert(props: {
  tone: keyof typeof TONES;
  title?: ComponentChildren;
  /** Buttons. */
  actions?: ComponentChildren;
  children?: ComponentChildren;
  class?: string;
}) {
  const { icon, look, ink } = TONES[props.tone];
  return (
    <div
      role={props.tone === 'bad' ? 'alert' : 'status'}
      class={`flex items-start gap-3 rounded-xl p-4 text-sm ${look} ${props.class ?? ''}`}
    >
      <Icon of={icon} size={20} class={ink} />
      <div class="min-w-0 flex-1">
        {props.title !== undefined && <p class="font-semibold">{props.title}</p>}
        {props.children}
        {props.actions !== undefined && (
          <div class="mt-3 flex flex-wrap gap-2">{props.actions}</div>
        )}
      </div>
    </div>
  );
}

/** What happened and what to do, by the failure's code; a code that is not known speaks for itself. */
export function failureWords(failure: Failure): FailureWords {
  const texts: Readonly<Record<string, FailureWords>> = failureText.value;
  return texts[failure.code] ?? texts['internal'] ?? { title: failure.code, advice: '' };
}

/** What failed, what to do, and what the program says of it in English. */
export function FailureAlert(props: {
  failure: Failure;
  /** For an end that is no fault, such as being stopped. */
  tone?: 'bad' | 'warn';
  onRetry?: () => void;
  actions?: ComponentChildren;
}) {
  const { title, advice } = failureWords(props.failure);
  const text = sharedText.value;
  return (
    <Alert
      tone={props.tone ?? 'bad'}
      title={title}
      actions={
        props.onRetry === undefined ? (
          props.actions
        ) : (
          <>
            <Button size="small" icon={RotateCcw} onClick={props.onRetry}>
              {text.tryAgain}
            </Button>
            {props.actions}
          </>
        )
      }
    >
      <p>{advice}</p>
      <p class="mt-1.5 text-xs text-muted">
        {text.programSays} <bdi lang="en">{messageText(props.failure.message)}</bdi>
      </p>
    </Alert>
  );
}

/** Names in messages are escaped by whoever wrote them: a backslash stays as it is. */
export function messageText(message: string): string {
  return nameText(message).replaceAll('\\\\', '\\');
}
