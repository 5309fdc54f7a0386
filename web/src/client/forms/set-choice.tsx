import { useEffect, useId, useState } from 'preact/hooks';

import type { SetLine } from '../../../../src/console/api/client-api.ts';
import type { Failure, SetKey } from '../../../../src/console/api/common.ts';
import { isAbort, toFailure } from '../../shared/api.ts';
import { Alert, FailureAlert } from '../../shared/components/alert.tsx';
import { Skeleton } from '../../shared/components/card.tsx';
import { RelativeTime } from '../../shared/components/figures.tsx';
import { formatBytes } from '../../shared/format.ts';
import { sharedText } from '../../shared/i18n/text.ts';
import { showName } from '../../shared/show-name.tsx';
import { visibleSets } from '../api.ts';
import { clientText } from '../i18n/text.ts';

/** One of the sets that the hub lets this user read. */
export function SetChoice(props: {
  value: SetKey | null;
  isMissing: boolean;
  onChange: (set: SetLine) => void;
}) {
  const text = clientText.value;
  const name = useId();
  const [sets, setSets] = useState<readonly SetLine[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    setFailure(null);
    visibleSets(controller.signal).then(
      (found) => setSets(found.sets),
      (error: unknown) => {
        if (!isAbort(error)) setFailure(toFailure(error));
      },
    );
    return () => controller.abort();
  }, [round]);
  if (failure !== null) {
    return <FailureAlert failure={failure} onRetry={() => setRound(round + 1)} />;
  }
  if (sets === null) return <Skeleton lines={2} class="h-12" />;
  if (sets.length === 0) return <Alert tone="info">{text.setsNone}</Alert>;
  return (
    <div class="flex flex-col gap-1.5">
      <div
        role="radiogroup"
        aria-label={text.pickSet}
        class="max-h-72 overflow-y-auto rounded-xl border border-line p-1"
      >
        {sets.map((set) => (
          <label
            key={keyText(set.key)}
            class="row-button cursor-pointer has-checked:bg-good-soft has-focus-visible:outline-2 has-focus-visible:outline-primary"
          >
            <input
              type="radio"
              class="radio radio-primary shrink-0"
              name={name}
              checked={props.value !== null && keyText(props.value) === keyText(set.key)}
              onChange={() => props.onChange(set)}
            />
            <span class="min-w-0">
              <span class="block truncate text-sm font-semibold">{showName(keyText(set.key))}</span>
              <span class="block text-xs text-muted">
                <RelativeTime ms={set.latest.timeMs} /> · {sharedText.value.files(set.latest.files)}{' '}
                · {formatBytes(set.latest.bytes)}
              </span>
            </span>
          </label>
        ))}
      </div>
      {props.isMissing && (
        <p class="text-xs font-medium text-error" role="alert">
          {text.setsNoneChosen}
        </p>
      )}
    </div>
  );
}

/** USER@HOST:SET, as the command line writes it. */
export function keyText({ user, host, set }: SetKey): string {
  return `${user}@${host}:${set}`;
}
