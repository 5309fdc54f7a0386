import { Send } from 'lucide';
import { useState } from 'preact/hooks';

import type { SnapshotLine } from '../../../../src/console/api/common.ts';
import type { HeldSnapshots } from '../../../../src/console/api/hub-api.ts';
import { postJson, toFailure } from '../../shared/api.ts';
import { FailureAlert, failureWords } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { ConfirmDialog } from '../../shared/components/dialog.tsx';
import { RelativeTime } from '../../shared/components/figures.tsx';
import { showToast } from '../../shared/components/toast.tsx';
import { formatTime } from '../../shared/format.ts';
import { nameText } from '../../shared/show-name.tsx';
import { SetName } from '../copies/set-name.tsx';
import { useFollowed } from '../follow.ts';
import { liveText } from '../i18n/text.ts';

const SHOWN = 6;

/** Snapshots that wait for somebody to say that they are right; nothing while there are none. */
export function HeldCard({ count, version }: { count: number; version: number }) {
  return count === 0 ? null : <HeldList version={version} />;
}

function HeldList({ version }: { version: number }) {
  const text = liveText.value;
  const { data, failure, refresh } = useFollowed<HeldSnapshots>('/api/held', version);
  const [asked, setAsked] = useState<SnapshotLine | null>(null);
  const snapshots = data?.snapshots ?? [];
  return (
    <Card title={text.heldTitle}>
      <p class="text-sm text-muted">{text.heldLead}</p>
      {failure !== null && <FailureAlert failure={failure} onRetry={refresh} />}
      <ul class="mt-2 divide-y divide-line">
        {snapshots.slice(0, SHOWN).map((snapshot) => (
          <li
            key={snapshot.id}
            class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3 last:pb-0"
          >
            <div class="flex min-w-0 flex-col gap-1">
              <SetName of={snapshot.key} />
              <p class="text-xs font-medium text-warning">{heldWords(snapshot)}</p>
              <p class="text-xs text-muted">
                {formatTime(snapshot.timeMs)} · <RelativeTime ms={snapshot.timeMs} />
              </p>
            </div>
            <Button icon={Send} onClick={() => setAsked(snapshot)}>
              {text.release}
              <span class="sr-only"> · {momentOf(snapshot)}</span>
            </Button>
          </li>
        ))}
      </ul>
      {snapshots.length > SHOWN && (
        <p class="mt-3 text-xs text-muted">{text.moreHeld(snapshots.length - SHOWN)}</p>
      )}
      {asked !== null && (
        <ReleaseDialog snapshot={asked} onClose={() => setAsked(null)} onDone={refresh} />
      )}
    </Card>
  );
}

function heldWords({ held }: SnapshotLine): string {
  return held === null ? '' : liveText.value.heldText(held.changed, held.deleted, held.of);
}

/** Of which set, and when: that of two of a set the right one is taken. */
function momentOf({ key, timeMs }: SnapshotLine): string {
  return `${nameText(key.set)}, ${formatTime(timeMs)}`;
}

function ReleaseDialog(props: { snapshot: SnapshotLine; onClose: () => void; onDone: () => void }) {
  const text = liveText.value;
  const [isBusy, setBusy] = useState(false);
  const release = async () => {
    setBusy(true);
    try {
      await postJson(`/api/snapshots/${props.snapshot.id}/release`);
      showToast(text.released);
    } catch (error) {
      showToast(failureWords(toFailure(error)).title, 'bad');
    }
    props.onDone();
    props.onClose();
  };
  return (
    <ConfirmDialog
      title={text.releaseTitle}
      text={
        <>
          <strong class="block font-semibold">{momentOf(props.snapshot)}</strong>
          {heldWords(props.snapshot)} {text.releaseText}
        </>
      }
      action={text.release}
      busy={isBusy}
      onConfirm={() => void release()}
      onClose={props.onClose}
    />
  );
}
