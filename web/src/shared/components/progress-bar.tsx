import { formatPercent, share } from '../format.ts';
import type { Tone } from './state-pill.tsx';

const COLOURS: Readonly<Record<Tone, string>> = {
  good: '',
  active: 'bar-active',
  warn: 'bar-warn',
  bad: 'bar-bad',
  idle: '',
};

/** How far something is. Without a total it moves to and fro. */
export function ProgressBar(props: {
  /** What it is that gets on; for screen readers. */
  label: string;
  done: number;
  total: number;
  /** In words; else the percentage. */
  text?: string;
  tone?: Tone;
  slim?: boolean;
  /** The whole is not known. */
  unknown?: boolean;
}) {
  const part = share(props.done, props.total);
  const isUnknown = props.unknown === true;
  return (
    <div
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={isUnknown ? undefined : Math.floor(part * 100)}
      aria-valuetext={
        isUnknown ? undefined : (props.text ?? formatPercent(props.done, props.total))
      }
      data-unknown={isUnknown || undefined}
      class={`bar ${props.slim === true ? 'bar-slim' : ''} ${COLOURS[props.tone ?? 'good']}`}
    >
      <span style={isUnknown ? undefined : { transform: `scaleX(${part.toFixed(4)})` }} />
    </div>
  );
}
