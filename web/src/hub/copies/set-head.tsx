import { RelativeTime } from '../../shared/components/figures.tsx';
import { formatBytes } from '../../shared/format.ts';
import { sharedText } from '../../shared/i18n/text.ts';
import { copiesText, liveText } from '../i18n/text.ts';
import { CopyCountPill, setTone, warningText } from './copy-words.tsx';
import type { SetLine } from './copy-table.ts';
import { SetName } from './set-name.tsx';

/** A sentence, if something is wrong with its copies. */
export function SetWarning({ set }: { set: SetLine }) {
  const words = warningText(set);
  if (words === null) return null;
  const ink = setTone(set) === 'bad' ? 'text-error' : 'text-warning';
  return <p class={`text-xs font-medium ${ink}`}>{words}</p>;
}

/** A backup: its name, its newest snapshot, how many good copies, and what is wrong with them. */
export function SetHead({ set }: { set: SetLine }) {
  const text = copiesText.value;
  const { latest } = set;
  return (
    <div class="flex min-w-0 flex-col gap-2 text-start font-normal">
      <div class="flex flex-wrap items-start justify-between gap-x-3 gap-y-1.5">
        <SetName of={set.key} />
        <CopyCountPill set={set} />
      </div>
      <p class="text-xs text-muted">
        {latest === null ? (
          text.noSnapshot
        ) : (
          <>
            <RelativeTime ms={latest.timeMs} /> · {sharedText.value.files(latest.files)} ·{' '}
            {formatBytes(latest.bytes)} · {text.snapshots(set.snapshots)}
          </>
        )}
        {latest?.held === true && (
          <strong class="block font-semibold text-warning">{liveText.value.heldBack}</strong>
        )}
        {latest?.damaged === true && (
          <strong class="block font-semibold text-error">{text.damaged}</strong>
        )}
      </p>
      <SetWarning set={set} />
    </div>
  );
}
